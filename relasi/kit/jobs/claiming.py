"""Taking jobs under a lease, giving them back, and freeing those whose worker is gone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from random import SystemRandom

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from relasi.kit.jobs.declaring import terms_of
from relasi.kit.jobs.handover import announce
from relasi.kit.jobs.identity import is_dead
from relasi.kit.jobs.models import Job, JobQuerySet, JobRun, Outcome, State

ERROR_KEPT = 8000  # characters
_dice = SystemRandom()


def claim(*, worker: str, limit: int, queues: Sequence[str] | None = None) -> list[Job]:
    """Up to `limit` due jobs, now running under this worker's lease."""
    due = Job.objects.due(timezone.now(), queues)
    if not due.exists():
        return []
    with transaction.atomic():
        return _take(due, worker=worker, limit=limit)


def claim_one(*, job_id: int, worker: str) -> Job | None:
    """That job under this worker's lease; None when it is not due or somebody else has it."""
    with transaction.atomic():
        taken = _take(Job.objects.due(timezone.now()).filter(pk=job_id), worker=worker, limit=1)
    return taken[0] if taken else None


def _take(due: JobQuerySet, *, worker: str, limit: int) -> list[Job]:
    jobs = list(due.locked()[:limit])
    for lease, leased in _by_lease(jobs).items():
        now = timezone.now()
        Job.objects.filter(pk__in=[job.pk for job in leased]).update(
            state=State.RUNNING,
            worker=worker,
            attempts=F("attempts") + 1,
            leased_until=now + lease,
            started_at=now,
            waiting_key=None,
        )
        for job in leased:
            job.state, job.worker, job.attempts = State.RUNNING, worker, job.attempts + 1
            job.leased_until, job.started_at, job.waiting_key = now + lease, now, None
    return jobs


def _by_lease(jobs: Sequence[Job]) -> dict[timedelta, list[Job]]:
    grouped: dict[timedelta, list[Job]] = defaultdict(list)
    for job in jobs:
        grouped[terms_of(job.name).lease].append(job)
    return grouped


def held(job: Job) -> JobQuerySet:
    """The row of this very run; empty once the lease has gone to somebody else."""
    return Job.objects.running().filter(pk=job.pk, worker=job.worker, attempts=job.attempts)


def free_lost_jobs() -> int:
    """Give back jobs whose lease has ended or whose worker died on this host; the number freed."""
    now = timezone.now()
    leases = Job.objects.running().values_list("pk", "worker", "leased_until")
    lost = [pk for pk, worker, until in leases if until is None or until < now or is_dead(worker)]
    return sum(_free(pk) for pk in lost)


def _free(pk: int) -> bool:
    with transaction.atomic():
        job = Job.objects.running().filter(pk=pk).locked().first()
        if job is None or not _is_lost(job):
            return False
        delay = timedelta() if job.attempts == 1 else wait_after(job)
        settle(job, Outcome.LOST, error=f"{job.worker} died or fell silent", delay=delay)
    return True


def _is_lost(job: Job) -> bool:
    return job.leased_until is None or job.leased_until < timezone.now() or is_dead(job.worker)


def settle(
    job: Job,
    outcome: Outcome,
    *,
    error: str = "",
    delay: timedelta = timedelta(),
    hopeless: bool = False,
    **shown: object,
) -> bool:
    """Write down how a run ended and what becomes of the job; False when the lease was no longer ours."""
    now = timezone.now()
    state = _state_after(job, outcome, hopeless=hopeless)
    waits = state == State.WAITING
    counted = outcome in (Outcome.DONE, Outcome.ERROR, Outcome.LOST, Outcome.CANCELLED)
    with transaction.atomic():
        if not held(job).update(
            state=state,
            error=error[-ERROR_KEPT:],
            attempts=job.attempts if counted else job.attempts - 1,
            run_at=now + delay if waits else job.run_at,
            sent_at=None,
            leased_until=None,
            finished_at=None if waits else now,
            **shown,
        ):
            return False
        _log(job, outcome, error=error, at=now)
        if waits:
            job.run_at = now + delay
            announce(job)
    return True


def _state_after(job: Job, outcome: Outcome, *, hopeless: bool) -> State:
    if outcome == Outcome.DONE:
        return State.DONE
    if outcome == Outcome.CANCELLED or _is_unwanted(job):
        return State.CANCELLED
    if outcome in (Outcome.AGAIN, Outcome.STOPPED):
        return State.WAITING
    if hopeless:
        return State.FAILED
    return State.SET_ASIDE if job.attempts >= job.max_attempts else State.WAITING


def _is_unwanted(job: Job) -> bool:
    return Job.objects.filter(pk=job.pk, cancel_requested=True).exists()


def _log(job: Job, outcome: Outcome, *, error: str, at: datetime) -> None:
    JobRun.objects.create(
        job=job,
        attempt=job.attempts,
        worker=job.worker,
        started_at=job.started_at or at,
        finished_at=at,
        outcome=outcome,
        error=error[-ERROR_KEPT:],
    )


def wait_after(job: Job) -> timedelta:
    """The wait before the next try: fourfold each time up to the job's longest, up to half more or less."""
    terms = terms_of(job.name)
    usual: timedelta = min(terms.backoff * 4 ** min(job.attempts - 1, 20), terms.longest_wait)
    return usual * _dice.uniform(0.5, 1.5)
