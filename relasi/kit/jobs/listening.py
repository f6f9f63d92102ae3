"""Hearing PostgreSQL's NOTIFY, so that a job committed by another process begins at once."""

from __future__ import annotations

import logging
import threading
from typing import Any

from django.db import connection

from relasi.kit.jobs.handover import CHANNEL

_LOOK_UP_EVERY = 1.0  # seconds
_PAUSE = 5.0  # seconds before listening again after a lost connection
log = logging.getLogger(__name__)


class Listener:
    """Sets the event on each notification. Other databases have none; a lost one only costs a poll."""

    def __init__(self, wake: threading.Event) -> None:
        self._wake = wake
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        if connection.vendor != "postgresql":
            return
        address = connection.get_connection_params()
        self._thread = threading.Thread(
            target=self._listen_on, args=(address,), name="relasi-jobs-listener", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread:
            self._thread.join(_LOOK_UP_EVERY * 3)

    def _listen_on(self, address: dict[str, Any]) -> None:
        import psycopg

        while not self._stopping.is_set():
            try:
                with psycopg.connect(**{**address, "autocommit": True}) as own:
                    self._listen(own)
            except psycopg.Error as error:
                log.info("not listening for new jobs: %s", error)
                self._stopping.wait(_PAUSE)

    def _listen(self, own: Any) -> None:
        own.execute(f"LISTEN {CHANNEL}")
        while not self._stopping.is_set():
            for _notification in own.notifies(timeout=_LOOK_UP_EVERY, stop_after=1):
                self._wake.set()
