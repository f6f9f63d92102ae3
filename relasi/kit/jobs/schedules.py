"""`@every`: jobs by the clock, one run for each due slot over all workers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from relasi.kit.jobs.declaring import JobFunction, Terms, declare

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_schedules: dict[str, Schedule] = {}


@dataclass(frozen=True)
class Schedule:
    """When a job is due: at every whole `interval`, or each day at a local time."""

    name: str
    function: JobFunction[Any, Any]
    interval: timedelta | None = None
    daily_at: time | None = None

    def slot(self, now: datetime) -> datetime:
        """The latest due time that is not after `now`, in UTC."""
        if self.interval is not None:
            return _EPOCH + (now - _EPOCH) // self.interval * self.interval
        return _latest(self.daily_at or time(), now)


def _latest(at: time, now: datetime) -> datetime:
    from django.utils import timezone

    local = now.astimezone(timezone.get_default_timezone())
    today = datetime.combine(local.date(), at, tzinfo=local.tzinfo)
    yesterday = datetime.combine(local.date() - timedelta(days=1), at, tzinfo=local.tzinfo)
    return (today if today <= local else yesterday).astimezone(UTC)


def every(
    *, minutes: float = 0, hours: float = 0, daily_at: str | None = None, name: str | None = None
) -> Callable[[Callable[..., Any]], JobFunction[Any, Any]]:
    """Run this job (a plain function, or one under `@job`) by the clock.

    Either an interval, counted in UTC, or `daily_at="02:00"` in the company's time zone. A slot missed while
    nothing ran is made up once. A schedule seen for the first time begins with its next slot.
    """
    interval = timedelta(minutes=minutes, hours=hours)
    if bool(interval) == bool(daily_at) or interval < timedelta():
        raise TypeError("@every takes either an interval or daily_at")
    at = time.fromisoformat(daily_at) if daily_at else None

    def schedule(function: Callable[..., Any]) -> JobFunction[Any, Any]:
        declared = function if isinstance(function, JobFunction) else declare(function, Terms())
        declared.signature.bind()
        known = Schedule(name or declared.name, declared, interval or None, at)
        _schedules[known.name] = known
        return declared

    return schedule


def schedules() -> list[Schedule]:
    """Every schedule declared so far."""
    return list(_schedules.values())
