"""When the hours of sending open next, on a clock that may jump."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from relasi.lib.contact.rules import DAY, Window

LONGEST = 2 * 366  # days looked ahead; hours that do not open in two years never do
SECOND = timedelta(seconds=1)


class Stretch(NamedTuple):
    """A time in UTC, of a day at most, through which the customer's clock neither jumps nor goes back."""

    begins: datetime
    ends: datetime
    offset: timedelta

    def days(self) -> Iterator[date]:
        first = (self.begins + self.offset).date()
        last = (self.ends + self.offset).date()
        return (first + number * DAY for number in range((last - first).days + 1))

    def midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), UTC) - self.offset


def next_opening(
    windows: Iterable[Window], zone: ZoneInfo, holidays: Mapping[date, str], moment: datetime
) -> datetime | None:
    """The first moment, in UTC, from `moment` on that lies in one of `windows`; None when there is none."""
    windows, moment = tuple(windows), moment.astimezone(UTC)
    if _is_open(windows, holidays, moment.astimezone(zone)):
        return moment
    for stretch in _stretches(zone, moment):
        openings = [
            max(opens, moment)
            for opens, closes in _spans(stretch, windows, holidays)
            if closes > max(opens, moment)
        ]
        if openings:
            return min(openings)
    return None


def _is_open(windows: Iterable[Window], holidays: Mapping[date, str], local: datetime) -> bool:
    day, clock = local.date(), local.time()
    return any(window.works_on(day, holidays) and window.holds(clock) for window in windows)


def _spans(
    stretch: Stretch, windows: Iterable[Window], holidays: Mapping[date, str]
) -> Iterator[tuple[datetime, datetime]]:
    windows = tuple(windows)
    for day in stretch.days():
        midnight = stretch.midnight(day)
        for window in windows:
            if window.works_on(day, holidays):
                yield (
                    max(stretch.begins, midnight + window.begins_after_midnight()),
                    min(stretch.ends, midnight + window.ends_after_midnight()),
                )


def _stretches(zone: ZoneInfo, moment: datetime) -> Iterator[Stretch]:
    first = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    for number in range(LONGEST):
        begins = first + number * DAY
        change = _clock_change(zone, begins)
        if begins < change < begins + DAY:
            yield Stretch(begins, change, _offset(zone, begins))
        yield Stretch(change, begins + DAY, _offset(zone, change))


def _clock_change(zone: ZoneInfo, begins: datetime) -> datetime:
    """The moment of the day after `begins` at which the clock jumps; `begins` itself when it does not."""
    before = _offset(zone, begins)
    if _offset(zone, begins + DAY - SECOND) == before:
        return begins
    seconds = range(int(DAY / SECOND))
    return begins + SECOND * bisect_left(
        seconds, True, key=lambda second: _offset(zone, begins + second * SECOND) != before
    )


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()
