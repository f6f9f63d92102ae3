"""Working time: how many minutes of it lie between two moments, and when so many have passed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo

Span = tuple[time, time]
LONGEST = 3 * 366  # days looked ahead; a company that never opens has no due times


@dataclass(frozen=True)
class WorkingTime:
    """`week` maps weekdays (0 is Monday) to spans of the day in `zone`; nobody works on `closed` days.

    Spans of a day may touch or overlap; they count once. An empty week means: always open.
    """

    week: Mapping[int, tuple[Span, ...]]
    zone: tzinfo
    closed: frozenset[date] = field(default_factory=frozenset)

    def after(self, start: datetime, minutes: int) -> datetime | None:
        """The moment `minutes` of working time after `start`, in UTC; None when the company never opens."""
        if not self.week:
            return (start + timedelta(minutes=minutes)).astimezone(UTC)
        left = timedelta(minutes=minutes)
        for opens, closes in self._spans(start):
            begins = max(opens, start)
            if closes - begins >= left:
                return (begins + left).astimezone(UTC)
            left -= closes - begins
        return None

    def minutes_between(self, start: datetime, end: datetime) -> int:
        """Whole minutes of working time from `start` to `end`; 0 when `end` is earlier."""
        if end <= start:
            return 0
        if not self.week:
            return int((end - start) / timedelta(minutes=1))
        worked = timedelta()
        for opens, closes in self._spans(start):
            if opens >= end:
                break
            worked += min(closes, end) - max(opens, start)
        return int(worked / timedelta(minutes=1))

    def is_open(self, moment: datetime) -> bool:
        if not self.week:
            return True
        opens, _closes = next(self._spans(moment), (None, None))
        return opens is not None and opens <= moment

    def _spans(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Open spans that end after `start`, in order, in UTC: an hour lost to a clock change is no work."""
        first = start.astimezone(self.zone).date()
        for number in range(LONGEST):
            day = first + timedelta(days=number)
            if day in self.closed:
                continue
            for opens, closes in joined(self.week.get(day.weekday(), ())):
                begins = datetime.combine(day, opens, self.zone).astimezone(UTC)
                ends = datetime.combine(day, closes, self.zone).astimezone(UTC)
                if ends > start and ends > begins:
                    yield begins, ends


def joined(spans: Iterable[Span]) -> list[Span]:
    """The same time of day in order, without overlaps."""
    whole: list[Span] = []
    for opens, closes in sorted(spans):
        if whole and opens <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(closes, whole[-1][1]))
        else:
            whole.append((opens, closes))
    return whole
