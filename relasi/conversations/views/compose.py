"""Writing: the composer of a conversation, what it fills in, sending, and calling back."""

from __future__ import annotations

import json
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from relasi.conversations import answering, writing
from relasi.conversations.models import Conversation, Message
from relasi.conversations.resources import conversations
from relasi.kit.access.requests import Request
from relasi.kit.resources.abilities import abilities
from relasi.kit.resources.finding import allow, is_number, load
from relasi.kit.ui import formats
from relasi.parties.models import Party

SAID: dict[str, Any] = {"conversation:said": {}, "timeline:changed": {}}


@require_http_methods(["GET", "POST"])
def compose(request: Request, pk: int) -> HttpResponse:
    """The composer on `?way=` (`note` for an internal one); POST keeps what was written and answers with an
    empty one. `?from=` fills it with a message that was called back, `?all=1` with everybody who read along.
    """
    talk = load(request, conversations, pk)
    way = request.GET.get("way", "") or talk.channel
    if request.method == "GET":
        return _composer(
            request, talk, way, again=_again(request, talk), reply_all=request.GET.get("all") == "1"
        )
    if way == "note":
        return _noted(request, talk)
    allow(request, "reply", talk)
    chosen = next(
        (one for one in answering.ways_of(talk, _party(request, talk), request.user) if one.name == way), None
    )
    if chosen is None:
        raise Http404
    if chosen.is_by_hand:
        return _logged(request, talk, chosen)
    form = answering.AnswerForm(request.POST, request.FILES.getlist("file"))
    message = form.send(talk, way=way, party=_party(request, talk), by=request.user)
    if message is None:
        return _composer(request, talk, way, form=form, status=422)
    return _sent(request, talk, message)


@require_POST
def cancel(request: Request, pk: int) -> HttpResponse:
    """Call a message back that has not left yet; its text comes back into the composer."""
    message = _message(request, pk)
    allow(request, "reply", message.conversation)
    if not writing.cancel(message, by=request.user):
        return _toast(HttpResponse(status=409), {"text": _("It has left already."), "tone": "error"}, SAID)
    url = (
        f"{reverse('inbox_compose', args=[message.conversation_id])}?way={message.channel}&from={message.pk}"
    )
    events = {**SAID, "composer:restore": {"url": url}, "conversation:changed": {}}
    return _toast(
        HttpResponse(status=204), {"text": _("Called back. Your text is in the composer again.")}, events
    )


@require_GET
def texts(request: Request, pk: int) -> HttpResponse:
    """Saved replies and templates for `?way=` whose name or shortcut holds `?q=`, filled for the customer."""
    talk = load(request, conversations, pk)
    way = request.GET.get("way", "") or talk.channel
    found = answering.texts_for(
        _party(request, talk), channel=way, words=request.GET.get("q", "")[:40], user=request.user,
        only_approved=request.GET.get("approved") == "1",
    )  # fmt: skip
    return render(request, "conversations/texts.html", {"texts": found})


@require_GET
def party_texts(request: Request, pk: int) -> HttpResponse:
    """The same for a customer whom one writes to from their own page."""
    allow(request, "reply", Conversation)
    party = Party.objects.visible_to(request.user).filter(pk=pk).first()
    if party is None:
        raise Http404(_("There is no such record, or you may not see it."))
    found = answering.texts_for(
        party,
        channel=request.GET.get("way", ""),
        words=request.GET.get("q", "")[:40],
        user=request.user,
        only_approved=request.GET.get("approved") == "1",
    )
    return render(request, "conversations/texts.html", {"texts": found})


def _noted(request: Request, talk: Conversation) -> HttpResponse:
    allow(request, "comment", talk)
    typed = request.POST.get("text", "")
    try:
        writing.note(talk, by=request.user, text=typed)
    except ValidationError as error:
        form = answering.AnswerForm(request.POST)
        form.full_clean()
        form.add_error(None, error.messages)
        return _composer(request, talk, "note", form=form, status=422)
    answer = _composer(request, talk, "note")
    return _toast(answer, {"text": _("Note kept.")}, SAID)


def _logged(request: Request, talk: Conversation, way: answering.Way) -> HttpResponse:
    """Sent by hand: keep what was said; the page opens the link itself."""
    text = request.POST.get("text", "").strip()
    party = _party(request, talk)
    form = answering.AnswerForm(request.POST)
    if not text or party is None:
        form.full_clean()
        form.add_error(
            None, _("The message is empty.") if not text else _("Say first whose conversation this is.")
        )
        return _composer(request, talk, way.name, form=form, status=422)
    here = talk if talk.channel == way.name else None
    writing.log(party, by=request.user, channel=way.name, text=text, conversation=here)
    answer = _composer(request, talk, way.name)
    return _toast(answer, {"text": _("Kept as sent by hand.")}, SAID)


def _sent(request: Request, talk: Conversation, message: Message) -> HttpResponse:
    """An empty composer, and for ten seconds a way back."""
    events: dict[str, Any] = {**SAID}
    if request.POST.get("then") == "close":
        events["records:changed"] = {"resource": "conversations"}
    elif message.conversation_id != talk.pk:
        events["inbox:open"] = {"url": reverse("inbox_conversation", args=[message.conversation_id])}
    answer = _composer(request, talk, talk.channel)
    return _toast(answer, sent_words(message), events)


def sent_words(message: Message) -> dict[str, str]:
    """The toast after sending: that it goes, or when; and the way to call it back."""
    delivery = message.deliveries.order_by("-id").first()
    is_later = delivery is not None and (delivery.due_at - message.at) > 2 * writing.HELD
    when = formats.datetime(delivery.due_at, "weekday", zone=False) if delivery and is_later else ""
    text = _("Goes out %(when)s") % {"when": when} if is_later else _("Sent")
    return {"text": text, "undo_url": reverse("message_cancel", args=[message.pk])}


def _composer(
    request: Request, talk: Conversation, way: str, *, status: int = 200, **rest: Any
) -> HttpResponse:
    can = abilities(request.user, talk, ("reply", "comment"))
    party = _party(request, talk)
    context = answering.composer_of(request, talk, party=party, can=can, way=way, **rest)
    return render(request, "conversations/composer.html", {"talk": talk, **context}, status=status)


def _party(request: Request, talk: Conversation) -> Party | None:
    if not talk.party_id:
        return None
    found: Party | None = Party.objects.visible_to(request.user).filter(pk=talk.party_id).first()
    return found


def _again(request: Request, talk: Conversation) -> Message | None:
    number = request.GET.get("from", "")
    if not is_number(number):
        return None
    rows = talk.messages.filter(state=Message.State.DRAFT, author=request.user)
    found: Message | None = rows.filter(pk=int(number)).first()
    return found


def _message(request: Request, pk: int) -> Message:
    found = Message.objects.visible_to(request.user).select_related("conversation").filter(pk=pk).first()
    if found is None:
        raise Http404(_("There is no such record, or you may not see it."))
    message: Message = found
    return message


def _toast(answer: HttpResponse, message: dict[str, Any], events: dict[str, Any]) -> HttpResponse:
    answer["HX-Trigger"] = json.dumps({"toast": message, **events})
    return answer


urlpatterns = [
    path("inbox/<int:pk>/compose/", compose, name="inbox_compose"),
    path("inbox/<int:pk>/texts/", texts, name="inbox_texts"),
    path("writing/<int:pk>/texts/", party_texts, name="party_texts"),
    path("messages/<int:pk>/cancel/", cancel, name="message_cancel"),
]
