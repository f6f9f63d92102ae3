"""The web server as a process of its own, which ends with the one that started it (where the system can do
that).
"""

from __future__ import annotations

import contextlib
import ctypes
import signal

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def end_with_parent() -> None:
    """Have the kernel send SIGTERM when the parent is gone, however it went. Only Linux knows how."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM))


if __name__ == "__main__":
    end_with_parent()
    from granian.cli import entrypoint

    entrypoint()  # type: ignore[no-untyped-call]
