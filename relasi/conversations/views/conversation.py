"""One conversation: its thread, who else is at it, its customer, and what is mended with a click."""

from __future__ import annotations

import base64
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import default_storage
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from relasi.channels import raw
from relasi.channels.models import Intake
from relasi.conversations import answering, contact, inbox, snoozing, threads
from relasi.conversations.actions.link_party import (
    KIND_OF,
    NOT_A_CUSTOMER,
    link_party,
    make_party,
    mark_nobody,
)
from relasi.conversations.actions.move_message import move_message
from relasi.conversations.models import Conversation, Message
from relasi.conversations.resources import conversations
from relasi.kit.access.models import Team, User
from relasi.kit.access.requests import Request
from relasi.kit.access.rights import may
from relasi.kit.records.models import Tag
from relasi.kit.resources import attaching, batches, presence, tagging
from relasi.kit.resources.abilities import abilities
from relasi.kit.resources.colleagues import colleagues
from relasi.kit.resources.declaration import Panel
from relasi.kit.resources.finding import allow, is_number, load
from relasi.kit.resources.listing import load_tags
from relasi.kit.resources.paging import PageError
from relasi.kit.resources.registry import panels_of, resource_of
from relasi.kit.resources.replies import toast
from relasi.kit.resources.writing import set_tags
from relasi.parties.alike import Typed, alike
from relasi.parties.models import Party

FRAME_POLICY = (
    "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
    "img-src data:; style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'self'"
)
LETTER = (
    '<!doctype html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    '<meta name="color-scheme" content="light"><base target="_blank"><style>'
    "html,body{margin:0;background:#fff;color:#1a1b1f;overflow-wrap:anywhere;"
    "font:14px/1.5 Inter,system-ui,sans-serif}body{padding:8px 12px}"
    "img{max-width:100%%;height:auto}table{max-width:100%%}</style></head><body>%s</body></html>"
)
PICTURES = {"image/png", "image/jpeg", "image/gif", "image/webp"}
LARGEST = 3_000_000  # bytes of pictures shown inside a letter
VERBS = ("change", "reply", "take", "assign", "snooze", "close", "reopen", "mark_spam", "comment")
CHANGED = {"records:changed": {"resource": "conversations"}}


def pane_of(request: Request, talk: Conversation) -> dict[str, Any]:
    """What the pane of a conversation shows. Raises PageError never: it begins at the end."""
    user = request.user
    load_tags([talk])
    party = _party_of(talk, user)
    can = abilities(user, talk, VERBS)
    return {
        "talk": talk, "party": party, "who": who_of(talk, party), "can": can, "icons": inbox.ICONS,
        "thread": threads.thread_of(talk), "ticks": threads.TICKS, "presets": snoozing.presets(),
        "line": inbox.lines_of([talk], user)[0], "may_see_source": may(user, "view", Intake),
        **answering.composer_of(request, talk, party=party, can=can),
    }  # fmt: skip


def who_of(talk: Conversation, party: Party | None) -> str:
    return str(party) if party else talk.address_name or talk.address or _("Unknown")


@require_GET
def earlier(request: Request, pk: int) -> HttpResponse:
    """What came before the mark `?before=`."""
    talk = load(request, conversations, pk)
    try:
        thread = threads.thread_of(talk, before=request.GET.get("before", ""))
    except PageError as error:
        return HttpResponseBadRequest(str(error))
    return render(request, "conversations/thread.html", _thread(request, talk, thread))


@require_POST
def live(request: Request, pk: int) -> HttpResponse:
    """Asked every few seconds by whoever has it open: says so (`writing=1` while typing), marks it as read,
    and answers with the others and with what was said after message number `after`.
    """
    talk = load(request, conversations, pk)
    others = presence.seen(talk, by=request.user, editing=request.POST.get("writing") == "1")
    after = request.POST.get("after", "")
    thread = threads.thread_of(talk, after_id=int(after)) if is_number(after) else threads.Thread([])
    inbox.read(talk, by=request.user)
    ours = talk.messages.filter(direction=Message.Direction.OUT).order_by("-id")
    states = dict(ours.values_list("pk", "state")[:20])
    context = {**_thread(request, talk, thread), "others": others, "states": states}
    return render(request, "conversations/live.html", context)


@require_GET
def side(request: Request, pk: int) -> HttpResponse:
    """The customer beside the conversation; for a stranger, who it might be."""
    talk = load(request, conversations, pk)
    return _side(request, talk)


@require_POST
def party(request: Request, pk: int) -> HttpResponse:
    """Say whose it is: `party` is a customer, `new=1` a new one called `name`, `none=1` nobody's."""
    talk = load(request, conversations, pk, "change")
    try:
        said = _said_whose(request, talk)
    except ValidationError as error:
        return _side(request, talk, problem=" ".join(error.messages), status=422)
    talk.refresh_from_db()
    return toast(_side(request, talk), said, events={**CHANGED, "conversation:changed": {}})


