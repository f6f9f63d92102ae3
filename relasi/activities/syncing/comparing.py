"""Keeping one's own calendar and one elsewhere the same: what came, what went, what is ours to tell."""

from __future__ import annotations

import zoneinfo
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from icalendar import Calendar

from relasi.activities import ics
from relasi.activities.models import Activity, BusyTime, CalendarAccount, CalendarLink, Kind, Meeting
from relasi.activities.syncing import remote
from relasi.activities.syncing.reading import Told, busy_times, read
from relasi.activities.syncing.remote import Changed, Remote
from relasi.kit.access.rights import may
from relasi.kit.events.writing import emit
from relasi.lib.wording import InputError

BACK, AHEAD, MOST = timedelta(days=30), timedelta(days=400), 2000
UNROLL_AGAIN = timedelta(days=370)
TIMED = (Kind.MEETING, Kind.VISIT)
GONE = "gone:"
PRIVATE = ("summary", "description", "location", "attendee", "organizer", "comment", "url")


def compare(account: CalendarAccount) -> bool:
    """Both ways, once. False when somebody else is at it or it failed; why stands in `account.problem`."""
    owner: Any = account.owner
    if owner is None or not account.claim():
        return False
    problem = ""
    with translation.override(owner.language), timezone.override(_zone(account)):
        try:
            _both_ways(account)
        except InputError as error:
            problem = _(error.text) % error.values
        finally:
            account.note(running_since=None)
    account.note(problem=problem, **({} if problem else {"synced_at": timezone.now()}))
    return not problem


def _both_ways(account: CalendarAccount) -> None:
    with remote.client_of(account) as client:
        told = remote.news(client, account)
        links = {link.href: link for link in account.links.select_related("activity")}
        gone = told.gone | (links.keys() - {one.href for one in told.events} if told.is_all else set())
        for href in gone & links.keys():
            _take_gone(account, links[href])
        for one in told.events:
            _take(account, links.get(one.href), one)
        account.note(sync_token=told.token)
        _send(client, account)
    _unroll_again(account)


# what came


@transaction.atomic
def _take(account: CalendarAccount, link: CalendarLink | None, one: Remote) -> None:
    """An event that is new or another there. What we wrote ourselves comes back with the ETag we know."""
    if link and link.etag and link.etag == one.etag:
        return
    told = read(one.data, _zone(account))
    if told is None:
        return
    if link is None:
        link = CalendarLink(account=account, href=one.href, uid=told.uid[:300])
        link.activity = _ours(account, told.uid)
        link.is_ours = link.activity is not None
    link.etag = one.etag
    if link.is_ours:
        _take_change(account, link, told)
        link.save()
    else:
        link.save()
        _take_busy(account, link, told, one.data)


def _take_change(account: CalendarAccount, link: CalendarLink, told: Told) -> None:
    """Ours, changed there. Where both changed since they were the same, the later one wins."""
    activity, owner = link.activity, account.owner
    if activity is None or owner is None:
        return
    wanted = _wanted(activity, told)
    is_both = bool(link.version) and activity.version != link.version
    if is_both and wanted and activity.updated_at > told.changed_at:
        emit("sync_kept", activity, by=owner, note=_("Changed in the other calendar too, but earlier."))
        return
    if not may(owner, "change", activity):
        link.version = 0
        return
    note = _("Changed here too, but the other calendar was later.") if is_both else ""
    try:
        if wanted:
            activity.change(by=owner, verb="rescheduled", note=note, **wanted)
        if told.is_called_off and activity.is_open:
            activity.finish(by=owner, outcome=Activity.Outcome.CANCELLED)
        elif told.is_done and activity.is_open:
            activity.finish(by=owner)
        link.version = activity.version
    except ValidationError:
        link.version = 0  # what is there cannot be kept here: ours is written over it


def _wanted(activity: Activity, told: Told) -> dict[str, Any]:
    """What is to be set for the activity to say the same."""
    wanted: dict[str, Any] = {}
    if told.title and told.title[:200] != str(activity):
        wanted["subject"] = told.title[:200]
    if activity.kind == Kind.TASK:
        if told.start and told.start != _whole(activity.due_at):
            wanted["due_at"] = told.start
        return wanted
    now = (_whole(activity.starts_at), _whole(activity.until), activity.all_day)
    if told.start and told.end and (told.start, told.end, told.all_day) != now:
        wanted |= {"starts_at": told.start, "ends_at": told.end, "all_day": told.all_day}
    if told.location[:300] != activity.location:
        wanted["location"] = told.location[:300]
    return wanted


def _take_busy(account: CalendarAccount, link: CalendarLink, told: Told, data: str) -> None:
    """Not ours: only when it is taken, and the title where the owner wishes it."""
    link.raw = _bare(data, account) if told.repeats else ""
    _unroll(account, link, data)


def _unroll(account: CalendarAccount, link: CalendarLink, data: str) -> None:
    now = timezone.now()
    found = busy_times(data, _zone(account), now - timedelta(days=1), now + AHEAD)
    link.times.all().delete()
    BusyTime.objects.bulk_create(
        BusyTime(
            link=link, user=account.owner, starts_at=one.start, ends_at=one.end, all_day=one.all_day,
            title=one.title if account.shows_titles else "",
        )
        for one in found
    )  # fmt: skip
    link.unrolled_until = now + AHEAD
    link.save()


