"""`relasi run` as people start it: from nothing, on a taken port, ended, killed."""

from __future__ import annotations

import os
import resource
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from tests.site.installation import Installation, answers, children, free_port, wait_until

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals are those of POSIX")


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    folder = tmp_path / "data"
    folder.mkdir()
    yield Installation(folder)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a first start is on SQLite: shown once is enough")
def test_the_first_start_loads_the_demo_says_who_signs_in_serves_and_ends_cleanly(
    installation: Installation, tmp_path: Path
):
    port, said, before = free_port(), tmp_path / "said", own_seconds()
    process = installation.start(port=port, said=said)
    wait_until(lambda: answers(port))
    assert answers(port, "/accounts/login/")
    process.terminate()
    assert process.wait(60) == 0
    assert not answers(port)
    text = said.read_text()
    assert "Sign in as" in text
    assert "Password" in text
    assert "Traceback" not in text
    assert own_seconds() - before < 30
    assert "The search index agrees" in installation.relasi("doctor").stdout


def test_what_serves_pages_is_started_again_when_it_is_killed(installation: Installation, tmp_path: Path):
    port = free_port()
    process = installation.start("--empty", port=port, said=tmp_path / "said")
    try:
        wait_until(lambda: answers(port))
        (web,) = children(process.pid)
        os.kill(web, signal.SIGKILL)
        wait_until(lambda: children(process.pid) not in ([], [web]))
        wait_until(lambda: answers(port))
    finally:
        process.terminate()
        assert process.wait(60) == 0


def test_pages_end_with_the_process_that_started_them_however_it_went(
    installation: Installation, tmp_path: Path
):
    port = free_port()
    process = installation.start("--empty", port=port, said=tmp_path / "said")
    wait_until(lambda: answers(port))
    process.kill()
    process.wait()
    wait_until(lambda: not answers(port))


def test_a_taken_port_is_told_in_one_sentence(installation: Installation):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = installation.relasi("run", "--port", str(port), "--empty")
    assert done.returncode == 2
    assert done.stderr.strip().splitlines()[-1].startswith(f"relasi: Port {port} of 127.0.0.1 is taken")
    assert "Traceback" not in done.stderr


def own_seconds() -> float:
    """Processor time of what this process started and saw end; the machine may be shared."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
