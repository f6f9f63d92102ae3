"""The engine's own periodic work."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from relasi.kit.jobs.models import Job, Slot, State
from relasi.kit.jobs.schedules import every

FINISHED_KEPT = timedelta(days=14)
SLOTS_KEPT = timedelta(days=60)


@every(daily_at="03:40")
def forget_finished_jobs() -> None:
    """Two weeks are kept of jobs done or cancelled; those failed or set aside wait for a person."""
    long_ago = timezone.now() - FINISHED_KEPT
    Job.objects.filter(state__in=(State.DONE, State.CANCELLED), finished_at__lt=long_ago).delete()
    Slot.objects.filter(due_at__lt=timezone.now() - SLOTS_KEPT).delete()