@require_http_methods(["GET", "POST"])
def assign(request: Request, pk: int) -> HttpResponse:
    """Colleagues and teams (`?q=`); POST `user` or `team` gives it to them, neither back to all."""
    talk = load(request, conversations, pk, "assign")
    if request.method == "GET":
        words = request.GET.get("q", "")[:80]
        teams = Team.objects.visible_to(request.user).filter(name__icontains=words).order_by("name")[:8]
        context = {"talk": talk, "people": colleagues(words), "teams": teams, "words": words}
        part = "conversations/assign_lines.html" if "q" in request.GET else "conversations/assign.html"
        return render(request, part, context)
    owner = _chosen(User.objects.active(), request.POST.get("user", ""))
    team = _chosen(Team.objects.visible_to(request.user), request.POST.get("team", ""))
    text = (
        _("Given to %(name)s") % {"name": owner or team} if owner or team else _("Nobody looks after it now")
    )
    with transaction.atomic():
        batch = batches.begin("edit", "conversations", by=request.user, title=text)
        talk.change(by=request.user, verb="assigned", batch=batch.token, owner=owner, team=team or talk.team)
    return toast(HttpResponse(status=204), text, undo=batch, events={**CHANGED, "dialog:close": {}})


@require_http_methods(["GET", "POST"])
def label(request: Request, pk: int) -> HttpResponse:
    """The labels to choose from; POST `name` puts one on, or takes it off where it is."""
    talk = load(request, conversations, pk, "change")
    load_tags([talk])
    names = [tag.name for tag in talk.tag_list]
    if request.method == "GET":
        known = tagging.known(request.GET.get("q", ""), limit=30)
        return render(request, "conversations/labels.html", {"talk": talk, "known": known, "chosen": names})
    name = request.POST.get("name", "").replace(",", " ").strip()[:60]
    if not name:
        return HttpResponse(status=400)
    is_known = Tag.objects.visible_to(request.user).filter(name__iexact=name).exists()
    if not is_known and not may(request.user, "change", Conversation):
        raise PermissionDenied(_("You may not do this."))
    is_on = name.lower() in {one.lower() for one in names}
    wanted = [one for one in names if one.lower() != name.lower()] + ([] if is_on else [name])
    text = _("“%(name)s” taken off") if is_on else _("Labelled “%(name)s”")
    with transaction.atomic():
        batch = batches.begin("edit", "conversations", by=request.user, title=text % {"name": name})
        set_tags(talk, wanted, by=request.user, batch=batch.token)
    events = {**CHANGED, "dialog:close": {}, "conversation:changed": {}}
    return toast(HttpResponse(status=204), text % {"name": name}, undo=batch, events=events)


@require_POST
def unread(request: Request, pk: int) -> HttpResponse:
    """As if the reader had not opened it."""
    talk = load(request, conversations, pk)
    inbox.unread(talk, by=request.user)
    return toast(HttpResponse(status=204), _("Marked as unread"), events={**CHANGED, "inbox:back": {}})


@require_http_methods(["GET", "POST"])
def move(request: Request, pk: int) -> HttpResponse:
    """A message that got into the wrong thread: where else it may belong; POST `to` (a conversation's number,
    or nothing for one of its own) moves it.
    """
    message = _message(request, pk)
    source = message.conversation
    allow(request, "change", source)
    same = Conversation.objects.visible_to(request.user).exclude(pk=source.pk)
    ours = same.filter(party=source.party) if source.party_id else same.filter(address=source.address)
    if request.method == "GET":
        context = {"message": message, "others": ours.order_by("-last_at")[:12], "icons": inbox.ICONS}
        return render(request, "conversations/move.html", context)
    target = _chosen(ours, request.POST.get("to", ""))
    if request.POST.get("to") and target is None:
        raise Http404
    if target is not None:
        allow(request, "change", target)
    moved_to = move_message(message=message, to=target, by=request.user)
    text = _("Moved to “%(title)s”") % {"title": moved_to}
    events = {**CHANGED, "dialog:close": {}, "conversation:changed": {}}
    return toast(HttpResponse(status=204), text, events=events)


@require_GET
@xframe_options_sameorigin
def body(request: Request, pk: int) -> HttpResponse:
    """A letter as it was laid out, cleaned, as a document of its own that may run and fetch nothing."""
    message = _message(request, pk)
    return letter_of(request, message.html, _pictures(message))


def letter_of(request: Request, html: str, pictures: dict[str, str] | None = None) -> HttpResponse:
    """HTML from elsewhere, cleaned, as a document for a frame: it runs nothing and fetches nothing."""
    from relasi.channels.email.html import safe_html

    answer = HttpResponse(LETTER % safe_html(html, pictures))
    answer["Content-Security-Policy"] = FRAME_POLICY
    answer["Referrer-Policy"] = "no-referrer"
    return answer


@require_GET
def source(request: Request, pk: int) -> HttpResponse:
    """The raw input a message was read from, for whom raw inputs are open."""
    message = _message(request, pk)
    intake = Intake.objects.visible_to(request.user).filter(pk=message.intake_id or 0).first()
    if intake is None:
        raise Http404(_("There is no such record, or you may not see it."))
    text = raw.original(intake).decode("utf-8", "replace")[:500_000]
    answer = HttpResponse(text, content_type="text/plain; charset=utf-8")
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@require_GET
def why(request: Request, pk: int) -> HttpResponse:
    """Why a message was not sent, or came so late: every check, in words."""
    message = _message(request, pk)
    delivery = message.deliveries.order_by("-id").first()
    lines = contact.shown(delivery.answer) if delivery else []
    return render(
        request, "conversations/why.html", {"message": message, "delivery": delivery, "lines": lines}
    )


