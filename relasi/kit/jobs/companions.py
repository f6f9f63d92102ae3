"""What runs beside the jobs for as long as a worker does: a connection kept open, a watch over the house.

An app declares it in its `jobs.py`: `@on_start def keep_listening(stop): …`. It gets a thread of its own in
every worker process and ends soon after `stop` is set.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from django.db import connections

Companion = Callable[[threading.Event], None]
END_WITHIN = 6.0  # seconds
_companions: list[Companion] = []
log = logging.getLogger(__name__)


def on_start(companion: Companion) -> Companion:
    """Have `companion(stop)` run beside the jobs of every worker. Harmless when repeated."""
    if companion not in _companions:
        _companions.append(companion)
    return companion


class Company:
    """The companions of one worker."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        for companion in _companions:
            name = f"relasi-{companion.__name__}"
            thread = threading.Thread(target=self._run, args=(companion,), name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """Tell them to end, and wait until they have."""
        self._stop.set()
        for thread in self._threads:
            thread.join(END_WITHIN)

    def _run(self, companion: Companion) -> None:
        try:
            companion(self._stop)
        except Exception:
            log.exception("%s ended", companion.__name__)
        finally:
            connections.close_all()
