"""The lanes of a board: what stands in each, how many and how much, and carrying a card from one to
another."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import reduce
from itertools import chain
from operator import or_
from typing import Any

from django.core.exceptions import EmptyResultSet, PermissionDenied, ValidationError
from django.db import connection, transaction
from django.db.models import Case, Count, F, Q, QuerySet, Sum, TextField, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from relasi.kit.access.models.role import Scope
from relasi.kit.access.rights import may
from relasi.kit.records.record import Record, Stale
from relasi.kit.resources import batches, cells
from relasi.kit.resources.declaration import Resource
from relasi.kit.resources.facts import ready
from relasi.kit.resources.fields import Field
from relasi.kit.resources.listing import COUNT_CAP, Listing, load_cells
from relasi.kit.resources.models import Batch
from relasi.kit.resources.paging import Key, Page, ordered, page, page_of, sort_keys
from relasi.kit.resources.values import read
from relasi.kit.resources.writing import change

CARDS = 20
TRIED = 12  # times as many are tried at once
LINK_LANES = 12
NONE = ""


@dataclass(frozen=True, kw_only=True)
class Card:
    """One record on a board. `facts` are (label, HTML); `age` the days it has stood in its lane, where that
    is kept."""

    record: Any
    title: str
    facts: list[tuple[Any, Any]]
    value: Any
    age: int | None
    next_at: datetime | None
    is_late: bool


@dataclass(frozen=True, kw_only=True)
class Lane:
    """`value` as it stands in the address; `count` up to 1,000 and `is_capped`; `total` and `weighted` of the
    values, None when capped. Lanes that the noun names have `rows` and are counted whole."""

    value: str
    label: Any
    tone: str
    count: int = 0
    is_capped: bool = False
    total: Any = None
    weighted: Any = None
    cards: tuple[Card, ...] = ()
    next: str | None = None
    rows: Q | None = None
    keys: tuple[Key, ...] = ()


@dataclass(frozen=True)
class Numbers:
    """What stands in a lane: how many (one more than the cap where that was reached) and both sums."""

    count: int
    total: Any = None
    weighted: Any = None


class LaneError(ValueError):
    """There is no such lane, or the noun has no board."""


def lanes_of(asked: Listing) -> list[Lane]:
    """Every lane with its first cards: one query for all numbers, one for each lane, a few for what the
    cards show."""
    field = lane_field(asked)
    lanes, rows = _lanes(asked, field), asked.rows()
    numbers = _numbers(asked, rows, field, lanes)
    pages = _first_pages(asked, rows, field, lanes)
    cards = _cards(asked, [row for found in pages for row in found.rows])
    by_id = {card.record.pk: card for card in cards}
    return [
        replace(
            _headed(lane, numbers[lane.value]),
            cards=tuple(by_id[row.pk] for row in found.rows),
            next=found.next,
        )
        for lane, found in zip(lanes, pages, strict=True)
    ]


def more_of(asked: Listing, value: str, after: str) -> Lane:
    """The next cards of one lane. Raises LaneError, PageError."""
    field = lane_field(asked)
    lane = lane_of(asked, value)
    found = _page(asked, asked.rows(), field, lane, after)
    return replace(lane, cards=tuple(_cards(asked, found.rows)), next=found.next)


def heads_of(asked: Listing, values: list[str]) -> list[Lane]:
    """Only the numbers of some lanes: after a card was carried."""
    field = lane_field(asked)
    lanes = [lane for lane in _lanes(asked, field) if lane.value in values]
    numbers = _numbers(asked, asked.rows(), field, lanes)
    return [_headed(lane, numbers[lane.value]) for lane in lanes]


def _headed(lane: Lane, numbers: Numbers) -> Lane:
    """The lane with its numbers; a capped one tells no sums."""
    if lane.rows is None and numbers.count > COUNT_CAP:
        return replace(lane, count=COUNT_CAP, is_capped=True)
    return replace(lane, count=numbers.count, total=numbers.total, weighted=numbers.weighted)


def lane_of(asked: Listing, value: str) -> Lane:
    """A lane by its value in the address. Raises LaneError."""
    found = next((lane for lane in _lanes(asked, lane_field(asked)) if lane.value == value), None)
    if found is None:
        raise LaneError(_("There is no such lane."))
    return found


def lane_field(asked: Listing) -> Field:
    """The field the board is laid out by. Raises LaneError when the reader may not see it."""
    board = asked.resource.board
    field = asked.fields.get(board.lane) if board else None
    if field is None or not asked.user.rights.searchable(asked.resource.model, field.name):
        raise LaneError(_("There is no board for these records."))
    return field


def card_of(asked: Listing, pk: int) -> Card | None:
    """One card as it stands now."""
    row = _prepared(asked, asked.resource.rows(asked.user).filter(pk=pk)).first()
    return _cards(asked, [row])[0] if row is not None else None


@transaction.atomic
def carry(
    record: Record,
    value: str,
    *,
    resource: Resource,
    field: Field,
    by: Any,
    asked: Mapping[str, Any] | None = None,
    if_version: int | None = None,
) -> Batch | None:
    """Put a record into a lane, by `Board.move` where the noun says how. The batch to undo it; None when it
    stood there.

    Raises PermissionDenied, Stale, ValidationError.
    """
    locked = type(record)._default_manager.select_for_update(of=("self",)).get(pk=record.pk)
    if not may(by, "change", locked) or not by.rights.writable(resource.model, field.name):
        raise PermissionDenied(_("You may not move this."))
    if if_version is not None and locked.version != if_version:
        raise Stale(locked)
    target = _python(field, value, by)
    if _same(field, locked, target):
        return None
    label = field.choice_label(target) if field.kind == "choice" else target
    batch = batches.begin("edit", resource.name, by=by, title=f"{locked}: {label or '—'}")
    if resource.board and resource.board.move:
        resource.board.move(locked, target, by, **(asked or {}), **_batch_of(resource.board.move, batch))
    else:
        change(locked, {field.name: target, **(asked or {})}, by=by, batch=batch.token)
    return batch


def _batch_of(move: Any, batch: Batch) -> dict[str, str]:
    """Moves that can be undone take the batch."""
    return {"batch": batch.token} if "batch" in inspect.signature(move).parameters else {}


def _same(field: Field, record: Record, target: Any) -> bool:
    standing = field.value_of(record)
    if field.kind == "link":
        return bool(getattr(standing, "pk", standing) == getattr(target, "pk", target))
    return standing == target or (standing in (None, "") and target in (None, ""))


def _python(field: Field, value: str, user: Any) -> Any:
    if value == NONE:
        return None if field.is_nullable else ""
    if field.kind == "choice":
        known = {str(key): key for key, _label in field.choices}
        if value not in known:
            raise ValidationError(_("There is no such lane."))
        return known[value]
    return read(field, value, user=user)


def _lanes(asked: Listing, field: Field) -> list[Lane]:
    board = asked.resource.board
    if board and board.lanes:
        return [
            Lane(
                value=lane.value,
                label=lane.label,
                tone=lane.tone,
                rows=lane.rows,
                keys=tuple(sort_keys(list(lane.sort), asked.fields)) if lane.sort else (),
            )
            for lane in board.lanes(asked)
        ]
    if field.kind == "link":
        return _link_lanes(asked, field)
    lanes = [
        Lane(value=str(key), label=label, tone=cells.tone_of(field, key, asked.resource) or "grey")
        for key, label in field.choices
        if key not in (None, "")
    ]
    may_be_empty = field.is_nullable or (field.model_field is not None and field.model_field.blank)
    return [Lane(value=NONE, label=_("None"), tone="grey"), *lanes] if may_be_empty else lanes


def _link_lanes(asked: Listing, field: Field) -> list[Lane]:
    """The records most rows lead to, as far as the reader may see them, and a lane for none."""
    counted = [key for key, _n in asked.groups(field.name, LINK_LANES) if key is not None]
    found = field.link_model._default_manager.filter(pk__in=counted)
    if not hasattr(field.link_model, "is_owner"):
        found = asked.user.rights.visible(found)
    names = {row.pk: row for row in found}
    lanes = [Lane(value=str(key), label=str(names[key]), tone="grey") for key in counted if key in names]
    return [*lanes, Lane(value=NONE, label=_("None"), tone="grey")]


def _within(field: Field, value: str) -> Q:
    path = str(field.path)
    if value != NONE:
        return Q(**{f"{path}_id" if field.kind == "link" and not field.custom else path: value})
    empty = Q(**{f"{path}__isnull": True}) if field.is_nullable else Q(pk__in=[])
    is_text = field.kind == "choice" and "Integer" not in (
        field.model_field.get_internal_type() if field.model_field else ""
    )
    return empty | Q(**{path: ""}) if is_text else empty


def _first_pages(asked: Listing, rows: QuerySet[Any], field: Field, lanes: list[Lane]) -> list[Page]:
    """The first cards of every lane. Together: the foremost of all lanes are held against the rights at once,
    and only a lane with too few of the reader's is asked by itself.
    """
    if not _are_read_together(asked, lanes):
        return [_page(asked, rows, field, lane, None) for lane in lanes]
    everybodys = asked.resource.model._default_manager.all()
    everybodys = everybodys if asked.archived else everybodys.live()
    foremost = [
        list(ordered(everybodys.filter(_of(field, lane)), keys).values_list("pk", flat=True)[: CARDS * TRIED])
        for lane in lanes
        for keys in [list(lane.keys) or asked.keys]
    ]
    seen = set(rows.filter(pk__in=list(chain(*foremost))).values_list("pk", flat=True))
    mine = [[pk for pk in ids if pk in seen][: CARDS + 1] for ids in foremost]
    cards = {row.pk: row for row in _prepared(asked, rows.filter(pk__in=list(chain(*mine))))}
    return [
        page_of([cards[pk] for pk in ids if pk in cards], list(lane.keys) or asked.keys, CARDS)
        if len(ids) > CARDS or len(tried) < CARDS * TRIED
        else _page(asked, rows, field, lane, None)
        for lane, ids, tried in zip(lanes, mine, foremost, strict=True)
    ]


def _are_read_together(asked: Listing, lanes: list[Lane]) -> bool:
    """Lanes the noun names, of a reader who does not see all: what the rights say costs most."""
    named = bool(lanes) and lanes[0].rows is not None
    return named and asked.user.rights.scope(asked.resource.noun, "view") != Scope.ALL


def _page(asked: Listing, rows: QuerySet[Any], field: Field, lane: Lane, after: str | None) -> Page:
    """Some cards of a lane, in its own order or the board's."""
    keys = list(lane.keys) or asked.keys
    return page(ordered(_prepared(asked, rows.filter(_of(field, lane))), keys), keys, after, CARDS)


