"""Connections kept open to other sides: each account whose provider listens is listened to by one worker.

A worker leases an account (`Account.listener`, `listened_until`) and renews the lease as long as it lives;
another takes over when the lease is over or its holder is dead. It runs beside the jobs of every worker.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import connections
from django.db.models import Q
from django.utils import timezone

from relasi.channels.interface import providers
from relasi.channels.models import Account
from relasi.kit.jobs.identity import is_dead, new_worker_name
from relasi.lib.wording import InputError

LOOK_EVERY = 3.0  # seconds between two looks at the accounts
LEASE = timedelta(seconds=30)
MARGIN = 5.0  # seconds before the end of a lease that could not be renewed at which listening stops
SHORTEST, LONGEST = 1.0, 60.0  # seconds of pause after a connection broke
STEADY = 60.0  # seconds a connection holds to be a good one
END_WITHIN = 4.0  # seconds
log = logging.getLogger(__name__)


@dataclass
class Ear:
    """One account that is listened to, in a thread of its own."""

    account_id: int
    version: int
    stop: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread | None = None

    def start(self) -> None:
        name = f"relasi-listens-{self.account_id}"
        self.thread = threading.Thread(target=self._listen_on, name=name, daemon=True)
        self.thread.start()

    @property
    def is_alive(self) -> bool:
        return bool(self.thread and self.thread.is_alive())

    def _listen_on(self) -> None:
        pause = SHORTEST
        while not self.stop.is_set():
            began = time.monotonic()
            try:
                self._listen_once()
            except Exception as error:
                self._tell(error, is_first=pause == SHORTEST)
            finally:
                connections.close_all()
            if time.monotonic() - began > STEADY:
                pause = SHORTEST
            self.stop.wait(pause * random.uniform(0.8, 1.2))  # noqa: S311 - so that many do not come back at once
            pause = min(pause * 2, LONGEST)

    def _listen_once(self) -> None:
        account = Account._default_manager.filter(pk=self.account_id).first()
        listen = account.carrier.listen if account else None
        if account and listen:
            listen(account, self.stop)

    def _tell(self, error: Exception, *, is_first: bool) -> None:
        """In the log; the first time also on the page of the account, in the words of its check."""
        known = isinstance(error, InputError | OSError)
        log.warning("account %s is not listened to: %s", self.account_id, error, exc_info=not known)
        if is_first:
            from relasi.channels.jobs import check

            try:
                check.later(account_id=self.account_id, _key=f"check-{self.account_id}")
            except Exception as failed:
                log.info("the check of account %s has to wait: %s", self.account_id, failed)


class Listening:
    """What one worker listens to. `tick` looks once; call it again and again."""

    def __init__(self, name: str = "") -> None:
        self.name = name or new_worker_name()
        self.ears: dict[int, Ear] = {}
        self._renewed_at = time.monotonic()

    def run(self, stop: threading.Event) -> None:
        """Until told to stop; then all connections are closed and the leases given back."""
        try:
            while not stop.is_set():
                self._tick_safely()
                stop.wait(LOOK_EVERY)
        finally:
            self.end()

    def tick(self) -> None:
        """Renew what is held, drop what is no longer wanted or was changed, claim what nobody listens to."""
        wanted = {row["pk"]: row for row in self._wanted()}
        for pk, ear in list(self.ears.items()):
            row = wanted.get(pk)
            if row is None or row["version"] != ear.version or not ear.is_alive:
                self._drop(pk)
        self._renew()
        for pk, row in wanted.items():
            if pk not in self.ears and self._claim(row):
                self.ears[pk] = Ear(pk, row["version"])
                self.ears[pk].start()

    def end(self) -> None:
        for ear in self.ears.values():
            ear.stop.set()
        until = time.monotonic() + END_WITHIN
        for ear in self.ears.values():
            if ear.thread:
                ear.thread.join(max(0.0, until - time.monotonic()))
        ended = [pk for pk, ear in self.ears.items() if not ear.is_alive]
        self.ears.clear()
        try:
            self._free(ended)
        except Exception as error:
            log.info("leases were not given back, they run out by themselves: %s", error)

    def _tick_safely(self) -> None:
        try:
            self.tick()
        except Exception as error:
            log.warning("listening has to wait: %s", error)
            connections.close_all()
        if self.ears and time.monotonic() - self._renewed_at > LEASE.total_seconds() - MARGIN:
            log.warning("leases could not be renewed; listening stops")
            self.end()

    def _wanted(self) -> list[dict[str, Any]]:
        names = [provider.name for provider in providers() if provider.listen]
        rows = Account._default_manager.all().in_use().filter(provider__in=names)
        return list(rows.values("pk", "version", "listener", "listened_until"))

    def _renew(self) -> None:
        held = self._held().filter(pk__in=list(self.ears))
        if self.ears:
            kept = held.update(listened_until=timezone.now() + LEASE)
            if kept != len(self.ears):
                still = set(held.values_list("pk", flat=True))
                for pk in set(self.ears) - still:
                    self._drop(pk)
        self._renewed_at = time.monotonic()

    def _claim(self, row: dict[str, Any]) -> bool:
        """Take the lease when it is free, over or a dead worker's, by one statement: one worker gets it."""
        free = (
            Q(listener="")
            | Q(listened_until=None)
            | Q(listened_until__lt=timezone.now())
            | Q(listener=self.name)
        )
        if row["listener"] and is_dead(row["listener"]):
            free |= Q(listener=row["listener"])
        rows = Account._default_manager.filter(free, pk=row["pk"], version=row["version"])
        return bool(rows.update(listener=self.name, listened_until=timezone.now() + LEASE))

    def _drop(self, pk: int) -> None:
        """Stop listening; the lease is free for anybody once the connection is closed."""
        ear = self.ears.pop(pk)
        ear.stop.set()
        if ear.thread:
            ear.thread.join(END_WITHIN)
        if not ear.is_alive:
            self._free([pk])

    def _free(self, pks: list[int]) -> None:
        if pks:
            self._held().filter(pk__in=pks).update(listener="", listened_until=None)

    def _held(self) -> Any:
        return Account._default_manager.filter(listener=self.name)


def keep_listening(stop: threading.Event) -> None:
    Listening().run(stop)
