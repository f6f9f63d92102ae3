"""Which times are free: arithmetic over hours, what is taken, and the rules of a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo

Span = tuple[datetime, datetime]
Hours = Mapping[int, tuple[tuple[time, time], ...]]
QUARTER, HALF_HOUR = timedelta(minutes=15), timedelta(minutes=30)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a page asks of a time: how long, how much stays free before and after, from when until when."""

    length: timedelta
    before: timedelta
    after: timedelta
    earliest: datetime
    latest: datetime
    most_a_day: int | None = None


@dataclass(kw_only=True)
class Host:
    """One who can be booked. `hours` maps weekdays (0 is Monday) to spans of the day in `zone`; `taken` are
    spans that are not free; `booked` are the beginnings of what was booked on the page; `lately` counts all
    bookings of the last 30 days.
    """

    id: int
    zone: tzinfo
    hours: Hours
    taken: list[Span] = field(default_factory=list)
    booked: list[datetime] = field(default_factory=list)
    closed: frozenset[date] = frozenset()
    lately: int = 0


def starts_of(host: Host, wanted: Wanted) -> Iterator[datetime]:
    """Every beginning that is free for this host, in order, in UTC."""
    taken = sorted(host.taken)
    per_day = Counter(start.astimezone(host.zone).date() for start in host.booked)
    day = wanted.earliest.astimezone(host.zone).date()
    last = wanted.latest.astimezone(host.zone).date()
    while day <= last:
        is_full = wanted.most_a_day is not None and per_day[day] >= wanted.most_a_day
        if day not in host.closed and not is_full:
            yield from _starts_on(day, host, wanted, taken)
        day += timedelta(days=1)


def _starts_on(day: date, host: Host, wanted: Wanted, taken: list[Span]) -> Iterator[datetime]:
    step = QUARTER if wanted.length < HALF_HOUR else HALF_HOUR
    seen: set[datetime] = set()
    for opens, closes in sorted(host.hours.get(day.weekday(), ())):
        start = datetime.combine(day, opens, host.zone).astimezone(UTC)
        end = datetime.combine(day, closes, host.zone).astimezone(UTC)
        while start + wanted.length <= end:
            is_in_time = wanted.earliest <= start < wanted.latest
            if is_in_time and start not in seen and is_free(start, wanted, taken):
                seen.add(start)
                yield start
            start += step


def is_free(start: datetime, wanted: Wanted, taken: Iterable[Span]) -> bool:
    """Whether the meeting with what stays free around it touches nothing that is taken."""
    begins, ends = start - wanted.before, start + wanted.length + wanted.after
    return not any(opens < ends and begins < closes for opens, closes in taken)


def fairest(hosts: Iterable[Host]) -> Host | None:
    """Who had the fewest bookings lately; of equals the first by number."""
    return min(hosts, key=lambda host: (host.lately, host.id), default=None)