def _of(field: Field, lane: Lane) -> Q:
    return _within(field, lane.value) if lane.rows is None else lane.rows


def _prepared(asked: Listing, rows: QuerySet[Any]) -> QuerySet[Any]:
    return ready(rows, asked.resource, asked.fields, [field.name for field in _card_fields(asked)])


def _numbers(asked: Listing, rows: QuerySet[Any], field: Field, lanes: list[Lane]) -> dict[str, Numbers]:
    """What stands in each lane, by one statement for all."""
    if not lanes:
        return {}
    board = asked.resource.board
    sums = [_summed(asked, name) for name in (board.value, board.weighted)] if board else [None, None]
    told = _in_one_pass if _are_read_together(asked, lanes) else _lane_by_lane
    return {
        key: Numbers(int(count), *(_sum(one, said) for one, said in zip(sums, said_sums, strict=True)))
        for key, count, *said_sums in told(rows.order_by(), field, lanes, sums)
    }


def _in_one_pass(rows: QuerySet[Any], field: Field, lanes: list[Lane], sums: list[Any]) -> list[Any]:
    """(lane, number, sums), with the reader's rights worked out once for all lanes."""
    within = [(lane.value, _of(field, lane)) for lane in lanes]
    lane_of_row = Case(*(When(of, then=Value(value)) for value, of in within), output_field=TextField())
    added = {f"sum{at}": Sum(one.name) if one else Value(0) for at, one in enumerate(sums)}
    found = rows.filter(reduce(or_, (of for _value, of in within))).annotate(_lane=lane_of_row)
    told = {row[0]: row for row in found.values_list("_lane").annotate(n=Count("pk"), **added)}
    return [told.get(lane.value, (lane.value, 0, *(None for _one in sums))) for lane in lanes]


