"""What some worker must do every second or so: free lost jobs, queue by the clock, mend lost messages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from relasi.kit.jobs.claiming import free_lost_jobs
from relasi.kit.jobs.handover import uses_broker
from relasi.kit.jobs.models import Slot
from relasi.kit.jobs.schedules import Schedule, schedules

KEEP_HOUSE_EVERY = 1.0  # seconds


class Housekeeping:
    """Any number of workers may keep house at once; what they do is guarded by the rows."""

    def __init__(self) -> None:
        self._used: dict[str, datetime] = {}

    def tick(self, now: datetime | None = None) -> None:
        """One round."""
        free_lost_jobs()
        self.queue_due(schedules(), now or timezone.now())
        if uses_broker():
            from relasi.kit.jobs.celery_app import send_forgotten

            send_forgotten()

    def queue_due(self, known: Iterable[Schedule], now: datetime) -> None:
        """Queue each schedule whose slot has not been used; the database is asked once a slot."""
        for schedule in known:
            slot = schedule.slot(now)
            if self._used.get(schedule.name) != slot:
                use_slot(schedule, slot)
                self._used[schedule.name] = slot


def use_slot(schedule: Schedule, due_at: datetime) -> bool:
    """Queue the job of that slot, unless somebody has or the schedule is new; whether it was queued here."""
    earlier = Slot.objects.filter(name=schedule.name)
    if earlier.filter(due_at__gte=due_at).exists():
        return False
    is_new = not earlier.exists()
    try:
        with transaction.atomic():
            Slot.objects.create(name=schedule.name, due_at=due_at)
            if not is_new:
                schedule.function.later()
    except IntegrityError:
        return False
    return not is_new
