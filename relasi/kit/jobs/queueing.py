"""Writing jobs down, in the transaction of whoever wants them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Value
from django.db.models.functions import Least
from django.utils import timezone

from relasi.kit.jobs.declaring import JobFunction
from relasi.kit.jobs.handover import announce
from relasi.kit.jobs.models import Job

_ROUNDS = 10  # a waiting job of the same key may begin between looking and writing


def write(
    function: JobFunction[Any, Any],
    args: dict[str, Any],
    *,
    delay: timedelta | None = None,
    at: datetime | None = None,
    key: str | None = None,
    priority: int = 0,
) -> Job:
    """One job row, or the waiting one of the same key (brought forward if this call is due sooner)."""
    run_at = at or timezone.now() + (delay or timedelta())
    job = _row(function, args, run_at=run_at, priority=priority, key=key or "")
    if not key:
        job.save(force_insert=True)
        announce(job)
        return job
    return _write_keyed(job)


def write_many(
    function: JobFunction[Any, Any], calls: Sequence[dict[str, Any]], *, at: datetime | None, priority: int
) -> int:
    """Many rows in few statements; the number written."""
    run_at = at or timezone.now()
    jobs = [_row(function, args, run_at=run_at, priority=priority, key="") for args in calls]
    with transaction.atomic():
        for job in Job.objects.bulk_create(jobs, batch_size=500):
            announce(job)
    return len(jobs)


def _row(
    function: JobFunction[Any, Any], args: dict[str, Any], *, run_at: datetime, priority: int, key: str
) -> Job:
    return Job(
        name=function.name,
        args=args,
        queue=function.terms.queue,
        priority=priority,
        key=key,
        waiting_key=key or None,
        run_at=run_at,
        max_attempts=function.terms.tries,
    )


def _write_keyed(job: Job) -> Job:
    for _round in range(_ROUNDS):
        with transaction.atomic():
            if waiting := _brought_forward(job):
                return waiting
            if _inserted(job):
                announce(job)
                return job
    raise RuntimeError(f"{job.name} with key {job.key!r} kept starting while it was being written")


def _brought_forward(job: Job) -> Job | None:
    """The update locks the waiting row, so that it cannot begin before the caller's change is committed."""
    same = Job.objects.filter(name=job.name, waiting_key=job.waiting_key)
    if not same.update(run_at=Least("run_at", Value(job.run_at))):
        return None
    waiting = same.get()
    announce(waiting)
    return waiting


def _inserted(job: Job) -> bool:
    try:
        with transaction.atomic():
            job.save(force_insert=True)
    except IntegrityError:
        job.pk = None
        return False
    return True
