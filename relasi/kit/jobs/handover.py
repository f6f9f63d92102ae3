"""Telling workers of a job once its transaction has committed. A message lost costs time, never a job."""

from __future__ import annotations

import threading
import time
from weakref import WeakSet

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from relasi.kit.jobs.models import Job

CHANNEL = "relasi_jobs"
_NOTIFY_EVERY = 0.05  # seconds; workers poll as well, so a notification too few costs at most a poll

_sleepers: WeakSet[threading.Event] = WeakSet()
_notified_at = 0.0


def uses_broker() -> bool:
    """Whether jobs are carried to the workers by a broker (RELASI_JOBS=celery)."""
    return getattr(settings, "RELASI_JOBS", "database") == "celery"


def announce(job: Job) -> None:
    """Wake a worker for this job when the present transaction commits; not for one that is due later."""
    if job.run_at > timezone.now():
        return
    if uses_broker():
        from relasi.kit.jobs.celery_app import send

        job_id, queue = job.pk, job.queue
        transaction.on_commit(lambda: send(job_id, queue=queue), robust=True)
    else:
        transaction.on_commit(ring, robust=True)


def ring() -> None:
    """Wake every idle worker: those of this process at once, others through PostgreSQL's NOTIFY."""
    for sleeper in list(_sleepers):
        sleeper.set()
    if connection.vendor == "postgresql":
        _notify()


def _notify() -> None:
    global _notified_at
    if time.monotonic() - _notified_at < _NOTIFY_EVERY:
        return
    _notified_at = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {CHANNEL}")


def wake_with_new_jobs(sleeper: threading.Event) -> None:
    """Set this event whenever a job is committed in this process."""
    _sleepers.add(sleeper)
