"""Tasks that come back: every third day, each Monday and Thursday, the last day of the month.

Text form: the RRULE of RFC 5545 section 3.3.10, of which the parts named in `Recurrence` are read and
written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from typing import Literal

from dateutil.rrule import DAILY, MONTHLY, WEEKLY, YEARLY, rrule

from relasi.lib.wording import InputError
from relasi.lib.wording import mark as _

Every = Literal["day", "week", "month", "year"]

FREQUENCIES: dict[Every, tuple[Literal[0, 1, 2, 3], str]] = {
    "day": (DAILY, "DAILY"), "week": (WEEKLY, "WEEKLY"), "month": (MONTHLY, "MONTHLY"), "year": (YEARLY,
    "YEARLY"),
}  # fmt: skip
EVERY: dict[str, Every] = {name: every for every, (_number, name) in FREQUENCIES.items()}
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
LAST_DAY = -1
KNOWN_PARTS = frozenset({"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "UNTIL", "COUNT", "WKST"})


class RecurrenceError(InputError):
    """The rule cannot be read, or contradicts itself."""


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A rule, counted from the day given to its functions.

    `weekdays`: 0 Monday … 6 Sunday, for weekly rules. `month_day`: 1–31 for monthly ones, or -1 for the last
    day; 29 to
    31 fall on the last day of shorter months. `until` (that day included) or `times`, not both. A yearly rule
    from 29
    February falls on 28 in common years.
    """

    every: Every
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    month_day: int | None = None
    until: date | None = None
    times: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.interval <= 1000:
            raise RecurrenceError(_("A task repeats every 1 to 1,000 days, weeks, months or years."))
        if self.until and self.times:
            raise RecurrenceError(_("A repetition ends on a day or after a number of times, not both."))
        if self.times is not None and self.times < 1:
            raise RecurrenceError(_("A task is repeated at least once."))
        if any(day not in range(7) for day in self.weekdays) or (self.weekdays and self.every != "week"):
            raise RecurrenceError(_("Only a weekly task has days of the week."))
        if self.month_day is not None and (
            self.every != "month" or self.month_day not in (LAST_DAY, *range(1, 32))
        ):
            raise RecurrenceError(_("Only a monthly task has a day of the month, 1 to 31 or the last."))
        object.__setattr__(self, "weekdays", tuple(sorted(set(self.weekdays))))

    def days(self, start: date) -> Iterator[date]:
        """All days of the rule in order, beginning with the first on or after `start`."""
        for moment in self._rule(start):
            yield moment.date()

    def next_after(self, day: date, start: date) -> date | None:
        """The first day of the rule from `start` that is later than `day`; None when it has ended."""
        found = self._rule(start).after(datetime.combine(day, time.min))
        return found.date() if found else None

    def first(self, count: int, start: date) -> list[date]:
        """The first `count` days, for a preview."""
        return list(islice(self.days(start), count))

    def _rule(self, start: date) -> rrule:
        """Days 29 to 31 mean "that day or the last before it": of all candidates in the month, the last
        one."""
        leap_day = self.every == "year" and (start.month, start.day) == (2, 29)
        month_day = (self.month_day or start.day) if self.every == "month" else LAST_DAY if leap_day else None
        late = month_day is not None and month_day > 28
        return rrule(
            FREQUENCIES[self.every][0],
            dtstart=datetime.combine(start, time.min),
            interval=self.interval,
            byweekday=self.weekdays or None,
            bymonth=2 if leap_day else None,
            bymonthday=range(28, month_day + 1) if late and month_day else month_day,
            bysetpos=-1 if late else None,
            until=datetime.combine(self.until, time.min) if self.until else None,
            count=self.times,
        )


def to_rrule(rule: Recurrence) -> str:
    """`FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;COUNT=10`."""
    parts = [f"FREQ={FREQUENCIES[rule.every][1]}"]
    if rule.interval != 1:
        parts.append(f"INTERVAL={rule.interval}")
    if rule.weekdays:
        parts.append("BYDAY=" + ",".join(WEEKDAYS[day] for day in rule.weekdays))
    if rule.month_day is not None:
        parts.append(_month_day_text(rule.month_day))
    if rule.until:
        parts.append(f"UNTIL={rule.until.isoformat().replace('-', '')}")
    if rule.times:
        parts.append(f"COUNT={rule.times}")
    return ";".join(parts)


def from_rrule(text: str) -> Recurrence:
    """Read what `to_rrule` wrote, and the like from other calendars. Raises RecurrenceError for what is
    beyond us."""
    parts = _parts(text)
    try:
        return Recurrence(
            every=EVERY[parts["FREQ"]],
            interval=int(parts.get("INTERVAL", "1")),
            weekdays=tuple(WEEKDAYS.index(day) for day in parts["BYDAY"].split(","))
            if "BYDAY" in parts
            else (),
            month_day=_month_day(parts),
            until=datetime.strptime(parts["UNTIL"][:8], "%Y%m%d").date() if "UNTIL" in parts else None,
            times=int(parts["COUNT"]) if "COUNT" in parts else None,
        )
    except (KeyError, ValueError) as error:
        if isinstance(error, RecurrenceError):
            raise
        raise _unreadable(text) from error


def _parts(text: str) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in text.strip().upper().removeprefix("RRULE:").split(";") if pair]
    parts = {name: value for name, _sign, value in pairs}
    beyond = set(parts) - KNOWN_PARTS - ({"BYSETPOS"} if parts.get("BYSETPOS") == "-1" else set())
    if "FREQ" not in parts or beyond:
        raise _unreadable(text)
    return parts


def _month_day_text(day: int) -> str:
    if day > 28:
        return f"BYMONTHDAY={','.join(str(number) for number in range(28, day + 1))};BYSETPOS=-1"
    return f"BYMONTHDAY={day}"


def _month_day(parts: dict[str, str]) -> int | None:
    if "BYMONTHDAY" not in parts:
        if "BYSETPOS" in parts:
            raise ValueError("BYSETPOS without days of the month")
        return None
    days = [int(day) for day in parts["BYMONTHDAY"].split(",")]
    if len(days) > 1 and (days != list(range(28, days[-1] + 1)) or parts.get("BYSETPOS") != "-1"):
        raise ValueError("several days of the month")
    return days[-1]


def _unreadable(text: str) -> RecurrenceError:
    return RecurrenceError(_("The repetition “%(text)s” cannot be read."), text=text)
