"""Tasks that are due, and what is planned for the day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from relasi.activities.icons import ICONS
from relasi.activities.models import Activity, Kind
from relasi.activities.today import MOST, Action, TodayItem, day_of, register
from relasi.activities.visibility import load_parties
from relasi.kit.ui import formats

SOON = timedelta(hours=2)


@register
def due_tasks(user: Any, now: datetime) -> Iterable[TodayItem]:
    """One's own open tasks that are overdue or due by tonight."""
    _start, tonight = day_of(now)
    rows = Activity.objects.visible_to(user).filter(owner=user).due_before(tonight).order_by("due_at", "id")
    tasks = list(rows[:MOST])
    load_parties(tasks, user)
    return [_task_item(task, now) for task in tasks]


@register
def planned(user: Any, now: datetime) -> Iterable[TodayItem]:
    """Calls, meetings and visits of today, owned or attended, and those of a week that nobody closed."""
    start, tonight = day_of(now)
    rows = Activity.objects.visible_to(user).for_user(user).open().exclude(kind__in=[Kind.TASK, Kind.NOTE])
    rows = rows.filter(starts_at__gte=start - timedelta(days=7), starts_at__lt=tonight)
    found = list(rows.order_by("starts_at", "id")[:MOST])
    load_parties(found, user)
    return [_planned_item(activity, now) for activity in found]


def _task_item(task: Activity, now: datetime) -> TodayItem:
    late = task.is_overdue(now)
    urgent = task.priority == Activity.Priority.HIGH
    return TodayItem(
        key=f"activity-{task.pk}",
        rank=(10 if late else 34) - (4 if urgent else 0),
        icon=ICONS[task.kind],
        tone="red" if late else "amber" if urgent else "blue",
        title=str(task),
        reason=_late(task, now) if late else _("Due today at %(time)s") % {"time": formats.time(task.due_at)},
        detail=_("High priority") if urgent else "",
        url=f"/tasks/{task.pk}/",
        at=task.due_at,
        party=task.shown_party,
        actions=(*finish(task), *postpone(task)),
    )


def _late(task: Activity, now: datetime) -> str:
    start, _end = day_of(now)
    if task.due_at and task.due_at >= start:
        return _("Was due at %(time)s") % {"time": formats.time(task.due_at)}
    return _("Overdue since %(day)s") % {"day": _day(task.due_at or now, now)}


def _day(moment: datetime, now: datetime) -> str:
    """Yesterday, or the day by name."""
    start, _end = day_of(now)
    return _("yesterday") if moment >= start - timedelta(days=1) else formats.date(moment, "weekday")


def _planned_item(activity: Activity, now: datetime) -> TodayItem:
    begins = activity.starts_at or now
    start, _end = day_of(now)
    past, soon = begins < start, begins - now < SOON
    return TodayItem(
        key=f"activity-{activity.pk}",
        rank=28 if past else 5 if soon else 36,
        icon=ICONS[activity.kind],
        tone="amber" if past else "violet",
        title=str(activity),
        reason=_planned_reason(activity, begins, now, past=past),
        detail=activity.location,
        url=f"/{activity.kind}s/{activity.pk}/",
        at=begins,
        party=activity.shown_party,
        actions=(*finish(activity), *postpone(activity)),
    )


def _planned_reason(activity: Activity, begins: datetime, now: datetime, *, past: bool) -> str:
    kind = activity.get_kind_display()
    if past:
        return _("%(kind)s of %(day)s: how did it go?") % {"kind": kind, "day": _day(begins, now)}
    if activity.all_day:
        return _("%(kind)s today, all day") % {"kind": kind}
    return _("%(kind)s today at %(time)s") % {"kind": kind, "time": formats.time(begins, zone=True)}


def finish(activity: Activity) -> tuple[Action, ...]:
    return (Action(label=_("Done"), icon="check", url=_act(activity, "finish"), is_primary=True),)


def postpone(activity: Activity) -> tuple[Action, ...]:
    """Tomorrow and next week, in place."""
    url = _act(activity, "postpone")
    return (
        Action(label=_("Tomorrow"), icon="clock", url=url, values={"days": 1}),
        Action(label=_("Next week"), icon="calendar-plus", url=url, values={"days": 7}),
    )


def _act(activity: Activity, verb: str) -> str:
    return reverse("activity_act", args=[activity.pk, verb])