def _unroll_again(account: CalendarAccount) -> None:
    """What repeats without end is looked at further ahead as time goes by."""
    late = account.links.filter(unrolled_until__lt=timezone.now() + UNROLL_AGAIN).exclude(raw="")
    for link in late:
        with transaction.atomic():
            _unroll(account, link, link.raw)


@transaction.atomic
def _take_gone(account: CalendarAccount, link: CalendarLink) -> None:
    """Deleted there. A plan of ours is put away, unless it was changed here since; history stays."""
    activity, owner = link.activity, account.owner
    if link.href.startswith(GONE):
        return
    if not link.is_ours or activity is None:
        link.delete()
        return
    if activity.version != link.version:
        link.delete()  # changed here since: it is written there again
        return
    if activity.is_open and may(owner, "archive", activity):  # type: ignore[arg-type]
        activity.archive(by=owner)
    link.href, link.version, link.etag = f"{GONE}{link.pk}", activity.version, ""
    link.save()


# what we tell


def _send(client: Any, account: CalendarAccount) -> None:
    """New and changed plans of ours, and those that are none any more."""
    links = {link.activity_id: link for link in account.links.filter(is_ours=True)}
    for activity in _plans(account):
        link = links.get(activity.pk)
        if link is None or link.version != activity.version:
            _put(client, account, activity, link)
    for link in account.links.filter(is_ours=True).select_related("activity"):
        if not _is_still_ours(account, link.activity):
            _withdraw(client, account, link)


def _put(client: Any, account: CalendarAccount, activity: Activity, link: CalendarLink | None) -> None:
    is_known = link is not None and not link.href.startswith(GONE)
    uid = link.uid if link else ics.uid_of(activity)
    data = ics.resource_of(activity, user=account.owner, uid=uid).decode()
    name = f"relasi-{activity.pk}.ics"
    href, etag = (link.href, link.etag) if link and is_known else ("", "")
    try:
        written = remote.put(client, account, href=href, etag=etag, data=data, name=name)
    except Changed:
        if is_known:
            return  # the next time we read what it is now, and decide
        written = remote.put(client, account, href=name, etag="", data=data, name=name)
    facts = {
        "href": written.href,
        "etag": written.etag,
        "version": activity.version,
        "is_ours": True,
        "uid": uid,
    }
    CalendarLink.objects.update_or_create(account=account, activity=activity, defaults=facts)


def _withdraw(client: Any, account: CalendarAccount, link: CalendarLink) -> None:
    try:
        if not link.href.startswith(GONE):
            remote.delete(client, account, href=link.href, etag=link.etag)
    except Changed:
        remote.delete(client, account, href=link.href, etag="")
    link.delete()


def _plans(account: CalendarAccount) -> list[Activity]:
    """The owner's meetings, visits and, where the other calendar takes them, tasks with a time."""
    now, owner = timezone.now(), account.owner
    kinds = Q(kind__in=TIMED) | (Q(kind=Kind.TASK) if account.takes_tasks else Q(pk__in=[]))
    rows = Activity.objects.visible_to(owner).for_user(owner).live().filter(kinds)
    rows = rows.between(now - BACK, now + AHEAD).exclude(outcome=Activity.Outcome.CANCELLED)
    return list(rows.select_related("owner").order_by("at", "id")[:MOST])


def _is_still_ours(account: CalendarAccount, activity: Activity | None) -> bool:
    if activity is None or activity.is_archived or activity.outcome == Activity.Outcome.CANCELLED:
        return False
    return activity.owner_id == account.owner_id or activity.attendees.filter(user=account.owner_id).exists()


def _ours(account: CalendarAccount, uid: str) -> Activity | None:
    """An event we wrote, whose link was lost in the middle; the owner's own only."""
    number = ics.number_of(uid)
    rows = Activity.objects.for_user(account.owner).filter(pk=number or 0)
    taken = account.links.filter(activity=number or 0).exists()
    found: Activity | None = None if taken else rows.first()
    return found


def take_in(busy: BusyTime, *, by: Any) -> Meeting:
    """A busy time becomes a meeting of ours, kept the same from now on. Raises InputError and others."""
    link = busy.link
    with remote.client_of(link.account) as client:
        one = remote.fetch(client, link.account, href=link.href)
    told = read(one.data, _zone(link.account))
    if told is None or told.repeats or told.start is None:
        raise ValidationError(_("What repeats there stays there; only single events can be taken in."))
    with transaction.atomic():
        meeting: Meeting = Meeting.create(
            by=by, owner=by, subject=(told.title or _("Meeting"))[:200], starts_at=told.start,
            ends_at=told.end, all_day=told.all_day, location=told.location[:300],
        )  # fmt: skip
        link.times.all().delete()
        link.activity, link.is_ours, link.etag, link.version = meeting, True, one.etag, meeting.version
        link.save()
    return meeting


def _bare(data: str, account: CalendarAccount) -> str:
    """The times of what repeats; nothing else is kept of it, unless the owner wishes the titles."""
    calendar = Calendar.from_ical(data)
    for part in calendar.walk("VEVENT"):
        for name in PRIVATE:
            if not (account.shows_titles and name == "summary"):
                part.pop(name, None)
    return str(calendar.to_ical().decode())


def _zone(account: CalendarAccount) -> zoneinfo.ZoneInfo:
    return zoneinfo.ZoneInfo(account.owner.time_zone if account.owner else "Asia/Jakarta")


def _whole(moment: datetime | None) -> datetime | None:
    """Calendars know no part of a second."""
    return moment.replace(microsecond=0) if moment else None
