"""What an event of another program says: times in UTC, title, place; and when it is busy."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import recurring_ical_events
from icalendar import Calendar

MOST = 1000  # times of one event
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Told:
    """One event or task. All-day: from local midnight to the midnight after the last day."""

    uid: str
    title: str
    location: str
    start: datetime | None
    end: datetime | None
    all_day: bool
    changed_at: datetime
    is_task: bool
    is_done: bool
    is_called_off: bool
    repeats: bool


@dataclass(frozen=True)
class Busy:
    start: datetime
    end: datetime
    all_day: bool
    title: str


def read(data: str, zone: zoneinfo.ZoneInfo) -> Told | None:
    """The first event or task of the text; None when there is none or it cannot be read."""
    try:
        calendar = Calendar.from_ical(data)
    except ValueError:
        return None
    for part in calendar.walk():
        if part.name in ("VEVENT", "VTODO") and part.get("uid"):
            return _told(part, zone)
    return None


def busy_times(data: str, zone: zoneinfo.ZoneInfo, start: datetime, end: datetime) -> Iterator[Busy]:
    """Every time the events take between two moments: repeats unrolled, what is transparent left out."""
    try:
        found = recurring_ical_events.of(Calendar.from_ical(data)).between(start, end)
    except (ValueError, KeyError, TypeError, OverflowError):
        return
    for part in found[:MOST]:
        told = _told(part, zone)
        is_free = str(part.get("transp", "")).upper() == "TRANSPARENT"
        if told.start and told.end and told.end > told.start and not is_free and not told.is_called_off:
            yield Busy(told.start, told.end, told.all_day, told.title[:200])


def _told(part: Any, zone: zoneinfo.ZoneInfo) -> Told:
    is_task = part.name == "VTODO"
    begins = _value(part, "due") or _value(part, "dtstart") if is_task else _value(part, "dtstart")
    all_day = isinstance(begins, date) and not isinstance(begins, datetime)
    start = _moment(begins, zone)
    changed = _moment(_value(part, "last-modified") or _value(part, "dtstamp"), zone)
    status = str(part.get("status", "")).upper()
    return Told(
        uid=str(part.get("uid", "")), title=str(part.get("summary", "")), all_day=all_day, start=start,
        location=str(part.get("location", "")), end=_end(part, begins, start, zone), is_task=is_task,
        changed_at=changed or datetime.now(UTC), is_done=status == "COMPLETED",
        is_called_off=status == "CANCELLED", repeats=any(part.get(name) for name in ("rrule", "rdate")),
    )  # fmt: skip


def _end(part: Any, begins: Any, start: datetime | None, zone: zoneinfo.ZoneInfo) -> datetime | None:
    if start is None:
        return None
    if ends := _value(part, "dtend"):
        return _moment(ends, zone)
    if isinstance(length := _value(part, "duration"), timedelta):
        return start + length
    return start if isinstance(begins, datetime) else start + DAY


def _value(part: Any, name: str) -> Any:
    found = part.get(name)
    return getattr(found, "dt", None) if not isinstance(found, list) else None


def _moment(value: Any, zone: zoneinfo.ZoneInfo) -> datetime | None:
    """An instant in UTC; a day is its midnight and a time without a zone is meant where the owner is."""
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)
    if isinstance(value, date):
        return datetime.combine(value, time(), zone).astimezone(UTC)
    return None