def _lane_by_lane(rows: QuerySet[Any], field: Field, lanes: list[Lane], sums: list[Any]) -> list[Any]:
    """(lane, number, sums), each lane by its index, and no further than the cap where that is asked."""
    parts, params = [], []
    named = {f"sum{at}": F(one.name) if one else Value(0) for at, one in enumerate(sums)}
    for lane in lanes:
        within = rows.filter(_of(field, lane)).annotate(**named).values_list(*named)
        within = within if lane.rows is not None else within[: COUNT_CAP + 1]
        try:
            sql, given = within.query.sql_with_params()
        except EmptyResultSet:
            parts.append("SELECT %s, 0, NULL, NULL")
            params.append(lane.value)
            continue
        parts.append(
            f"SELECT %s, COUNT(*), SUM(a), SUM(b) FROM (WITH v(a, b) AS ({sql}) SELECT a, b FROM v) AS w"  # noqa: S608
        )
        params += [lane.value, *given]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), params)
        return [(str(key), *numbers) for key, *numbers in cursor.fetchall()]


def _sum(field: Field | None, said: Any) -> Decimal | None:
    return round(Decimal(str(said)), 2) if field and said is not None else None


def _summed(asked: Listing, name: str) -> Field | None:
    """What is summed at the head of a lane, when the reader may know it."""
    field = asked.fields.get(name) if name else None
    return field if field and asked.user.rights.searchable(asked.resource.model, field.name) else None


