"""The rules of a company as data: hours of sending, caps, and what needs consent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from relasi.lib.contact.words import Channel, Purpose, Suppression
from relasi.lib.wording import InputError
from relasi.lib.wording import mark as _

DAY = timedelta(days=1)
EVERY_DAY = frozenset(range(7))
Way = tuple[Purpose, Channel]


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that went out, or is planned to."""

    at: datetime
    purpose: Purpose
    channel: Channel


@dataclass(frozen=True, slots=True)
class Window:
    """Hours of sending on some weekdays (0 is Monday), on the customer's clock.

    `closes` is the first minute that is too late; None stands for midnight. Hours over midnight are two
    windows. `source` names the entry of `SOURCES` that says where the hours come from.
    """

    weekdays: frozenset[int] = EVERY_DAY
    opens: time = time(0)
    closes: time | None = None
    rests_on_holidays: bool = False
    source: str = ""

    def __post_init__(self) -> None:
        if self.closes is not None and self.closes <= self.opens:
            raise InputError(_("Hours of sending end after they begin; write a night as two of them."))

    def works_on(self, day: date, holidays: Mapping[date, str]) -> bool:
        return day.weekday() in self.weekdays and not (self.rests_on_holidays and day in holidays)

    def holds(self, clock: time) -> bool:
        return self.opens <= clock and (self.closes is None or clock < self.closes)

    def begins_after_midnight(self) -> timedelta:
        return _since_midnight(self.opens)

    def ends_after_midnight(self) -> timedelta:
        return DAY if self.closes is None else _since_midnight(self.closes)


@dataclass(frozen=True, slots=True)
class Cap:
    """At most `most` messages in any `days` times 24 hours; no purpose or channel means all of them."""

    most: int
    days: int
    purpose: Purpose | None = None
    channel: Channel | None = None

    def __post_init__(self) -> None:
        if self.most < 1 or self.days < 1:
            raise InputError(_("A cap allows at least one message in at least one day."))

    def covers(self, purpose: Purpose, channel: Channel) -> bool:
        return self.purpose in (None, purpose) and self.channel in (None, channel)

    def counted(self, sent: Iterable[Sent], now: datetime) -> int:
        """How many of `sent` count at `now`; what is planned for later counts already."""
        return sum(until > now for until in self._counts_until(sent))

    def free_from(self, sent: Iterable[Sent]) -> datetime | None:
        """The first moment at which one more may go; None when there never were too many."""
        untils = sorted(self._counts_until(sent), reverse=True)
        return untils[self.most - 1] if len(untils) >= self.most else None

    def _counts_until(self, sent: Iterable[Sent]) -> list[datetime]:
        """In UTC, where a day has 24 hours whatever the customer's clock does."""
        return [
            one.at.astimezone(UTC) + self.days * DAY for one in sent if self.covers(one.purpose, one.channel)
        ]


@dataclass(frozen=True, slots=True)
class Rules:
    """`windows` per purpose and channel: a way without any is closed for good.

    `stops` says which ways a suppression closes. Consent that is unknown stops `needs_consent`; consent that
    was withdrawn stops `heeds_withdrawal`.
    """

    windows: Mapping[Way, tuple[Window, ...]]
    caps: tuple[Cap, ...] = ()
    needs_consent: frozenset[Purpose] = frozenset({"marketing"})
    heeds_withdrawal: frozenset[Purpose] = frozenset({"marketing", "service"})
    stops: Mapping[Suppression, frozenset[Way]] = field(default_factory=dict)


def _since_midnight(clock: time) -> timedelta:
    return timedelta(
        hours=clock.hour, minutes=clock.minute, seconds=clock.second, microseconds=clock.microsecond
    )
