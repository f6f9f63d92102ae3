"""What a running job says and asks: how far it is, whether to stop, to be run again, to give up."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any


class Again(Exception):
    """Raised in a job: run me again after this long. It does not count as a try."""

    def __init__(self, after: timedelta = timedelta()) -> None:
        super().__init__(f"again after {after}")
        self.after = after


class GiveUp(Exception):
    """Raised in a job: no further try can help. The job is marked failed at once."""


class TimedOut(Exception):
    """Raised by `progress` and `should_stop` once a job is past its timeout; counts as a failed try."""


class Report:
    """What is known of one run while it goes on. Written by the job's thread, read by the heart's."""

    def __init__(self, *, timeout: timedelta | None = None, ask: Callable[[], bool] | None = None) -> None:
        self.done: int | None = None
        self.total: int | None = None
        self.note = ""
        self.rate: float | None = None
        self.cancel_requested = False
        self.lease_lost = False
        self.saw_cancel = False
        self.saw_shutdown = False
        self._first: tuple[float, int] | None = None
        self._deadline = time.monotonic() + timeout.total_seconds() if timeout else None
        self._ask = ask

    @property
    def is_late(self) -> bool:
        return self._deadline is not None and time.monotonic() > self._deadline

    def progressed(self, done: int, total: int | None, note: str) -> None:
        self.done, self.total, self.note = done, self.total if total is None else total, note[:300]
        now = time.monotonic()
        self._first = self._first or (now, done)
        began, done_then = self._first
        if now > began and done > done_then:
            self.rate = (done - done_then) / (now - began)

    def fields(self) -> dict[str, Any]:
        """The columns of Job that show this progress; empty when the job has said nothing."""
        if self.done is None:
            return {}
        return {
            "progress_done": self.done,
            "progress_total": self.total,
            "progress_note": self.note,
            "rate": self.rate,
        }

    def must_stop(self) -> bool:
        if self._ask is not None and self._ask():
            self.cancel_requested = True
        self.saw_cancel = self.saw_cancel or self.cancel_requested
        self.saw_shutdown = self.saw_shutdown or shutting_down()
        return self.saw_cancel or self.saw_shutdown or self.lease_lost


_here = threading.local()
_shutdown_questions: list[Callable[[], bool]] = []


def shutting_down() -> bool:
    """Whether the worker that runs here has been told to stop."""
    own: Callable[[], bool] | None = getattr(_here, "stopping", None)
    return any(question() for question in (own, *_shutdown_questions) if question)


def ask_before_going_on(question: Callable[[], bool]) -> None:
    """Let every job of this process stop when the question is answered with True."""
    _shutdown_questions.append(question)


def begin(report: Report, *, stopping: Callable[[], bool] | None = None) -> None:
    """From here on this thread runs the job of that report."""
    _here.report, _here.stopping = report, stopping


def end() -> None:
    _here.report = _here.stopping = None


def progress(done: int, total: int | None = None, note: str = "") -> None:
    """Say how far the running job is; shown within about a second. Does nothing outside a job.

    `done` and `total` count the same things. Raises TimedOut past the job's timeout.
    """
    report: Report | None = getattr(_here, "report", None)
    if report is None:
        return
    report.progressed(done, total, note)
    _refuse_lateness(report)


def should_stop() -> bool:
    """Whether the running job should return at this checkpoint: cancelled, worker shutting down, lease lost.

    A job that returns after True is cancelled or, on a shutdown, run again by another worker.
    Always False outside a job.
    """
    report: Report | None = getattr(_here, "report", None)
    if report is None:
        return False
    _refuse_lateness(report)
    return report.must_stop()


def _refuse_lateness(report: Report) -> None:
    if report.is_late:
        raise TimedOut("the job ran past its timeout")
