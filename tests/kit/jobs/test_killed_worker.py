"""Real worker processes, killed with SIGKILL in the middle of a job."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit.jobs.house import House, kill_group, lines_of, sqlite_house, wait_until


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with sqlite_house(tmp_path) as house:
        yield house


def numbers(path: Path) -> list[int]:
    return [int(line.split()[0]) for line in lines_of(path)]


def test_a_job_killed_with_its_worker_goes_on_at_once_when_a_worker_starts_on_the_same_host(
    house: House, tmp_path: Path
) -> None:
    book = tmp_path / "book"
    house.run(f"write_lines_under_a_long_lease.later(path={str(book)!r}, lines=20, pause=0.1)")
    first = house.start_worker()
    wait_until(lambda: len(lines_of(book)) >= 5)
    kill_group(first)
    house.start_worker()
    wait_until(lambda: house.states() == ["done"])
    assert numbers(book) == list(range(1, 21))
    assert house.outcomes() == ["lost", "done"]


def test_a_killed_job_of_another_host_runs_again_when_its_lease_ends(house: House, tmp_path: Path) -> None:
    book = tmp_path / "book"
    house.run(f"write_lines.later(path={str(book)!r}, lines=20, pause=0.1)")
    first = house.start_worker()
    wait_until(lambda: len(lines_of(book)) >= 5)
    kill_group(first)
    house.run("from relasi.kit.jobs.models import Job; Job.objects.update(worker='elsewhere/1.1/1')")
    house.start_worker()
    wait_until(lambda: house.states() == ["done"])
    assert numbers(book) == list(range(1, 21))


def test_the_heart_keeps_a_job_that_outlasts_its_lease_with_its_worker(house: House, tmp_path: Path) -> None:
    book = tmp_path / "book"
    house.run(f"write_lines.later(path={str(book)!r}, lines=15, pause=0.4)")
    house.start_worker()
    house.start_worker()
    wait_until(lambda: house.states() == ["done"])
    assert house.outcomes() == ["done"]


def test_a_job_that_kills_its_worker_is_set_aside_after_its_tries(house: House, tmp_path: Path) -> None:
    victims, book = tmp_path / "victims", tmp_path / "book"
    house.run(f"kill_the_worker.later(path={str(victims)!r}, _priority=1)")
    house.run(f"write_lines.later(path={str(book)!r}, lines=1, pause=0)")
    for _victim in range(2):
        house.start_worker().wait(20)
    house.start_worker()
    wait_until(lambda: house.states() == ["set_aside", "done"])
    assert lines_of(victims) == ["killed", "killed"]


def test_a_worker_told_to_end_lets_its_job_stop_at_a_checkpoint_and_leaves_it_for_the_next(
    house: House,
) -> None:
    house.run("count_until_stopped.later()")
    worker = house.start_worker()
    wait_until(lambda: house.read("select 1 from jobs_job where progress_done > 0"))
    os.kill(worker.pid, signal.SIGTERM)
    assert worker.wait(10) == 0
    assert house.states() == ["waiting"]
    assert house.outcomes() == ["stopped"]
    assert house.read("select attempts from jobs_job") == [(0,)]
