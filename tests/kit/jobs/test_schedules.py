from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from relasi.kit.jobs.declaring import Terms, declare
from relasi.kit.jobs.housekeeping import Housekeeping
from relasi.kit.jobs.jobs import forget_finished_jobs
from relasi.kit.jobs.models import Job, Slot, State
from relasi.kit.jobs.schedules import Schedule
from relasi.kit.jobs.worker import Worker
from tests.kit.jobs.house import House, sqlite_house, wait_until
from tests.kit.jobs.sample_jobs import say, swallow_poison

NOON = datetime(2026, 8, 17, 12, 0, tzinfo=UTC)


def greet() -> None: ...


GREET = declare(greet, Terms())
HOURLY = Schedule("hourly greeting", GREET, interval=timedelta(hours=1))
NIGHTLY = Schedule("nightly greeting", GREET, daily_at=time(2, 0))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with sqlite_house(tmp_path) as house:
        yield house


def test_an_interval_is_due_at_its_whole_multiples() -> None:
    assert HOURLY.slot(NOON + timedelta(minutes=59)) == NOON


def test_a_daily_time_is_meant_in_the_zone_of_the_company(settings: Any) -> None:
    settings.TIME_ZONE = "Asia/Jakarta"
    assert NIGHTLY.slot(datetime(2026, 8, 16, 18, 59, tzinfo=UTC)) == datetime(2026, 8, 15, 19, 0, tzinfo=UTC)
    assert NIGHTLY.slot(datetime(2026, 8, 16, 19, 0, tzinfo=UTC)) == datetime(2026, 8, 16, 19, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_a_schedule_seen_for_the_first_time_begins_with_its_next_slot() -> None:
    worker = Housekeeping()
    worker.queue_due([HOURLY], NOON)
    assert Job.objects.count() == 0
    worker.queue_due([HOURLY], NOON + timedelta(hours=1))
    assert Job.objects.count() == 1


@pytest.mark.django_db
def test_three_workers_queue_a_slot_once() -> None:
    for hour in range(3):
        for worker in (Housekeeping(), Housekeeping(), Housekeeping()):
            worker.queue_due([HOURLY], NOON + timedelta(hours=hour))
    assert Job.objects.count() == 2


@pytest.mark.django_db
def test_slots_missed_while_nothing_ran_are_made_up_once() -> None:
    Housekeeping().queue_due([HOURLY], NOON)
    Housekeeping().queue_due([HOURLY], NOON + timedelta(hours=9, minutes=30))
    assert Job.objects.count() == 1


@pytest.mark.django_db
def test_a_clock_set_back_does_not_run_a_slot_again() -> None:
    for hour in (0, 1, 0, 1):
        Housekeeping().queue_due([HOURLY], NOON + timedelta(hours=hour))
    assert Job.objects.count() == 1


@pytest.mark.django_db
def test_looking_at_the_clock_within_a_slot_costs_no_query(django_assert_num_queries: Any) -> None:
    worker = Housekeeping()
    worker.queue_due([HOURLY], NOON)
    with django_assert_num_queries(0):
        worker.queue_due([HOURLY], NOON + timedelta(minutes=30))


@pytest.mark.django_db
def test_jobs_finished_long_ago_are_forgotten_but_not_those_that_need_somebody() -> None:
    with time_machine.travel(NOON, tick=False):
        say.later(word="hello")
        swallow_poison.later(cup="tea")
        Worker().run_until_empty()
    with time_machine.travel(NOON + timedelta(days=20), tick=False):
        forget_finished_jobs()
    assert [job.state for job in Job.objects.all()] == [State.SET_ASIDE]
    assert not Slot.objects.exists()


def test_three_real_workers_run_each_slot_once(house: House) -> None:
    for _worker in range(3):
        house.start_worker(knowing="import tests.kit.jobs.sample_schedules")
    ran = "select count(*) from jobs_job where state = 'done' and name like '%tick'"
    wait_until(lambda: house.read(ran)[0][0] >= 3)
    house.close()
    slots = house.read("select count(*) from jobs_slot where name = 'tick'")[0][0]
    jobs = house.read("select count(*) from jobs_job where name like '%tick'")[0][0]
    assert jobs == slots - 1
