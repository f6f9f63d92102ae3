"""A worker: claims due jobs and runs them in its threads until it is told to stop."""

from __future__ import annotations

import atexit
import logging
import os
import queue
import signal
import threading
import time
from collections.abc import Callable, Sequence
from types import FrameType

from django.db import DatabaseError, InterfaceError, connections

from relasi.kit.jobs.claiming import claim
from relasi.kit.jobs.companions import Company
from relasi.kit.jobs.handover import uses_broker, wake_with_new_jobs
from relasi.kit.jobs.heart import Heart
from relasi.kit.jobs.housekeeping import KEEP_HOUSE_EVERY, Housekeeping
from relasi.kit.jobs.identity import new_worker_name
from relasi.kit.jobs.listening import Listener
from relasi.kit.jobs.models import Job
from relasi.kit.jobs.running import run_claimed

LONGEST_PAUSE = 5.0  # seconds between tries to reach a database that is away
log = logging.getLogger(__name__)


class Worker:
    """Runs jobs of some queues (all when None) in so many threads, looking at least every `poll` seconds.

    When told to stop it claims no more, lets `should_stop()` answer True, and waits up to `grace` seconds for
    jobs to end; what has not ended by then runs again elsewhere when its lease ends.
    """

    def __init__(
        self,
        *,
        queues: Sequence[str] | None = None,
        threads: int = 4,
        poll: float = 1.0,
        grace: float = 30.0,
    ) -> None:
        self.name = new_worker_name()
        self.queues, self.threads, self.poll, self.grace = queues, threads, poll, grace
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._handed: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._counting = threading.Lock()
        self._free_hands = 0
        self._hands: list[threading.Thread] = []
        self._heart = Heart()
        self._house = Housekeeping()
        self._company = Company()
        self._kept_house_at = float("-inf")

    def run_until_empty(self) -> int:
        """Run every job that is due, here, one after the other; the number of runs. For tests, scripts.

        Jobs that are due later (also a retry after its wait) and schedules are left alone.
        """
        runs = 0
        while jobs := claim(worker=self.name, limit=1, queues=self.queues):
            run_claimed(jobs[0], heart=self._heart)
            runs += 1
        return runs

    def run_forever(self) -> None:
        """Work until stop() or, in the main thread, SIGTERM or SIGINT."""
        self._stop_on_signals()
        listener = Listener(self._wake)
        wake_with_new_jobs(self._wake)
        listener.start()
        self._company.start()
        for _number in range(self.threads):
            self._add_hand()
        log.info("worker %s started", self.name)
        try:
            self._hand_out_until_stopped()
        finally:
            self._stopping.set()
            self._company.stop()
            listener.stop()
            self._let_hands_end()
            connections.close_all()
            log.info("worker %s stopped", self.name)

    def stop(self) -> None:
        """Ask the worker to end; returns at once."""
        self._stopping.set()
        self._wake.set()

    def _stop_on_signals(self) -> None:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, self._on_signal)
            signal.signal(signal.SIGINT, self._on_signal)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.stop()

    def _hand_out_until_stopped(self) -> None:
        pause = 0.1
        while not self._stopping.is_set():
            try:
                self._keep_house()
                self._hand_out()
                pause = 0.1
            except Exception as error:
                log.warning("worker %s has to wait: %s", self.name, error, exc_info=not _is_away(error))
                connections.close_all()
                self._stopping.wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    def _keep_house(self) -> None:
        if time.monotonic() - self._kept_house_at >= KEEP_HOUSE_EVERY:
            self._house.tick()
            self._kept_house_at = time.monotonic()

    def _hand_out(self) -> None:
        """Claim as many due jobs as hands are free, or wait for one of both."""
        self._wake.clear()
        jobs = claim(worker=self.name, limit=self._free_hands, queues=self.queues) if self._free_hands else []
        with self._counting:
            self._free_hands -= len(jobs)
        for job in jobs:
            self._handed.put(job)
        if not jobs:
            self._wake.wait(min(self.poll, KEEP_HOUSE_EVERY))

    def _hand_is_free(self) -> None:
        with self._counting:
            self._free_hands += 1
        self._wake.set()

    def _add_hand(self) -> None:
        hand = threading.Thread(target=self._work, name=f"relasi-jobs-{len(self._hands) + 1}", daemon=True)
        self._hands.append(hand)
        hand.start()

    def _work(self) -> None:
        """One hand: runs what it is given. A hand whose job was taken from it has been replaced, and ends."""
        replaced = threading.Event()

        def replace() -> None:
            replaced.set()
            self._add_hand()

        while not replaced.is_set():
            self._hand_is_free()
            job = self._handed.get()
            if job is None:
                break
            self._run(job, replace)
        connections.close_all()

    def _run(self, job: Job, replace: Callable[[], None]) -> None:
        try:
            run_claimed(job, heart=self._heart, stopping=self._stopping.is_set, when_abandoned=replace)
        except Exception:
            log.exception("%s could not be settled; it runs again when its lease ends", job)

    def _let_hands_end(self) -> None:
        for _hand in self._hands:
            self._handed.put(None)
        until = time.monotonic() + self.grace
        for hand in self._hands:
            hand.join(max(0.0, until - time.monotonic()))


def _is_away(error: Exception) -> bool:
    return isinstance(error, (DatabaseError, InterfaceError))


_background: tuple[int, Worker, threading.Thread] | None = None


def start_in_background(*, threads: int = 2, queues: Sequence[str] | None = None) -> Worker | None:
    """A worker inside this process, stopped with it; one a process. None where a broker carries the jobs."""
    global _background
    if uses_broker():
        return None
    if _background and _background[0] == os.getpid() and _background[2].is_alive():
        return _background[1]
    worker = Worker(queues=queues, threads=threads, grace=10.0)
    thread = threading.Thread(target=worker.run_forever, name="relasi-jobs-worker", daemon=True)
    thread.start()
    _background = (os.getpid(), worker, thread)
    atexit.register(_end_background)
    return worker


def _end_background() -> None:
    if _background and _background[0] == os.getpid():
        _background[1].stop()
        _background[2].join(_background[1].grace)


def work(*, threads: int = 4, queues: Sequence[str] | None = None) -> None:
    """What `relasi worker` does: work until told to stop, for the database's queue or a broker's."""
    if uses_broker():
        from relasi.kit.jobs.celery_app import start_worker

        start_worker(processes=threads, queues=queues)
    else:
        Worker(queues=queues, threads=threads).run_forever()
