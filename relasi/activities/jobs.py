"""Reminders that have come due, letters, calendars elsewhere."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from relasi.activities import posting, telling
from relasi.activities.models import Activity, Attendee, CalendarAccount, Notification, notify
from relasi.activities.syncing.comparing import compare
from relasi.kit.jobs import every, job

CHUNK = 500


@every(minutes=1, name="send-reminders")
def send_reminders() -> int:
    """Tell owners and attending colleagues of what is due. Returns of how many activities.

    A chunk is one transaction: killed in the middle it begins again, and nobody is told twice.
    """
    sent = 0
    while count := remind_some():
        sent += count
    return sent


@transaction.atomic
def remind_some() -> int:
    """The reminders that have waited longest."""
    now = timezone.now()
    waiting = Activity._default_manager.filter(
        remind_at__lte=now, reminded_at__isnull=True, done_at__isnull=True
    )
    waiting = waiting.order_by("remind_at")
    if connection.vendor == "postgresql":
        waiting = waiting.select_for_update(skip_locked=True, of=("self",))
    due = list(waiting[:CHUNK])
    guests = _guests([activity.pk for activity in due])
    for activity in due:
        if activity.archived_at is None:
            _remind(activity, guests[activity.pk])
    Activity._default_manager.filter(pk__in=[activity.pk for activity in due]).update(reminded_at=now)
    return len(due)


def _remind(activity: Activity, guests: set[int]) -> None:
    people = sorted(guests | ({activity.owner_id} if activity.owner_id else set()))
    notify(
        users=people,
        kind=Notification.Kind.REMINDER,
        key=f"reminder:{activity.pk}:{activity.remind_at:%Y%m%dT%H%M}",
        text=str(activity),
        url=f"/{activity.kind}s/{activity.pk}/",
        at=timezone.now(),
    )


def _guests(ids: list[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    rows = Attendee.objects.filter(activity__in=ids, user__isnull=False, user__is_active=True)
    for activity_id, user_id in rows.values_list("activity_id", "user_id"):
        found[activity_id].add(user_id)
    return found


@job(queue="mail")
def send_letter(*, letter_id: int) -> None:
    """A letter whose time has come; harmless when repeated."""
    posting.send(letter_id)


@every(minutes=1, name="send-letters")
def send_letters() -> None:
    """Letters that waited for their hour or for the relay."""
    now = timezone.now()
    posting.give_up_on_unsure(now)
    for letter_id in posting.due_ids(now):
        posting.send(letter_id)


@job(queue="sync", lease=timedelta(minutes=15))
def sync_calendar(*, account_id: int) -> None:
    """One calendar elsewhere, both ways; harmless when repeated."""
    account = CalendarAccount._default_manager.select_related("owner").filter(pk=account_id).first()
    if account and account.is_active and account.calendar_url:
        compare(account)


@every(minutes=5, name="sync-calendars")
def sync_calendars() -> None:
    for account_id in CalendarAccount.objects.usable().values_list("pk", flat=True):
        sync_calendar.later(account_id=account_id, _key=f"calendar-{account_id}")


@job(queue="mail")
def spread_notification(*, key: str, user_ids: list[int]) -> None:
    """What the bell shows, also on devices and by mail; harmless when repeated."""
    telling.spread(key=key, user_ids=user_ids)


@every(minutes=15, name="gather-notifications")
def gather_notifications() -> int:
    """The mail of the day, in everybody's own morning."""
    return telling.gather(timezone.now())
