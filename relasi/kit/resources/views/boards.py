"""The board of a noun: lanes, the next cards of one, and a card dropped in another."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from relasi.kit.access.requests import Request
from relasi.kit.records.record import Stale
from relasi.kit.resources.asking import Asked
from relasi.kit.resources.asking import asked as asked_for
from relasi.kit.resources.declaration import Resource
from relasi.kit.resources.entering import blanks, by_field, inputs_of, posted, required
from relasi.kit.resources.fields import Field
from relasi.kit.resources.filtering import FilterError
from relasi.kit.resources.finding import is_number, load
from relasi.kit.resources.lanes import (
    LaneError,
    card_of,
    carry,
    heads_of,
    lane_field,
    lane_of,
    lanes_of,
    more_of,
)
from relasi.kit.resources.listing import Listing
from relasi.kit.resources.paging import PageError
from relasi.kit.resources.replies import go, toast
from relasi.kit.resources.views.listing import gate
from relasi.kit.resources.writing import understood


@require_GET
def board(request: Request, resource: Resource) -> HttpResponse:
    """The lanes of what the address asks for; `?lane=…&after=…` the next cards of one. A page of its own is
    the list's."""
    gate(request, resource)
    if resource.board is None:
        raise Http404
    if not request.headers.get("HX-Request"):
        query = request.GET.copy()
        query["layout"] = "board"
        return go(request, f"/{resource.name}/?{query.urlencode()}")
    try:
        ask = asked_for(request, resource)
        listing = _listing(request, ask)
        if after := request.GET.get("after"):
            lane = more_of(listing, request.GET.get("lane", ""), after)
            return render(
                request, "resources/board_cards.html", {**_context(request, listing, ask), "lane": lane}
            )
        lanes = lanes_of(listing)
    except (LaneError, FilterError, PageError) as error:
        return render(request, "resources/board_wrong.html", {"error": error}, status=400)
    return render(request, "resources/board.html", {**_context(request, listing, ask), "lanes": lanes})


@require_POST
def move(request: Request, resource: Resource) -> HttpResponse:
    """A card `id` dropped in `lane`. Asks for what `Board.asks` names; a card changed meanwhile is shown
    before it moves."""
    if resource.board is None or not is_number(request.POST.get("id", "")):
        raise Http404
    record = load(request, resource, int(request.POST["id"]), "change")
    ask = asked_for(request, resource)
    listing = _listing(request, ask)
    value = request.POST.get("lane", "")
    try:
        field = lane_field(listing)
        lane = lane_of(listing, value)
    except LaneError as error:
        return toast(HttpResponse(status=409), error, kind="error")
    before = field.value_of(record)
    asks = _asked_on(listing, record, value)
    given = posted(request.POST, asks)
    if asks and not given and str(getattr(before, "pk", before) or "") != value:
        return _ask(request, resource, record, lane, asks, listing, {})
    try:
        fields = listing.fields | {field.name: field for field in asks}
        values = understood(resource, given, user=request.user, fields=fields)
        if problems := required(values, asks, record):
            raise ValidationError(problems)
        batch = carry(
            record,
            value,
            resource=resource,
            field=field,
            by=request.user,
            asked=values,
            if_version=_version(request),
        )
    except Stale as stale:
        context = {
            "resource": resource,
            "record": stale.current,
            "lane": lane,
            "stands": field.choice_label(field.value_of(stale.current)),
        }
        return render(request, "resources/board_stale.html", context, status=409)
    except ValidationError as error:
        asks += [one for name in by_field(error) if (one := _missed(name, listing, asks))]
        if asks:
            return _ask(request, resource, record, lane, asks, listing, by_field(error))
        return toast(HttpResponse(status=409), " ".join(error.messages), kind="error")
    if batch is None:
        return HttpResponse(status=204)
    lanes = [value, str(getattr(before, "pk", before) or "")]
    return _moved(request, listing, ask, pk=record.pk, lane=lane, lanes=lanes, batch=batch)


def _listing(request: Request, ask: Asked) -> Listing:
    """The cards asked for, in the board's own order unless the reader chose one."""
    sort = ask.way.sort or (ask.resource.board.sort if ask.resource.board else ())
    return ask.listing(request.user, sort=sort)


def _asked_on(listing: Listing, record: Any, value: str) -> list[Field]:
    """What a drop asks of this reader: the same for all, or as the noun says for this card and lane. Nobody
    is asked for what is closed to them.
    """
    resource, rights = listing.resource, listing.user.rights
    asks = resource.board.asks if resource.board else ()
    if callable(asks):
        return list(asks(record, value, listing.user))
    return [
        listing.fields[name]
        for name in asks
        if name in listing.fields and rights.writable(resource.model, name)
    ]


def _missed(name: str, listing: Listing, asks: list[Field]) -> Field | None:
    """A field the record itself found wanting, so that it can be filled in place."""
    field = listing.fields.get(name)
    return field if field and field.is_editable and field not in asks else None


def _moved(
    request: Request, listing: Listing, ask: Asked, *, pk: int, lane: Any, lanes: list[str], batch: Any
) -> HttpResponse:
    text = _("Moved to %(lane)s") % {"lane": lane.label}
    if request.POST.get("from_dialog") == "1":
        events: dict[str, Any] = {"records:changed": {"resource": listing.resource.name}, "dialog:close": {}}
        return toast(HttpResponse(status=204), text, undo=batch, events=events)
    card = card_of(listing, pk)
    context = {**_context(request, listing, ask), "card": card, "heads": heads_of(listing, lanes)}
    return toast(render(request, "resources/board_moved.html", context), text, undo=batch)


def _ask(
    request: Request,
    resource: Resource,
    record: Any,
    lane: Any,
    asks: list[Any],
    listing: Listing,
    problems: dict[str, list[str]],
) -> HttpResponse:
    typed = {**blanks(asks, record, request.user), **posted(request.POST, asks)}
    context = {
        "resource": resource,
        "record": record,
        "lane": lane,
        "inputs": inputs_of(asks, typed, problems, user=request.user, resource=resource),
        "problems": problems.get("__all__", []),
        "version": request.POST.get("version", ""),
    }
    return render(request, "resources/board_ask.html", context, status=422)


def _version(request: Request) -> int | None:
    version = request.POST.get("version", "")
    return int(version) if version.isdecimal() and len(version) < 10 else None


def _context(request: Request, listing: Listing, ask: Asked) -> dict[str, Any]:
    resource = listing.resource
    rights = request.user.rights
    can_move = bool(rights.scope(resource.noun, "change")) and rights.writable(
        resource.model, resource.board.lane if resource.board else ""
    )
    board = resource.board
    value = listing.fields.get(board.value) if board and board.value else None
    query = request.GET.copy()
    for name in ("lane", "after"):
        query.pop(name, None)
    return {
        "resource": resource,
        "can_move": can_move,
        "can_add": resource.can_create and bool(rights.scope(resource.noun, "add")),
        "is_money": bool(value and value.kind == "money"),
        "has_value": value is not None,
        "query": query.urlencode(),
        "switch": [
            (label, ask.url(filter=text, layout="board"), is_current)
            for label, text, is_current in (board.switch(listing) if board and board.switch else ())
        ],
        "lane_name": board.lane if board else "",
    }


urlpatterns = [
    path("<resource:resource>/board/", board, name="resource_board"),
    path("<resource:resource>/board/move/", move, name="resource_board_move"),
]
