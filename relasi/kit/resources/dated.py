"""Records on a calendar: what falls between two days, and moving one to another day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from relasi.kit.access.rights import may
from relasi.kit.records.record import Record, Stale
from relasi.kit.resources import batches, cells
from relasi.kit.resources.declaration import Resource
from relasi.kit.resources.fields import Field
from relasi.kit.resources.listing import Listing
from relasi.kit.resources.models import Batch

SHOWN = 1000
LONGEST = timedelta(days=400)


@dataclass(frozen=True, kw_only=True)
class Happening:
    """A record at its time. `start` and `end` are days when `all_day`, else aware instants; `end` may be
    None."""

    record: Any
    title: str
    start: date | datetime
    end: date | datetime | None
    all_day: bool
    tone: str
    is_editable: bool


class CalendarError(ValueError):
    """The noun has no calendar, the reader may not see its dates, or the days cannot be read."""


def happenings(asked: Listing, start: date, end: date) -> list[Happening]:
    """What falls between two days, the last not included; at most a thousand, the earliest first."""
    field, last = _fields(asked)
    end = min(end, start + LONGEST)
    calendar = asked.resource.calendar
    yearly = calendar.yearly if calendar else ""
    within = _yearly(yearly, start, end) if yearly else _within(field, last, start, end)
    rows = list(_rows(asked, within, field)[:SHOWN])
    can = bool(asked.user.rights.scope(asked.resource.noun, "change")) and not yearly
    can = can and asked.user.rights.writable(asked.resource.model, field.name) and field.is_editable
    tone_field = _tone_field(asked)
    return [
        happening
        for row in rows
        for happening in _placed(row, asked, field, last, start, end, tone_field, can)
    ]


@transaction.atomic
def move(
    record: Record,
    start: str,
    end: str,
    *,
    resource: Resource,
    fields: dict[str, Field],
    by: Any,
    if_version: int | None = None,
) -> Batch | None:
    """Put a record on another day or time; its length stays when no end is given. The batch to undo it,
    None for no change.

    Raises PermissionDenied, Stale, ValidationError.
    """
    calendar = resource.calendar
    if calendar is None or calendar.yearly:
        raise ValidationError(_("This day is not moved on the calendar."))
    locked = type(record)._default_manager.select_for_update(of=("self",)).get(pk=record.pk)
    names = [name for name in (calendar.start, calendar.end) if name]
    if not may(by, "change", locked) or not all(by.rights.writable(resource.model, name) for name in names):
        raise PermissionDenied(_("You may not move this."))
    if if_version is not None and locked.version != if_version:
        raise Stale(locked)
    values = _moved(locked, fields[calendar.start], fields.get(calendar.end), start, end)
    if all(getattr(locked, name) == value for name, value in values.items()):
        return None
    batch = batches.begin("edit", resource.name, by=by, title=_("Moved: %(title)s") % {"title": locked})
    locked.change(by=by, batch=batch.token, **values)
    return batch


def day_of(text: str) -> date:
    """The day of an ISO date or instant, in the reader's zone. Raises CalendarError."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise CalendarError(_("“%(text)s” is not a day.") % {"text": text[:40]}) from None
    if len(text) <= 10 or timezone.is_naive(moment):
        return moment.date()
    return timezone.localdate(moment)


def _fields(asked: Listing) -> tuple[Field, Field | None]:
    calendar = asked.resource.calendar
    names = [calendar.start, calendar.end] if calendar else []
    if not names or not all(
        not name or asked.user.rights.searchable(asked.resource.model, name) for name in names
    ):
        raise CalendarError(_("There is no calendar for these records."))
    return asked.fields[names[0]], asked.fields.get(names[1]) if names[1] else None


def _rows(asked: Listing, within: Q, field: Field) -> QuerySet[Any]:
    return asked.rows().filter(within).order_by(str(field.path), "pk")


def _within(field: Field, last: Field | None, start: date, end: date) -> Q:
    first, after = _bounds(field, start, end)
    starts = Q(**{f"{field.path}__gte": first, f"{field.path}__lt": after})
    if last is None:
        return starts
    return starts | Q(**{f"{field.path}__lt": first, f"{last.path}__gte": _bounds(last, start, end)[0]})


def _bounds(field: Field, start: date, end: date) -> tuple[Any, Any]:
    if field.kind != "datetime":
        return start, end
    zone = timezone.get_current_timezone()
    return tuple(datetime.combine(day, time(), zone).astimezone(UTC) for day in (start, end))  # type: ignore[return-value]


def _yearly(name: str, start: date, end: date) -> Q:
    """Month and day within the range, which may go over New Year."""
    days = (start + timedelta(days=n) for n in range(min((end - start).days, 366)))
    keys = {day.month * 100 + day.day for day in days}
    if 228 in keys:
        keys.add(229)
    return Q(**{f"{name}__in": sorted(keys)})


def _placed(
    row: Any,
    asked: Listing,
    field: Field,
    last: Field | None,
    start: date,
    end: date,
    tone_field: Field | None,
    can: bool,
) -> Iterator[Happening]:
    value = field.value_of(row)
    calendar = asked.resource.calendar
    days: list[Any] = [value]
    if calendar and calendar.yearly:
        days = [
            day for year in range(start.year, end.year + 1) if start <= (day := _in_year(value, year)) < end
        ]
    ending = last.value_of(row) if last else None
    tone = cells.tone_of(tone_field, tone_field.value_of(row), asked.resource) if tone_field else ""
    for day in days:
        title = str(getattr(row, asked.resource.title, "") or row)
        if calendar and calendar.yearly and value.year > 1900 and day.year > value.year:
            title = f"{title} ({day.year - value.year})"
        yield Happening(
            record=row,
            title=title,
            start=day,
            end=ending,
            all_day=field.kind == "date",
            tone=tone or "blue",
            is_editable=can,
        )


def _in_year(day: date, year: int) -> date:
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 2, 28)


def _tone_field(asked: Listing) -> Field | None:
    named = (
        asked.resource.board.lane
        if asked.resource.board
        else asked.resource.chart.by
        if asked.resource.chart
        else ""
    )
    field = asked.fields.get(named)
    is_shown = (
        field is not None
        and field.kind == "choice"
        and asked.user.rights.searchable(asked.resource.model, named)
    )
    return field if is_shown else None


def _moved(record: Record, field: Field, last: Field | None, start: str, end: str) -> dict[str, Any]:
    standing = field.value_of(record)
    values = {field.name: _instant(field, start, standing)}
    if last is None:
        return values
    until = last.value_of(record)
    if end:
        values[last.name] = _instant(last, end, until)
    elif until and standing:
        values[last.name] = until + (values[field.name] - standing)
    return values


def _instant(field: Field, text: str, standing: Any) -> Any:
    """A day for a date field; for a time the given instant, or the same clock on the given day."""
    try:
        if field.kind == "date":
            return day_of(text)
        if len(text) <= 10:
            clock = timezone.localtime(standing).time() if standing else time(9)
            return datetime.combine(day_of(text), clock, timezone.get_current_timezone())
        moment = datetime.fromisoformat(text)
    except (CalendarError, ValueError) as error:
        raise ValidationError(_("“%(text)s” is not a day.") % {"text": text[:40]}) from error
    return timezone.make_aware(moment) if timezone.is_naive(moment) else moment
