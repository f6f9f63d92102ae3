"""The inbox: folders, a list that goes on as one scrolls, and the numbers beside the folders."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from relasi.channels.models import Medium
from relasi.conversations import inbox as shelf
from relasi.conversations.models import Conversation
from relasi.conversations.resources import conversations, templates
from relasi.conversations.views.conversation import letter_of, pane_of
from relasi.conversations.wording import facts_of, rendered
from relasi.kit.access.requests import Request
from relasi.kit.access.rights import may
from relasi.kit.resources.finding import is_number, load
from relasi.kit.resources.paging import PageError
from relasi.lib.wording import InputError
from relasi.parties.models import Party


@require_GET
def inbox(request: Request) -> HttpResponse:
    """`?folder=`, `channel`, `label`, `account`, `q` narrow; `?after=` goes on; `?part=list`: the list."""
    _allow(request)
    return _page(request, None)


@require_GET
def conversation(request: Request, pk: int) -> HttpResponse:
    """The inbox with a conversation open; asked by htmx, only that."""
    _allow(request)
    talk = load(request, conversations, pk)
    if request.headers.get("HX-Request"):
        return render(request, "conversations/pane.html", pane_of(request, talk))
    return _page(request, talk)


@require_GET
def template_preview(request: Request, pk: int) -> HttpResponse:
    """What a template says in `?language=` for the customer `?party=`, else for one the reader looks after;
    `?part=letter` is the designed letter alone, as a document that runs nothing.
    """
    template = load(request, templates, pk)
    variant = template.variant(request.GET.get("language", "id"))
    if variant is None:
        raise Http404(_("It says nothing yet."))
    customers = Party.objects.visible_to(request.user).filter(archived_at=None)
    number = request.GET.get("party", "")
    party = customers.filter(pk=int(number)).first() if is_number(number) else None
    party = party or customers.filter(owner=request.user).first() or customers.first()
    facts = facts_of(party, language=variant.language, colleague=request.user)
    made, problem = None, ""
    try:
        made = rendered(variant, facts)
    except InputError as error:
        problem = _(error.text) % error.values
    if request.GET.get("part") == "letter":
        return letter_of(request, made.html if made else "")
    context = {
        "template": template,
        "variant": variant,
        "party": party,
        "made": made,
        "problem": problem,
    }
    return render(request, "conversations/template_preview.html", context)


@require_GET
def counts(request: Request) -> HttpResponse:
    """How much each folder holds, as fragments that find their places."""
    _allow(request)
    numbers = shelf.counts(request.user)
    return render(request, "conversations/counts.html", {"counts": numbers, "most": shelf.MOST_COUNTED})


def _allow(request: Request) -> None:
    if not may(request.user, "view", Conversation):
        raise PermissionDenied(_("You may not do this."))


def _page(request: Request, talk: Conversation | None) -> HttpResponse:
    asked = shelf.Asked.read(request.GET)
    try:
        page = shelf.page_of(asked, request.user, after=request.GET.get("after", ""))
    except PageError as error:
        return HttpResponseBadRequest(str(error))
    context: dict[str, Any] = {
        "asked": asked, "page": page, "icons": shelf.ICONS, "address": _addresses(asked),
        "query": urlencode(asked.query()), "current": talk.pk if talk else 0,
    }  # fmt: skip
    if request.GET.get("after"):
        return render(request, "conversations/lines.html", context)
    if request.GET.get("part") == "list":
        return render(request, "conversations/list.html", context)
    context |= {
        "folders": shelf.FOLDERS, "channels": Medium.choices, "labels": shelf.labels(),
        "accounts": shelf.accounts_of(request.user), "can_change": may(request.user, "change", Conversation),
    }  # fmt: skip
    if talk:
        context |= pane_of(request, talk)
    return render(request, "conversations/inbox.html", context)


def _addresses(asked: shelf.Asked) -> Any:
    """Builds addresses of this list with some of it changed."""

    def address(**changed: Any) -> str:
        query = asked.query(**changed)
        return reverse("inbox") + (f"?{urlencode(query)}" if query else "")

    return address


urlpatterns = [
    path(
        "message-templates/<int:pk>/preview/",
        xframe_options_sameorigin(template_preview),
        name="template_preview",
    ),
    path("inbox/", inbox, name="inbox"),
    path("inbox/counts/", counts, name="inbox_counts"),
    path("inbox/<int:pk>/", conversation, name="inbox_conversation"),
]
