"""The timeline of a customer and the composer on top of it, as fragments of the record page."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from relasi.activities import next_activity
from relasi.activities.composer import FORMS, ComposerForm, kept
from relasi.activities.icons import ICONS
from relasi.activities.models import Activity, Kind
from relasi.activities.timeline import Mark, timeline_of
from relasi.conversations import answering
from relasi.conversations.models import Conversation
from relasi.conversations.views.compose import sent_words
from relasi.conversations.writing import log
from relasi.kit.access.requests import Request
from relasi.kit.access.rights import may
from relasi.kit.resources.batches import model_of
from relasi.kit.resources.paging import PageError
from relasi.kit.resources.registry import resource_of
from relasi.kit.resources.replies import toast
from relasi.parties.models import Party


@require_GET
def timeline(request: Request, party_id: int) -> HttpResponse:
    """`?kinds=note,call` narrows, `?relations=1` widens, `?before=` goes on, `?part=items` only the items;
    `?about=deal-7`: what is written on it is about that record."""
    party = _party(request, party_id)
    kinds = [kind for kind in request.GET.get("kinds", "").split(",") if kind]
    widened = request.GET.get("relations") == "1"
    before = request.GET.get("before", "")
    try:
        page = timeline_of(party, user=request.user, kinds=kinds, with_relations=widened, before=before)
    except PageError as error:
        return HttpResponseBadRequest(str(error))
    context: dict[str, Any] = {
        "party": party,
        "page": page,
        "kinds": kinds,
        "relations": widened,
        "address": _address(party, kinds, widened, request.GET.get("about", "")),
        "now": timezone.now(),
        "today": timezone.localdate(),
        "localdate": timezone.localdate,
        "before": before,
        "day_before": timezone.localdate(Mark.read(before).at) if before else None,
    }
    if before or request.GET.get("part") == "items":
        return render(request, "activities/timeline_items.html", context)
    return render(request, "activities/timeline.html", {**context, **_composing(request, party, "note")})


@require_http_methods(["GET", "POST"])
def compose(request: Request, party_id: int, kind: str) -> HttpResponse:
    """The composer with one of its tabs; POST keeps what was written and answers with an empty one."""
    party = _party(request, party_id)
    if kind not in FORMS:
        raise Http404
    _allow_add(request)
    if request.method == "GET":
        return render(request, "activities/composer.html", _composing(request, party, kind))
    form = FORMS[kind](request.POST, user=request.user, party=party, about=_about(request, party))
    batch = kept(form, by=request.user)
    if batch is None:
        page = _composing(request, party, kind, form)
        return render(request, "activities/composer.html", page, status=422)
    answer = render(request, "activities/composer.html", _composing(request, party, kind))
    told: dict[str, Any] = {"timeline:changed": {}, "records:changed": {"resource": f"{kind}s"}}
    return toast(answer, form.said(), undo=batch, events=told)


@require_http_methods(["GET", "POST"])
def write(request: Request, party_id: int, way: str) -> HttpResponse:
    """The composer for a letter, WhatsApp or SMS; POST sends it, for ten seconds with a way back."""
    party = _party(request, party_id)
    if not may(request.user, "reply", Conversation):
        raise PermissionDenied(_("You may not do this."))
    if request.method == "GET":
        return _writing(request, party, way)
    shown = answering.beginning(party, user=request.user, way=way, url=request.path)
    if shown is None:
        raise Http404
    form = answering.AnswerForm(request.POST, request.FILES.getlist("file"))
    told: dict[str, Any] = {"timeline:changed": {}, "records:changed": {"resource": "conversations"}}
    if shown["way"].is_by_hand:
        if not request.POST.get("text", "").strip():
            form.full_clean()
            form.add_error(None, _("The message is empty."))
            return _writing(request, party, way, form)
        log(party, by=request.user, channel=way, text=request.POST["text"].strip())
        return toast(_writing(request, party, way), _("Kept as sent by hand."), events=told)
    message = form.begin(party, way=way, by=request.user)
    if message is None:
        return _writing(request, party, way, form)
    answer = _writing(request, party, way)
    answer["HX-Trigger"] = json.dumps({"toast": sent_words(message), **told})
    return answer


@require_GET
def next_up(request: Request, party_id: int) -> HttpResponse:
    """What is next with a customer, drawn anew after something was written."""
    party = _party(request, party_id)
    return render(request, "activities/panel_next.html", next_activity.panel(party, request.user))


@require_GET
def go_to(request: Request, noun: str, pk: int) -> HttpResponse:
    """To the page of a record of which only the kind and number are known."""
    model = model_of(noun)
    record = model._default_manager.visible_to(request.user).filter(pk=pk).first() if model else None
    resource = resource_of(record) if record else None
    if record is None or resource is None:
        raise Http404(_("There is no such record, or you may not see it."))
    return HttpResponseRedirect(reverse("resource_record", args=[resource.name, record.pk]))


def _party(request: Request, pk: int) -> Party:
    party: Party | None = Party.objects.visible_to(request.user).filter(pk=pk).first()
    if party is None:
        raise Http404(_("There is no such record, or you may not see it."))
    return party


def _allow_add(request: Request) -> None:
    if not may(request.user, "add", Activity):
        raise PermissionDenied(_("You may not do this."))


def _about(request: Request, party: Party) -> tuple[str, int] | None:
    """The record named in the address, when it is one of this customer's that the reader may see."""
    noun, _dash, number = request.GET.get("about", "").partition("-")
    model = model_of(noun) if number.isdecimal() and len(number) < 19 else None
    found = model._default_manager.visible_to(request.user).filter(pk=int(number)).first() if model else None
    return (noun, found.pk) if found is not None and found.event_party_id() == party.pk else None


