"""What the caller gathers before it asks: plain facts about one customer, one message, one channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from relasi.lib.contact.defaults import ANY_TIME, DEFAULT_RULES
from relasi.lib.contact.rules import Rules, Sent, Way, Window
from relasi.lib.contact.words import Channel, ConsentState, Purpose, Suppression
from relasi.lib.wording import InputError
from relasi.lib.wording import mark as _

__all__ = ["Asked", "Channel", "Consent", "Purpose", "Sent", "Suppression", "aware"]


@dataclass(frozen=True, slots=True)
class Consent:
    """What the customer said about this purpose on this channel, and since when."""

    state: ConsentState = "unknown"
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """`suppressions`, `consent` and `last_inbound` are those of the address or number the message goes to.

    `sent` holds everything that may count for a cap, whatever its purpose and channel. `holidays` are those
    of the place where the customer lives, days of joint leave (cuti bersama) and regional ones included.
    `is_answer`: the customer wrote and waits for this.
    """

    purpose: Purpose
    channel: Channel
    zone: ZoneInfo
    consent: Consent = field(default_factory=Consent)
    suppressions: frozenset[Suppression] = frozenset()
    sent: tuple[Sent, ...] = ()
    holidays: Mapping[date, str] = field(default_factory=dict)
    last_inbound: datetime | None = None
    is_template: bool = False
    is_answer: bool = False
    rules: Rules = DEFAULT_RULES

    def __post_init__(self) -> None:
        for moment in (self.consent.since, self.last_inbound, *(one.at for one in self.sent)):
            if moment is not None:
                aware(moment)

    @property
    def way(self) -> Way:
        return self.purpose, self.channel

    @property
    def windows(self) -> tuple[Window, ...]:
        """Hours of sending; who asked something and waits is answered at any time."""
        if self.is_answer and self.purpose == "service":
            return (ANY_TIME,)
        return self.rules.windows.get(self.way, ())


def aware(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise InputError(_("A moment without a time zone could be any of three in Indonesia."))
    return moment
