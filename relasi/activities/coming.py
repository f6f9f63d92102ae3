"""The repeats of an open activity that are not made yet: the next one is made when this one is done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils import timezone

from relasi.activities.models import Activity
from relasi.lib.recurrence import RecurrenceError, from_rrule

MOST = 62  # of one activity: every day of two months


def repeats_of(activity: Activity, start: datetime, end: datetime) -> Iterator[datetime]:
    """When it will come back from `start` to before `end`, at the same local time, after its own day."""
    moment = activity.planned_at
    if not (activity.is_open and activity.recurrence and activity.repeats_from and moment):
        return
    try:
        rule = from_rrule(activity.recurrence)
    except RecurrenceError:
        return
    here = timezone.localtime(moment)
    day = max(here.date(), timezone.localtime(start).date() - timedelta(days=1))
    for _turn in range(MOST):
        following = rule.next_after(day, activity.repeats_from)
        if following is None:
            return
        day = following
        then = timezone.make_aware(datetime.combine(day, here.time()), here.tzinfo)
        if then >= end:
            return
        if then >= start:
            yield then
