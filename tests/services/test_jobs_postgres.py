"""The job engine on a real PostgreSQL, with worker processes that are killed and a server that drops them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.kit.jobs.house import House, kill_group, lines_of, postgres_house, wait_until
from tests.kit.jobs.servers import POSTGRES, need

pytestmark = pytest.mark.services


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with postgres_house(tmp_path, server=need(POSTGRES)) as house:
        yield house


def drop_every_connection(house: House) -> None:
    with psycopg.connect(house.url, autocommit=True) as admin:
        admin.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )


def test_a_job_killed_with_its_worker_goes_on_where_it_was(house: House, tmp_path: Path) -> None:
    book = tmp_path / "book"
    house.run(f"write_lines_under_a_long_lease.later(path={str(book)!r}, lines=20, pause=0.1)")
    first = house.start_worker()
    wait_until(lambda: len(lines_of(book)) >= 5)
    kill_group(first)
    house.start_worker()
    wait_until(lambda: house.states() == ["done"])
    assert [int(line.split()[0]) for line in lines_of(book)] == list(range(1, 21))
    assert house.outcomes() == ["lost", "done"]


def test_three_workers_share_the_jobs_and_none_is_run_twice(house: House) -> None:
    house.run("say.later_many({'word': str(number)} for number in range(300))")
    for _worker in range(3):
        house.start_worker(threads=2)
    wait_until(lambda: set(house.states()) == {"done"})
    assert house.outcomes() == ["done"] * 300


def test_three_workers_run_each_slot_once(house: House) -> None:
    for _worker in range(3):
        house.start_worker(knowing="import tests.kit.jobs.sample_schedules")
    ran = "select count(*) from jobs_job where state = 'done' and name like '%tick'"
    wait_until(lambda: house.read(ran)[0][0] >= 3)
    house.close()
    (slots,) = house.read("select count(*) from jobs_slot where name = 'tick'")[0]
    (jobs,) = house.read("select count(*) from jobs_job where name like '%tick'")[0]
    assert jobs == slots - 1


def test_a_worker_hears_of_a_job_of_another_process_without_waiting_for_its_poll(house: House) -> None:
    house.start_worker(knowing="from relasi.kit.jobs import worker; worker.KEEP_HOUSE_EVERY = 1e9")
    wait_until(lambda: house.read("select 1 from pg_stat_activity where query like 'LISTEN %'"))
    before = house.read("select now()")[0][0]
    house.run("say.later(word='hello')")
    wait_until(lambda: house.states() == ["done"])
    assert house.read("select min(created_at) from jobs_job")[0][0] > before


def test_a_worker_whose_connections_are_dropped_finishes_its_job_and_takes_the_next(house: House) -> None:
    house.run("say_slowly.later(word='slow', seconds=3)")
    house.start_worker()
    wait_until(lambda: house.states() == ["running"])
    drop_every_connection(house)
    house.run("say.later(word='hello')")
    wait_until(lambda: house.states() == ["done", "done"])
    assert house.outcomes() == ["done", "done"]


def test_two_callers_with_the_same_key_at_the_same_time_write_one_job(house: House) -> None:
    house.run(
        "from concurrent.futures import ThreadPoolExecutor\n"
        "with ThreadPoolExecutor(8) as callers:\n"
        "    for _ in range(20):\n"
        "        list(callers.map(lambda n: say.later(word=str(n), _key='one'), range(8)))\n"
    )
    assert Counter(house.states()) == {"waiting": 1}


def test_a_waiting_job_does_not_begin_before_the_second_caller_of_its_key_has_committed(
    house: House,
) -> None:
    house.run(
        "from django.db import transaction\n"
        "from threading import Thread\n"
        "from relasi.kit.jobs.worker import Worker\n"
        "say.later(word='hello', _key='one')\n"
        "runs = []\n"
        "with transaction.atomic():\n"
        "    say.later(word='hello', _key='one')\n"
        "    other = Thread(target=lambda: runs.append(Worker().run_until_empty()))\n"
        "    other.start(); other.join()\n"
        "assert runs == [0], runs\n"
        "assert Worker().run_until_empty() == 1\n"
    )
