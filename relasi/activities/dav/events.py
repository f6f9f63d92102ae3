"""The calendar: own and attended meetings and visits as events, tasks as tasks."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from radicale.item import Item

from relasi.activities import ics
from relasi.activities.models import Activity, DavName, Kind, Meeting, Task
from relasi.activities.syncing.reading import Told, read
from relasi.kit.access.rights import may

BACK, AHEAD, MOST = timedelta(days=90), timedelta(days=400), 2000
SHOWN = (Kind.MEETING, Kind.VISIT, Kind.TASK)


def items(collection: Any, user: Any, names: list[str] | None) -> Iterator[Item]:
    """All, or those of the names."""
    for activity in _rows(user, names):
        yield Item(
            collection=collection, href=_name(activity), etag=_etag(activity),
            text=ics.resource_of(activity, user=user, uid=_uid(activity)).decode(),
            last_modified=activity.updated_at.strftime("%a, %d %b %Y %H:%M:%S GMT"),
        )  # fmt: skip


def etags(user: Any) -> Iterable[tuple[str, str]]:
    return ((_name(activity), _etag(activity)) for activity in _rows(user, None))


def has_uid(user: Any, uid: str) -> bool:
    rows = Activity.objects.visible_to(user).for_user(user).live()
    return rows.filter(Q(dav_name__uid=uid) | Q(pk=ics.number_of(uid) or 0)).exists()


def write(user: Any, name: str, text: str) -> None:
    """Make or change what stands under the name. Raises PermissionDenied, ValidationError."""
    told = read(text, zoneinfo.ZoneInfo(user.time_zone))
    if told is None:
        raise ValidationError(_("This is no event and no task."))
    activity = next(iter(_rows(user, [name])), None)
    if activity is None:
        _make(user, name, told)
    else:
        _change(user, activity, told)


def remove(user: Any, name: str) -> None:
    """Put away: nothing is lost when somebody deletes by mistake on a telephone."""
    activity = next(iter(_rows(user, [name])), None)
    if activity is None:
        return
    if not may(user, "archive", activity):
        raise PermissionDenied(_("You may not do this."))
    activity.archive(by=user)


def _make(user: Any, name: str, told: Told) -> None:
    model = Task if told.is_task else Meeting
    if not may(user, "add", model):
        raise PermissionDenied(_("You may not do this."))
    if told.repeats:
        raise ValidationError(_("What repeats is made in Relasi itself."))
    facts: dict[str, Any] = {"subject": (told.title or _("Meeting"))[:200], "owner": user}
    if told.is_task:
        facts["due_at"] = told.start
    else:
        facts |= {"starts_at": told.start, "ends_at": told.end, "all_day": told.all_day}
        facts["location"] = told.location[:300]
    activity: Any = model.create(by=user, **facts)
    DavName.objects.create(activity_id=activity.pk, name=name[:250], uid=told.uid[:300])
    if told.is_done:
        activity.finish(by=user)


def _change(user: Any, activity: Activity, told: Told) -> None:
    if not may(user, "change", activity):
        raise PermissionDenied(_("You may not do this."))
    if told.repeats:
        raise ValidationError(_("What repeats is made in Relasi itself."))
    if told.title and told.title[:200] != str(activity):
        activity.change(by=user, subject=told.title[:200])
    if activity.kind == Kind.TASK:
        if told.start != activity.due_at and told.start:
            activity.reschedule(start=told.start, by=user)
        if told.is_done and activity.is_open:
            activity.finish(by=user)
        elif not told.is_done and not activity.is_open:
            activity.reopen(by=user)
        return
    if told.location[:300] != activity.location:
        activity.change(by=user, location=told.location[:300])
    if told.start and (told.start, told.end, told.all_day) != _times(activity):
        activity.reschedule(start=told.start, end=told.end, all_day=told.all_day, by=user)
    if told.is_called_off and activity.is_open:
        activity.finish(by=user, outcome=Activity.Outcome.CANCELLED)


def _rows(user: Any, names: list[str] | None) -> list[Activity]:
    now = timezone.now()
    rows = Activity.objects.visible_to(user).for_user(user).live().filter(kind__in=SHOWN)
    if names is not None:
        numbers = [number for name in names if (number := _number(name))]
        return list(
            rows.filter(Q(dav_name__name__in=names) | Q(pk__in=numbers, dav_name=None))
            .select_related("owner", "dav_name")
            .order_by("id")
        )
    rows = rows.between(now - BACK, now + AHEAD) | rows.filter(kind=Kind.TASK, due_at=None, done_at=None)
    return list(rows.select_related("owner", "dav_name").order_by("at", "id").distinct()[:MOST])


def _name(activity: Activity) -> str:
    known: DavName | None = getattr(activity, "dav_name", None)
    return known.name if known else f"activity-{activity.pk}.ics"


def _uid(activity: Activity) -> str:
    known: DavName | None = getattr(activity, "dav_name", None)
    return known.uid if known else ics.uid_of(activity)


def _etag(activity: Activity) -> str:
    return f'"{activity.pk}-{activity.version}"'


def _number(name: str) -> int | None:
    text = name.removeprefix("activity-").removesuffix(".ics")
    return int(text) if name.startswith("activity-") and text.isdecimal() and len(text) < 19 else None


def _times(activity: Activity) -> tuple[Any, Any, bool]:
    start, end = activity.starts_at, activity.until
    return (
        start.replace(microsecond=0) if start else None, end.replace(microsecond=0) if end else None,
        activity.all_day,
    )  # fmt: skip
