"""A worker as a process with threads: progress, cancelling, waking, hanging jobs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit.jobs.house import House, sqlite_house, wait_until


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with sqlite_house(tmp_path) as house:
        yield house


def test_progress_of_a_running_job_is_seen_from_outside(house: House) -> None:
    house.run("count_until_stopped.later()")
    house.start_worker()
    wait_until(lambda: house.read("select 1 from jobs_job where progress_done > 10 and rate > 1"))
    assert house.states() == ["running"]


def test_a_running_job_stops_soon_after_it_is_cancelled(house: House) -> None:
    house.run("count_until_stopped.later()")
    house.start_worker()
    wait_until(lambda: house.states() == ["running"])
    house.run("from relasi.kit.jobs.models import Job; Job.objects.get().cancel()")
    wait_until(lambda: house.states() == ["cancelled"], seconds=10)
    assert house.outcomes() == ["cancelled"]


def test_a_worker_in_the_same_process_begins_a_new_job_without_waiting_for_its_poll(house: House) -> None:
    house.run(
        "from relasi.kit.jobs import worker, housekeeping\n"
        "worker.KEEP_HOUSE_EVERY = 600\n"
        "running = worker.start_in_background()\n"
        "running.poll = 600\n"
        "time.sleep(2)\n"
        "say.later(word='hello')\n"
        "until = time.monotonic() + 10\n"
        "while not heard and time.monotonic() < until: time.sleep(0.01)\n"
        "assert heard == ['hello']\n"
    )


def test_a_background_worker_is_started_once_a_process(house: House) -> None:
    house.run(
        "from relasi.kit.jobs.worker import start_in_background\n"
        "assert start_in_background() is start_in_background()\n"
    )


def test_a_job_that_hangs_past_its_timeout_gives_its_place_to_the_next(house: House) -> None:
    house.run("hang.later(seconds=60, _priority=1); say.later(word='hello')")
    house.start_worker(threads=1)
    wait_until(lambda: house.states() == ["set_aside", "done"])


def test_slow_jobs_run_side_by_side_in_the_threads_of_a_worker(house: House) -> None:
    house.run("say_slowly.later_many({'word': str(n), 'seconds': 1} for n in range(4))")
    house.start_worker(threads=4)
    wait_until(lambda: house.states() == ["done"] * 4)
    began = house.read(
        "select count(*) from jobs_jobrun a join jobs_jobrun b on a.started_at < b.finished_at"
    )
    assert began == [(16,)]


def test_poison_leaves_the_others_their_speed(house: House) -> None:
    house.run(
        "[swallow_poison.later(cup='tea', _priority=9) for _ in range(10)]\n"
        "say.later_many({'word': str(n)} for n in range(100))\n"
    )
    house.start_worker(threads=2)
    wait_until(lambda: house.states().count("done") == 100)
    wait_until(lambda: house.states().count("set_aside") == 10)
    assert house.outcomes().count("error") == 30
