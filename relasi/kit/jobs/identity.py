"""Who a worker is, so that one started again on the same host knows which leases were left by the dead."""

from __future__ import annotations

import hashlib
import itertools
import os
import socket
import uuid
from functools import cache
from pathlib import Path

_numbers = itertools.count(1)


def new_worker_name() -> str:
    """`place/pid.start/number`: unique for each worker, also when the host gives the same pid again."""
    return f"{place()}/{os.getpid()}.{_started(os.getpid())}/{next(_numbers)}"


@cache
def place() -> str:
    """Where process ids mean the same processes: the host, its boot and its pid namespace."""
    marks = "".join(filter(None, (_text("/proc/sys/kernel/random/boot_id"), _link("/proc/self/ns/pid"))))
    digest = hashlib.sha256((marks or str(uuid.getnode())).encode()).hexdigest()[:8]
    return f"{socket.gethostname()[:60]}-{digest}"


def is_dead(worker: str) -> bool:
    """Whether that worker ran in this place and its process is gone. False whenever that is unsure."""
    where, _, rest = worker.partition("/")
    pid, _, started = rest.partition("/")[0].partition(".")
    if where != place() or not pid.isdigit() or os.name != "posix":
        return False
    return not _is_alive(int(pid)) or _started(int(pid)) != started


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return _state(pid) not in ("Z", "X")


def _state(pid: int) -> str:
    return _stat(pid)[0] if _stat(pid) else ""


def _started(pid: int) -> str:
    """Clock ticks since boot at which the process began; empty where the system does not tell."""
    return _stat(pid)[19] if len(_stat(pid)) > 19 else ""


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat after the name, which may itself hold spaces and brackets."""
    return _text(f"/proc/{pid}/stat").rpartition(")")[2].split()


def _text(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""


def _link(path: str) -> str:
    try:
        return str(Path(path).readlink())
    except OSError:
        return ""
