"""Running one claimed job and writing down how it ended."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import DatabaseError, InterfaceError, connection, connections
from django.utils import timezone

from relasi.kit.jobs.claiming import settle, wait_after
from relasi.kit.jobs.declaring import find, terms_of
from relasi.kit.jobs.heart import Heart, Watched
from relasi.kit.jobs.models import Job, Outcome
from relasi.kit.jobs.reporting import Again, GiveUp, Report, begin, end

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Ending:
    """How a run ended."""

    outcome: Outcome
    error: str = ""
    delay: timedelta = timedelta()
    hopeless: bool = False


def run_claimed(
    job: Job,
    *,
    heart: Heart,
    stopping: Callable[[], bool] | None = None,
    when_abandoned: Callable[[], None] = lambda: None,
) -> None:
    """Run a job this worker holds, with a beating heart, and settle it."""
    terms = terms_of(job.name)
    if connection.in_atomic_block:
        _run_inside(job, stopping=stopping)
        return
    report = Report(timeout=terms.timeout)
    watched = Watched(job, report, terms.lease, when_abandoned)
    heart.watch(watched)
    try:
        ending = _ending_of(job, report, stopping=stopping)
        _leave_connections_clean()
        _settle_patiently(job, ending, report)
    finally:
        heart.leave(watched)


def _run_inside(job: Job, *, stopping: Callable[[], bool] | None) -> None:
    """Inside a transaction no other connection sees the row: no heart, the questions are asked here."""
    report = Report(
        timeout=terms_of(job.name).timeout,
        ask=lambda: Job.objects.filter(pk=job.pk, cancel_requested=True).exists(),
    )
    _settle(job, _ending_of(job, report, stopping=stopping), report)


def _ending_of(job: Job, report: Report, *, stopping: Callable[[], bool] | None) -> Ending:
    function = find(job.name)
    if function is None:
        return Ending(Outcome.ERROR, error=f"no job is declared as {job.name}", hopeless=True)
    try:
        function.signature.bind(**job.args)
    except TypeError as error:
        return Ending(Outcome.ERROR, error=f"the arguments do not fit: {error}", hopeless=True)
    begin(report, stopping=stopping)
    try:
        function.function(**job.args)
    except Again as wish:
        return Ending(Outcome.AGAIN, delay=wish.after)
    except GiveUp:
        return Ending(Outcome.ERROR, error=traceback.format_exc(), hopeless=True)
    except Exception:
        log.warning("%s failed on try %s", job, job.attempts, exc_info=True)
        if report.saw_cancel:
            return Ending(Outcome.CANCELLED, error=traceback.format_exc())
        return Ending(Outcome.ERROR, error=traceback.format_exc(), delay=wait_after(job))
    finally:
        end()
    if report.saw_cancel:
        return Ending(Outcome.CANCELLED)
    return Ending(Outcome.STOPPED) if report.saw_shutdown else Ending(Outcome.DONE)


def _settle(job: Job, ending: Ending, report: Report) -> None:
    kept = settle(
        job,
        ending.outcome,
        error=ending.error,
        delay=ending.delay,
        hopeless=ending.hopeless,
        **report.fields(),
    )
    if not kept:
        log.warning("%s ended (%s) after its lease had gone", job, ending.outcome)


def _settle_patiently(job: Job, ending: Ending, report: Report) -> None:
    """The work is done: a database that is away for a while must not make it be done twice."""
    give_up_at = (job.leased_until or timezone.now()) + terms_of(job.name).lease
    pause = 0.1
    while True:
        try:
            return _settle(job, ending, report)
        except (DatabaseError, InterfaceError):
            connections.close_all()
            if timezone.now() > give_up_at:
                raise
            time.sleep(pause)
            pause = min(pause * 2, 5.0)


def _leave_connections_clean() -> None:
    """What a job did to its thread's connections must not reach the next one."""
    for used in connections.all(initialized_only=True):
        if used.in_atomic_block or used.errors_occurred or not used.get_autocommit():
            used.close()