def _message(request: Request, pk: int) -> Message:
    found = Message.objects.visible_to(request.user).select_related("conversation").filter(pk=pk).first()
    if found is None:
        raise Http404(_("There is no such record, or you may not see it."))
    message: Message = found
    return message


def _thread(request: Request, talk: Conversation, thread: threads.Thread) -> dict[str, Any]:
    return {
        "talk": talk, "thread": thread, "ticks": threads.TICKS, "icons": inbox.ICONS,
        "who": who_of(talk, _party_of(talk, request.user)), "can": abilities(request.user, talk, VERBS),
        "may_see_source": may(request.user, "view", Intake),
    }  # fmt: skip


def _party_of(talk: Conversation, user: Any) -> Party | None:
    """The customer, as far as the reader may see it."""
    if not talk.party_id:
        return None
    found: Party | None = (
        Party.objects.visible_to(user).select_related("owner").filter(pk=talk.party_id).first()
    )
    return found


def _side(request: Request, talk: Conversation, *, problem: str = "", status: int = 200) -> HttpResponse:
    customer = _party_of(talk, request.user)
    context: dict[str, Any] = {"talk": talk, "party": customer, "problem": problem, "icons": inbox.ICONS}
    if customer:
        context |= _record(request, customer)
    elif not talk.party_id:
        context |= _stranger(request, talk)
    return render(request, "conversations/side.html", context, status=status)


def _record(request: Request, customer: Party) -> dict[str, Any]:
    resource = resource_of(customer)
    load_tags([customer])
    boxes = [
        {"url": reverse("resource_panel", args=[resource.name, customer.pk, box.name]), "name": box.name}
        for box in panels_of(resource)
        if not (isinstance(box, Panel) and box.wide)
    ] if resource else []  # fmt: skip
    level = request.user.rights.level
    shown = {name for name in ("phone", "email", "city") if level(Party, name) not in ("hidden", "masked")}
    return {"resource": resource, "boxes": boxes, "shown": shown}


def _stranger(request: Request, talk: Conversation) -> dict[str, Any]:
    kind = KIND_OF.get(talk.channel, "")
    typed = Typed(name=talk.address_name, **({kind: talk.address} if kind else {}))
    load_tags([talk])
    names = {tag.name for tag in talk.tag_list}  # type: ignore[attr-defined]
    return {
        "alike": alike(typed, reader=request.user), "may_add": may(request.user, "add", Party),
        "can_change": may(request.user, "change", talk), "is_nobody": str(NOT_A_CUSTOMER) in names,
    }  # fmt: skip


def _said_whose(request: Request, talk: Conversation) -> str:
    given = request.POST
    if given.get("none"):
        mark_nobody(conversation=talk, by=request.user)
        return _("Not a customer")
    if given.get("new"):
        allow(request, "add", Party)
        made = make_party(conversation=talk, name=given.get("name", ""), by=request.user)
        return _("“%(name)s” is a customer now") % {"name": made}
    chosen = _chosen(Party.objects.visible_to(request.user), given.get("party", ""))
    if chosen is None:
        raise ValidationError(_("Choose a customer first."))
    link_party(conversation=talk, party=chosen, by=request.user)
    return _("It is %(name)s") % {"name": chosen}


def _chosen(rows: Any, number: str) -> Any:
    return rows.filter(pk=int(number)).first() if is_number(number) else None


def _pictures(message: Message) -> dict[str, str]:
    """Content ids of pictures that came with a letter, as addresses that hold the picture itself."""
    files = {file.pk: file for file in attaching.of(message)} if message.inline else {}
    found: dict[str, str] = {}
    room = LARGEST
    for cid, number in message.inline.items():
        file = files.get(number)
        if file and file.content_type in PICTURES and file.size <= room:
            room -= file.size
            with default_storage.open(file.path) as content:
                found[cid] = f"data:{file.content_type};base64,{base64.b64encode(content.read()).decode()}"
    return found


urlpatterns = [
    path("inbox/<int:pk>/earlier/", earlier, name="inbox_earlier"),
    path("inbox/<int:pk>/live/", live, name="inbox_live"),
    path("inbox/<int:pk>/side/", side, name="inbox_side"),
    path("inbox/<int:pk>/party/", party, name="inbox_party"),
    path("inbox/<int:pk>/assign/", assign, name="inbox_assign"),
    path("inbox/<int:pk>/label/", label, name="inbox_label"),
    path("inbox/<int:pk>/unread/", unread, name="inbox_unread"),
    path("messages/<int:pk>/move/", move, name="message_move"),
    path("messages/<int:pk>/body/", body, name="message_body"),
    path("messages/<int:pk>/source/", source, name="message_source"),
    path("messages/<int:pk>/why/", why, name="message_why"),
]