def _card_fields(asked: Listing) -> list[Field]:
    board = asked.resource.board
    names = [
        *(board.card if board else ()),
        *((board.value,) if board and board.value else ()),
        "next_activity",
        "next_activity_at",
        "owner",
    ]
    return [
        asked.fields[name]
        for name in asked.user.rights.readable(asked.resource.model, list(dict.fromkeys(names)))
        if name in asked.fields
    ]


def _cards(asked: Listing, rows: list[Any]) -> list[Card]:
    fields = _card_fields(asked)
    load_cells(fields, rows, asked.user)
    cells.load_links(fields, rows, asked.user)
    resource, board = asked.resource, asked.resource.board
    named = [field for field in fields if board and field.name in board.card and field.name != "owner"]
    writers = [
        (field.label, cells.writer(field, asked.user, resource=resource, titled=False)) for field in named
    ]
    value = asked.fields.get(board.value) if board and board.value else None
    show_value = cells.writer(value, asked.user, resource=resource) if value else None
    today = timezone.localdate()
    return [_card(row, asked, writers, show_value, today) for row in rows]


def _card(row: Any, asked: Listing, writers: list[Any], show_value: Any, today: date) -> Card:
    resource = asked.resource
    since = getattr(row, f"{resource.board.lane}_since", None) if resource.board else None
    since = timezone.localdate(since) if isinstance(since, datetime) else since
    following = asked.fields.get("next_activity") or asked.fields.get("next_activity_at")
    next_at = following.value_of(row) if following else None
    return Card(
        record=row,
        title=str(getattr(row, resource.title, "") or row),
        facts=[(label, html) for label, write in writers if (html := write(row))],
        value=show_value(row) if show_value else "",
        age=(today - since).days if since else None,
        next_at=next_at,
        is_late=bool(next_at and next_at < timezone.now()),
    )
