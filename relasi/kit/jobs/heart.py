"""The heart of a worker process: one thread with its own connection that renews leases, shows progress and
carries cancellations to the running jobs."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connections
from django.utils import timezone

from relasi.kit.jobs.claiming import held
from relasi.kit.jobs.models import Job
from relasi.kit.jobs.reporting import Report

BEAT = 1.0  # seconds
log = logging.getLogger(__name__)


class Watched:
    """One running job, as the heart sees it."""

    def __init__(
        self, job: Job, report: Report, lease: timedelta, when_abandoned: Callable[[], None]
    ) -> None:
        self.job, self.report, self.lease = job, report, lease
        self.when_abandoned = when_abandoned
        self.renew_at = time.monotonic() + lease.total_seconds() / 3
        self.shown: dict[str, Any] = {}
        self.is_abandoned = False


class Heart:
    """Beats only while something is watched."""

    def __init__(self) -> None:
        self._watched: dict[int, Watched] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def watch(self, watched: Watched) -> None:
        with self._lock:
            self._watched[id(watched)] = watched
            if self._thread is None:
                self._thread = threading.Thread(target=self._beat_on, name="relasi-jobs-heart", daemon=True)
                self._thread.start()

    def leave(self, watched: Watched) -> None:
        with self._lock:
            self._watched.pop(id(watched), None)

    def _beat_on(self) -> None:
        while self._wait_or_end():
            for watched in list(self._watched.values()):
                self._beat_once(watched)
        connections.close_all()

    def _wait_or_end(self) -> bool:
        """False, and the thread is forgotten, once nothing has been watched for a few beats."""
        for _idle in range(5):
            time.sleep(BEAT)
            if self._watched:
                return True
        with self._lock:
            if self._watched:
                return True
            self._thread = None
            return False

    def _beat_once(self, watched: Watched) -> None:
        try:
            _renew_and_show(watched)
        except Exception as error:
            log.info("the heart skipped a beat of %s: %s", watched.job, error)
            connections.close_all()
        if watched.report.lease_lost and not watched.is_abandoned:
            watched.is_abandoned = True  # its thread may be stuck: let the worker put another in its place
            watched.when_abandoned()


def _renew_and_show(watched: Watched) -> None:
    changes = watched.report.fields()
    if changes == watched.shown:
        changes = {}
    renews = time.monotonic() >= watched.renew_at and not watched.report.is_late
    lease = {"leased_until": timezone.now() + watched.lease} if renews else {}
    if changes or lease:
        held(watched.job).update(**changes, **lease)
    watched.shown = changes or watched.shown
    if renews:
        watched.renew_at = time.monotonic() + watched.lease.total_seconds() / 3
    cancelled = held(watched.job).values_list("cancel_requested", flat=True).first()
    watched.report.lease_lost = watched.report.lease_lost or cancelled is None
    watched.report.cancel_requested = bool(cancelled)