def _address(party: Party, kinds: list[str], widened: bool, about: str) -> Any:
    """Builds addresses of this timeline with some of it changed."""

    def address(*, toggle: str = "", relations: bool = widened, before: str = "", part: str = "") -> str:
        chosen = [kind for kind in kinds if kind != toggle]
        if toggle and toggle not in kinds:
            chosen.append(toggle)
        said = [
            ("kinds", ",".join(chosen)),
            ("relations", "1" if relations else ""),
            ("before", before),
            ("part", part),
            ("about", about),
        ]
        query = urlencode([(name, value) for name, value in said if value], safe=",")
        return reverse("timeline", args=[party.pk]) + (f"?{query}" if query else "")

    return address


def _writing(
    request: Request, party: Party, way: str, form: answering.AnswerForm | None = None
) -> HttpResponse:
    shown = answering.beginning(party, user=request.user, way=way, url=request.path, form=form)
    if shown is None:
        raise Http404
    page = {"party": party, "talk": None, "tabs": _tabs(request, party), **shown}
    return render(request, "conversations/composer.html", page, status=422 if form else 200)


def _composing(request: Request, party: Party, kind: str, form: ComposerForm | None = None) -> dict[str, Any]:
    about = f"?{urlencode({'about': request.GET['about']})}" if request.GET.get("about") else ""
    return {
        "party": party,
        "kind": Kind(kind),
        "tabs": _tabs(request, party),
        "form": form or FORMS[kind](user=request.user, party=party),
        "may_write": may(request.user, "add", Activity),
        "compose_url": reverse("timeline_compose", args=[party.pk, kind]) + about,
    }


def _tabs(request: Request, party: Party) -> list[dict[str, Any]]:
    """What can be kept about a customer, and by which ways they can be written to."""
    about = f"?{urlencode({'about': request.GET['about']})}" if request.GET.get("about") else ""
    kept_kinds = (
        ("note", _("Note")),
        ("task", _("Task")),
        ("call", _("Log a call")),
        ("meeting", _("Meeting")),
        ("visit", _("Visit")),
    )
    tabs = [
        {
            "kind": value,
            "label": label,
            "icon": ICONS[value],
            "url": reverse("timeline_compose", args=[party.pk, value]) + about,
        }
        for value, label in kept_kinds
        if may(request.user, "add", Activity)
    ]
    if not may(request.user, "reply", Conversation):
        return tabs
    ways = [
        {
            "kind": way.name,
            "label": way.label,
            "icon": way.icon,
            "url": reverse("timeline_write", args=[party.pk, way.name]),
        }
        for way in answering.reaching(party, request.user, url="")
    ]
    return [*tabs[:1], *ways, *tabs[1:]]


urlpatterns = [
    path("timeline/<int:party_id>/write/<slug:way>/", write, name="timeline_write"),
    path("timeline/<int:party_id>/", timeline, name="timeline"),
    path("timeline/<int:party_id>/compose/<slug:kind>/", compose, name="timeline_compose"),
    path("timeline/<int:party_id>/next/", next_up, name="timeline_next"),
    path("go/<slug:noun>/<int:pk>/", go_to, name="go_to"),
]
