"""Activities as iCalendar (RFC 5545), for other programs' calendars."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from icalendar import Alarm, Calendar, Event, Todo, vCalAddress, vText

from relasi.activities.models import Activity, Attendee, Kind
from relasi.activities.rich import plain_text
from relasi.activities.visibility import load_parties

BACK, AHEAD, MOST = timedelta(days=90), timedelta(days=400), 2000
UID = re.compile(r"activity-(\d{1,18})@(.+)")
PRIORITY = {"high": 1, "normal": 5, "low": 9}


def feed_of(user: Any, now: datetime) -> bytes:
    """The user's own calendar, from a quarter of a year ago to a year ahead."""
    rows = Activity.objects.visible_to(user).for_user(user).live().exclude(kind=Kind.NOTE)
    rows = rows.between(now - BACK, now + AHEAD).select_related("owner").order_by("at", "id")
    return calendar_of(list(rows[:MOST]), user=user, name=str(user))


def calendar_of(activities: list[Activity], *, user: Any, name: str = "") -> bytes:
    """These activities as one calendar in the reader's zone, with its VTIMEZONE."""
    zone = zoneinfo.ZoneInfo(user.time_zone)
    load_parties(activities, user)
    guests = _guests(activities, user)
    calendar = Calendar()
    calendar.add("prodid", "-//Relasi//Calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    if name:
        calendar.add("x-wr-calname", name)
    for activity in activities:
        calendar.add_component(_component(activity, zone, guests.get(activity.pk, [])))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def resource_of(activity: Activity, *, user: Any, uid: str = "") -> bytes:
    """One activity as CalDAV keeps it: its own words as the summary, the customer below."""
    zone = zoneinfo.ZoneInfo(user.time_zone)
    load_parties([activity], user)
    component = _component(activity, zone, _guests([activity], user).get(activity.pk, []))
    component["summary"] = vText(str(activity))
    component["uid"] = vText(uid or uid_of(activity))
    told = (str(activity.shown_party or ""), plain_text(activity.body))
    component.pop("description", None)
    if text := "\n".join(line for line in told if line):
        component.add("description", text)
    calendar = Calendar()
    calendar.add("prodid", "-//Relasi//Calendar//EN")
    calendar.add("version", "2.0")
    calendar.add_component(component)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def uid_of(activity: Activity) -> str:
    return f"activity-{activity.pk}@{_host()}"


def number_of(uid: str) -> int | None:
    """The activity an event of ours is about; None for events of others."""
    found = UID.fullmatch(uid)
    return int(found[1]) if found and found[2] == _host() else None


def _component(activity: Activity, zone: zoneinfo.ZoneInfo, guests: list[Attendee]) -> Event | Todo:
    component = Todo() if activity.kind == Kind.TASK else Event()
    component.add("uid", uid_of(activity))
    component.add("dtstamp", activity.updated_at)
    component.add("last-modified", activity.updated_at)
    component.add("sequence", activity.version)
    party = activity.shown_party
    component.add("summary", f"{activity} · {party}" if party else str(activity))
    component.add("url", f"{settings.RELASI_PUBLIC_URL}/{activity.kind}s/{activity.pk}/")
    if activity.body:
        component.add("description", plain_text(activity.body))
    if activity.location:
        component.add("location", activity.location)
    _add_times(component, activity, zone)
    for guest in guests:
        component.add("attendee", _address(guest), encode=False)
    if activity.reminder_minutes is not None and activity.is_open:
        component.add_component(_alarm(activity))
    return component


def _add_times(component: Event | Todo, activity: Activity, zone: zoneinfo.ZoneInfo) -> None:
    if activity.kind == Kind.TASK:
        component.add("due", (activity.due_at or activity.at).astimezone(zone))
        component.add("priority", PRIORITY[activity.priority])
        component.add("status", "NEEDS-ACTION" if activity.is_open else "COMPLETED")
        if activity.done_at:
            component.add("completed", activity.done_at)
        return
    start, end = activity.starts_at or activity.at, activity.until or activity.at
    if activity.all_day:
        component.add("dtstart", timezone.localtime(start, zone).date())
        component.add("dtend", timezone.localtime(end, zone).date())
    else:
        component.add("dtstart", start.astimezone(zone))
        component.add("dtend", end.astimezone(zone))
    component.add("status", "CANCELLED" if activity.outcome == Activity.Outcome.CANCELLED else "CONFIRMED")


def _alarm(activity: Activity) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", str(activity))
    alarm.add("trigger", -timedelta(minutes=activity.reminder_minutes or 0))
    return alarm


def _guests(activities: Iterable[Activity], user: Any) -> dict[int, list[Attendee]]:
    """Attendees by activity, customers only as far as the reader may see them. One query, or two."""
    found: dict[int, list[Attendee]] = {}
    rows = Attendee.objects.filter(activity__in=[activity.pk for activity in activities]).select_related(
        "user", "party"
    )
    attendees = list(rows)
    hidden = _hidden_parties(attendees, user)
    for attendee in attendees:
        if attendee.party_id not in hidden:
            found.setdefault(attendee.activity_id, []).append(attendee)
    return found


def _hidden_parties(attendees: list[Attendee], user: Any) -> set[int]:
    from relasi.activities.visibility import visible_names

    ids = {attendee.party_id for attendee in attendees if attendee.party_id}
    return ids - {pk for _noun, pk in visible_names(user, (("party", pk) for pk in ids))}


def _address(guest: Attendee) -> vCalAddress:
    who = guest.user or guest.party
    address = vCalAddress(f"mailto:{getattr(who, 'email', '') or 'unknown@invalid'}")
    address.params["CN"] = vText(str(guest))
    address.params["ROLE"] = vText("REQ-PARTICIPANT")
    return address


def _host() -> str:
    return urlsplit(settings.RELASI_PUBLIC_URL).hostname or "relasi"
