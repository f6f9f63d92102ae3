"""What a booking page offers: its hosts with all that is taken of their time, and the free times left."""

from __future__ import annotations

import zoneinfo
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from relasi.activities.booking.free import Host, Span, Wanted, fairest, starts_of
from relasi.activities.coming import repeats_of
from relasi.activities.days_off import days_off
from relasi.activities.models import Activity, Attendee, Booking, BookingHours, BookingPage, BusyTime, Kind
from relasi.kit.access.models import User

USUAL = {day: ((time(9), time(17)),) for day in range(5)}
LATELY = timedelta(days=30)
LONGEST = timedelta(days=31)
HOUR = timedelta(hours=1)
TAKES_TIME = (Kind.MEETING, Kind.VISIT, Kind.CALL)


def wanted_of(page: BookingPage, now: datetime) -> Wanted:
    before, after = page.buffers
    return Wanted(
        length=page.length, before=before, after=after, earliest=now + page.notice_hours * HOUR,
        latest=now + timedelta(days=page.ahead_days), most_a_day=page.most_a_day,
    )  # fmt: skip


def free_starts(page: BookingPage, now: datetime, *, without: Booking | None = None) -> list[datetime]:
    """Every free beginning, in order, once however many hosts are free then.

    `without` is a booking that is to be moved: its own time does not stand in its way, and its host stays.
    """
    wanted = wanted_of(page, now)
    hosts = hosts_of(page, wanted, without=without)
    return sorted({start for host in hosts for start in starts_of(host, wanted)})


def host_for(
    page: BookingPage, start: datetime, now: datetime, *, without: Booking | None = None
) -> int | None:
    """The number of the fairest host who is free then; None when nobody is."""
    wanted = wanted_of(page, now)
    hosts = hosts_of(page, wanted, without=without)
    chosen = fairest(host for host in hosts if start in set(starts_of(host, wanted)))
    return chosen.id if chosen else None


def hosts_of(page: BookingPage, wanted: Wanted, *, without: Booking | None = None) -> list[Host]:
    """Everybody who may be booked, with what is taken: a fixed number of queries for any number of hosts."""
    users = page.hosts()
    if without:
        users = [user for user in users if user.pk == without.owner_id]
    ids = [user.pk for user in users]
    start, end = wanted.earliest - wanted.before - LONGEST, wanted.latest + wanted.length + wanted.after
    hours, taken = _hours(ids), _taken(ids, start, end, without)
    booked, lately = _booked(page, ids, without), _lately(ids)
    closed = frozenset[Any]()
    if page.rests_on_days_off:
        closed = days_off(start.date(), end.date() + timedelta(days=1))
    return [
        Host(
            id=user.pk, zone=zoneinfo.ZoneInfo(user.time_zone), hours=hours.get(user.pk, USUAL),
            taken=taken[user.pk], booked=booked[user.pk], closed=closed, lately=lately.get(user.pk, 0),
        )
        for user in users
    ]  # fmt: skip


def _hours(ids: list[int]) -> dict[int, dict[int, tuple[tuple[time, time], ...]]]:
    """By host and weekday; who said nothing is not among them."""
    found: dict[int, dict[int, tuple[tuple[time, time], ...]]] = defaultdict(dict)
    for row in BookingHours.objects.filter(owner__in=ids):
        for number in row.weekdays:
            day, span = int(number) - 1, (row.opens_at, row.closes_at)
            found[row.owner_id or 0][day] = (*found[row.owner_id or 0].get(day, ()), span)
    return dict(found)


def _taken(ids: list[int], start: datetime, end: datetime, without: Booking | None) -> dict[int, list[Span]]:
    taken: dict[int, list[Span]] = defaultdict(list)
    for activity, people in _planned(ids, start, end, without):
        for span in _spans(activity, start, end):
            for user_id in people:
                taken[user_id].append(span)
    for user_id, begins, ends in _busy_elsewhere(ids, start, end):
        taken[user_id].append((begins, ends))
    return taken


def _planned(
    ids: list[int], start: datetime, end: datetime, without: Booking | None
) -> list[tuple[Activity, set[int]]]:
    """What is planned with these people as owners or guests, and who of them takes part."""
    wanted = set(ids)
    rows = Activity.objects.open().filter(kind__in=TAKES_TIME, starts_at__lt=end)
    rows = rows.filter(Q(starts_at__gte=start) | Q(ends_at__gt=start) | Q(recurrence__gt=""))
    guests = Attendee.objects.filter(user__in=ids).values("activity_id")
    rows = rows.filter(Q(owner__in=ids) | Q(pk__in=guests)).select_related("booking__page")
    if without:
        rows = rows.exclude(pk=without.meeting_id)
    found = list(rows)
    attending: dict[int, set[int]] = defaultdict(set)
    for activity_id, user_id in Attendee.objects.filter(
        activity__in=[activity.pk for activity in found], user__in=ids
    ).values_list("activity_id", "user_id"):
        attending[activity_id].add(user_id or 0)
    return [(activity, (attending[activity.pk] | {activity.owner_id or 0}) & wanted) for activity in found]


def _spans(activity: Activity, start: datetime, end: datetime) -> Iterable[Span]:
    """Its own time and those of its repeats; a booked meeting with what its page keeps free around it."""
    begins, ends = activity.starts_at, activity.until
    if begins is None or ends is None:
        return
    booking: Booking | None = getattr(activity, "booking", None)
    before, after = booking.page.buffers if booking else (timedelta(0), timedelta(0))
    yield begins - before, ends + after
    for then in repeats_of(activity, start, end):
        yield then, then + (ends - begins)


def _busy_elsewhere(
    ids: list[int], start: datetime, end: datetime
) -> Iterable[tuple[int, datetime, datetime]]:
    """What other calendars of these people say is taken."""
    rows = BusyTime.objects.filter(user__in=ids, starts_at__lt=end, ends_at__gt=start)
    return rows.order_by().values_list("user_id", "starts_at", "ends_at")


def _booked(page: BookingPage, ids: list[int], without: Booking | None) -> dict[int, list[datetime]]:
    rows = Booking.objects.standing().filter(
        page=page, owner__in=ids, meeting__starts_at__gte=timezone.now() - timedelta(days=1)
    )
    if without:
        rows = rows.exclude(pk=without.pk)
    found: dict[int, list[datetime]] = defaultdict(list)
    for owner_id, starts_at in rows.order_by().values_list("owner_id", "meeting__starts_at"):
        if starts_at:
            found[owner_id].append(starts_at)
    return found


def _lately(ids: list[int]) -> dict[int, int]:
    since = timezone.now() - LATELY
    rows = Booking.objects.standing().filter(owner__in=ids, created_at__gte=since).order_by()
    return dict(rows.values_list("owner").annotate(many=Count("pk")))


def lock(hosts: Iterable[User]) -> None:
    """Nobody else books with them until this transaction ends."""
    rows = User._default_manager.select_for_update(of=("self",), no_key=True)
    list(rows.filter(pk__in=[host.pk for host in hosts]).order_by("pk").values_list("pk", flat=True))
