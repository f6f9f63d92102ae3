"""The mails about a booking: in the page's language, by the visitor's clock."""

from __future__ import annotations

import zoneinfo
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext
from icalendar import Calendar, Event

from relasi.activities.models import Booking, Letter
from relasi.activities.posting import post
from relasi.kit.ui import formats
from relasi.lib.wording import mark as _

CONFIRMED = (_("Booked: %(title)s, %(when)s"), _("Your meeting with %(host)s is booked."))
MOVED = (_("Moved: %(title)s, %(when)s"), _("Your meeting with %(host)s is now at another time."))
CALLED_OFF = (_("Called off: %(title)s, %(when)s"), _("Your meeting with %(host)s will not take place."))
SOON = (_("Soon: %(title)s, %(when)s"), _("This is to remind you of your meeting with %(host)s."))
Words = tuple[str, str]


def confirm(booking: Booking) -> None:
    _write(booking, "confirmed", CONFIRMED)
    plan_reminder(booking)


def moved(booking: Booking) -> None:
    _write(booking, f"moved:{booking.meeting.version}", MOVED)
    plan_reminder(booking)


def called_off(booking: Booking) -> None:
    drop_reminders(booking)
    _write(booking, f"called-off:{booking.meeting.version}", CALLED_OFF)


def plan_reminder(booking: Booking) -> None:
    """One reminder before the time it has now; those for another time are not needed any more."""
    drop_reminders(booking)
    hours, start = booking.page.reminder_hours, booking.meeting.starts_at
    if not hours or not start:
        return
    due_at = start - timedelta(hours=hours)
    if due_at > timezone.now():
        _write(booking, f"soon:{booking.meeting.version}", SOON, due_at=due_at)


def drop_reminders(booking: Booking) -> None:
    waiting = Letter.objects.filter(booking=booking, state=Letter.State.WAITING)
    waiting.filter(key__startswith=f"booking:{booking.pk}:soon").update(state=Letter.State.DROPPED)


def ics_of(booking: Booking) -> bytes:
    """The meeting as the visitor may keep it: nothing of it that is only for the host."""
    meeting = booking.meeting
    event = Event()
    event.add("uid", f"booking-{booking.pk}@{settings.RELASI_PUBLIC_URL.split('://')[-1].split(':')[0]}")
    event.add("dtstamp", meeting.updated_at)
    event.add("sequence", meeting.version)
    event.add("summary", title_of(booking))
    event.add("dtstart", meeting.starts_at)
    event.add("dtend", meeting.until)
    event.add("status", "CONFIRMED" if booking.is_standing else "CANCELLED")
    event.add("url", booking.address)
    if meeting.location:
        event.add("location", meeting.location)
    calendar = Calendar()
    calendar.add("prodid", "-//Relasi//Booking//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def title_of(booking: Booking) -> str:
    host = booking.owner.name if booking.owner else ""
    return f"{booking.page.name} · {host}" if host else booking.page.name


def _write(booking: Booking, what: str, words: Words, *, due_at: datetime | None = None) -> None:
    """To a visitor who left an e-mail address; once for each `what`."""
    start = booking.meeting.starts_at
    if not booking.email or start is None:
        return
    with translation.override(booking.page.language), timezone.override(zoneinfo.ZoneInfo(booking.time_zone)):
        values = {
            "title": booking.page.name,
            "host": booking.owner.name if booking.owner else "",
            "when": formats.datetime(start, "full"),
        }
        subject, first = (gettext(text) % values for text in words)
        lines = [first, "", values["title"], values["when"], booking.meeting.location]
        if words is not CALLED_OFF:
            lines += ["", gettext("To move it or call it off: %(address)s") % {"address": booking.address}]
    post(
        key=f"booking:{booking.pk}:{what}",
        to=booking.email,
        subject=subject,
        text="\n".join(lines) + "\n",
        calendar=ics_of(booking).decode(),
        booking=booking,
        due_at=due_at,
    )
