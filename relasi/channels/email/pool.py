"""Connections to relays that wait for the next mails. Safe among threads; a forked process starts with
none.
"""

from __future__ import annotations

import os
import time
from threading import Lock

from relasi.channels.email.smtp import Connection, Relay

IDLE = 45.0  # seconds; relays close after 60 to 300
MOST_IDLE = 8  # per relay

_idle: dict[Relay, list[tuple[float, Connection]]] = {}
_lock = Lock()


def take(relay: Relay) -> Connection | None:
    """A connection that still stands, for the caller alone, or None."""
    while True:
        with _lock:
            waiting = _idle.get(relay)
            if not waiting:
                return None
            since, connection = waiting.pop()
        if time.monotonic() - since < IDLE and connection.is_quiet():
            return connection
        connection.close()


def give_back(connection: Connection) -> None:
    """For the next call. It must owe no answer."""
    now = time.monotonic()
    old: list[Connection] = []
    connection.needs_reset = True
    with _lock:
        for relay, waiting in list(_idle.items()):
            old += [one for since, one in waiting if now - since >= IDLE]
            _idle[relay] = [(since, one) for since, one in waiting if now - since < IDLE]
        waiting = _idle.setdefault(connection.relay, [])
        if len(waiting) < MOST_IDLE:
            waiting.append((now, connection))
        else:
            old.append(connection)
        for relay in [relay for relay, waiting in _idle.items() if not waiting]:
            del _idle[relay]
    for one in old:
        one.close()


def close_all() -> None:
    with _lock:
        every = [connection for waiting in _idle.values() for _since, connection in waiting]
        _idle.clear()
    for connection in every:
        connection.close()


def _forget() -> None:
    """The sockets belong to the parent."""
    global _lock
    _lock = Lock()
    _idle.clear()


os.register_at_fork(after_in_child=_forget)
