"""Jobs that the tests queue, in this process and in real worker processes."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path

from relasi.kit.jobs import Again, GiveUp, job, progress, should_stop

NO_WAIT = timedelta(0)
heard: list[str] = []


@job
def say(*, word: str) -> None:
    heard.append(word)


@job(queue="letters")
def say_slowly(*, word: str, seconds: float = 0.3) -> None:
    time.sleep(seconds)
    heard.append(word)


@job(tries=3, backoff=NO_WAIT)
def swallow_poison(*, cup: str) -> None:
    heard.append(cup)
    raise ValueError(f"the {cup} was poisoned")


@job
def fail_with_a_wait() -> None:
    raise ValueError("not today")


@job
def fail_for_good() -> None:
    raise GiveUp("the address does not exist")


@job
def come_back(*, tomorrow: bool) -> None:
    heard.append("asked")
    if heard.count("asked") == 1:
        raise Again(after=timedelta(days=1) if tomorrow else NO_WAIT)


@job
def count_to(*, number: int) -> None:
    for done in range(1, number + 1):
        progress(done, total=number, note="counting")


@job
def count_until_stopped(*, pause: float = 0.05) -> None:
    for done in range(1, 10_000):
        if should_stop():
            return
        progress(done)
        time.sleep(pause)


@job(timeout=timedelta(seconds=0.2), tries=1)
def dawdle() -> None:
    for done in range(1, 10_000):
        progress(done)
        time.sleep(0.05)


@job(timeout=timedelta(seconds=0.2), lease=timedelta(seconds=1), tries=1)
def hang(*, seconds: float) -> None:
    time.sleep(seconds)


@job(lease=timedelta(seconds=4), backoff=NO_WAIT)
def write_lines(*, path: str, lines: int, pause: float) -> None:
    """Write line 1…n to a file, one after the other, going on where an earlier run was killed."""
    file = Path(path)
    there = len(file.read_text().splitlines()) if file.exists() else 0
    with file.open("a") as out:
        for line in range(there + 1, lines + 1):
            out.write(f"{line} {os.getpid()}\n")
            out.flush()
            progress(line, total=lines)
            time.sleep(pause)


@job(lease=timedelta(minutes=5), backoff=NO_WAIT)
def write_lines_under_a_long_lease(*, path: str, lines: int, pause: float) -> None:
    write_lines(path=path, lines=lines, pause=pause)


@job(tries=2, backoff=NO_WAIT)
def kill_the_worker(*, path: str) -> None:
    """The worst poison: it takes its whole process with it."""
    with Path(path).open("a") as out:
        out.write("killed\n")
    os.kill(os.getpid(), 9)
