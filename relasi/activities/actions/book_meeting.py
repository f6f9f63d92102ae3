"""A stranger takes a free time: a meeting of the host, with the party there is or a new one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils import timezone, translation
from django.utils.html import escape
from django.utils.translation import gettext

from relasi.activities.booking import letters
from relasi.activities.booking.offering import host_for, lock
from relasi.activities.models import Booking, BookingPage, Meeting, Notification, notify
from relasi.kit.access.models import User
from relasi.kit.ui import formats
from relasi.lib.wording import mark as _
from relasi.parties.actions.find_or_make_party import Known, find_or_make_party


class TimeTaken(Exception):
    """Nobody is free then (any more)."""


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """Who books, in clean values; `answers` are (question, answer)."""

    name: str
    email: str = ""
    phone: str = ""
    time_zone: str = "Asia/Jakarta"
    answers: list[tuple[str, str]] = field(default_factory=list)
    address_code: str = ""


@transaction.atomic
def book_meeting(*, page: BookingPage, start: datetime, visitor: Visitor, form_key: str) -> Booking:
    """The booking; the same one for the same `form_key`. Raises TimeTaken.

    The hosts are locked first: of two visitors at once for the last time one gets it.
    """
    lock(page.hosts())
    known: Booking | None = Booking.objects.filter(form_key=form_key).first()
    if known:
        return known
    host_id = host_for(page, start, timezone.now())
    if host_id is None:
        raise TimeTaken
    host = User.objects.get(pk=host_id)
    known_of = Known(
        name=visitor.name, phone=visitor.phone, email=visitor.email, language=page.language, source=page.name
    )
    party = find_or_make_party(known=known_of, by=None, owner=host).party
    meeting = Meeting.create(
        by=None, owner=host, party=party, subject=f"{page.name}: {visitor.name}"[:200], starts_at=start,
        ends_at=start + page.length, location=page.location, body=_told(visitor), reminder_minutes=15,
    )  # fmt: skip
    booking: Booking = Booking.create(
        by=None, verb="booked", owner=host, page=page, meeting=meeting, name=visitor.name,
        email=visitor.email, phone=visitor.phone, time_zone=visitor.time_zone,
        answers=[list(pair) for pair in visitor.answers], form_key=form_key,
        address_code=visitor.address_code,
    )  # fmt: skip
    letters.confirm(booking)
    _tell_host(booking, _("%(name)s booked %(when)s"))
    return booking


@transaction.atomic
def move_booking(*, booking: Booking, start: datetime) -> bool:
    """The visitor takes another time with the same host. Raises TimeTaken; False when it may not be moved."""
    lock([booking.owner] if booking.owner else [])
    booking.refresh_from_db()
    if not booking.may_be_changed(timezone.now()):
        return False
    if booking.meeting.starts_at == start:
        return True
    if host_for(booking.page, start, timezone.now(), without=booking) is None:
        raise TimeTaken
    booking.meeting.reschedule(start=start, end=start + booking.page.length, by=None)
    letters.moved(booking)
    _tell_host(booking, _("%(name)s moved to %(when)s"))
    return True


@transaction.atomic
def call_off_booking(*, booking: Booking) -> bool:
    """The visitor does not come. False when it is too late for that, or done already."""
    lock([booking.owner] if booking.owner else [])
    booking.refresh_from_db()
    if not booking.may_be_changed(timezone.now()):
        return False
    booking.cancel(by=None)
    _tell_host(booking, _("%(name)s called off %(when)s"))
    return True


def _told(visitor: Visitor) -> str:
    """What the host reads in the meeting: how to reach the visitor, and the answers."""
    lines = [
        visitor.phone,
        visitor.email,
        *(f"{question} — {answer}" for question, answer in visitor.answers),
    ]
    return "".join(f"<p>{escape(line)}</p>" for line in lines if line)


def _tell_host(booking: Booking, words: str) -> None:
    host, start = booking.owner, booking.meeting.starts_at
    if host is None or start is None:
        return
    with translation.override(host.language), timezone.override(host.time_zone):
        said = gettext(words) % {"name": booking.name, "when": formats.datetime(start, "weekday")}
    notify(
        users=[host],
        kind=Notification.Kind.OTHER,
        key=f"booking:{booking.pk}:{booking.meeting.version}",
        text=said,
        url=f"/meetings/{booking.meeting_id}/",
    )
