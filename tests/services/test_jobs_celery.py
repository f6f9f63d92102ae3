"""The same rows carried by Celery over a real RabbitMQ and a real Redis, with workers that are killed."""

from __future__ import annotations

import os
import signal
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import redis
from kombu import Connection

from tests.kit.jobs.house import House, kill_group, lines_of, postgres_house, wait_until
from tests.kit.jobs.servers import POSTGRES, RABBITMQ, REDIS, need

pytestmark = pytest.mark.services


@pytest.fixture(scope="module", params=[RABBITMQ, REDIS], ids=["rabbitmq", "redis"])
def brokered(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    environment = {
        "RELASI_JOBS": "celery",
        "RELASI_BROKER_URL": need(request.param),
        "RELASI_BROKER_QUEUES": f"relasi-test-{uuid.uuid4().hex[:8]}",
    }
    with postgres_house(tmp_path_factory.mktemp("house"), server=need(POSTGRES), **environment) as house:
        yield house
        forget_keys(house)


@pytest.fixture
def house(brokered: House) -> Iterator[House]:
    yield brokered
    brokered.close()
    brokered.empty()
    forget_messages(brokered)


def forget_messages(house: House) -> None:
    for queue in ("default", "letters"):
        with Connection(house.environment["RELASI_BROKER_URL"]) as broker:
            forget_messages_of(broker, f"{house.environment['RELASI_BROKER_QUEUES']}.{queue}")


def forget_messages_of(broker: Connection, queue: str) -> None:
    with broker.channel() as channel, suppress(broker.channel_errors):  # a queue nobody has used yet
        channel.queue_purge(queue)
        channel.queue_delete(queue)


def forget_keys(house: House) -> None:
    """What Celery's Redis transport would leave behind."""
    if house.environment["RELASI_BROKER_URL"].startswith("redis"):
        with redis.from_url(house.environment["RELASI_BROKER_URL"]) as server:
            ours = server.keys(f"*{house.environment['RELASI_BROKER_QUEUES']}*")
            server.delete(*ours, "unacked", "unacked_index")


def test_a_committed_job_is_carried_to_a_worker_and_run(house: House) -> None:
    house.start_worker()
    house.run("say.later(word='hello'); say_slowly.later(word='letter')")
    wait_until(lambda: house.states() == ["done", "done"])
    assert house.outcomes() == ["done", "done"]


def test_a_transaction_rolled_back_sends_nothing(house: House) -> None:
    house.run(
        "from django.db import transaction\n"
        "from relasi.kit.jobs import celery_app\n"
        "with transaction.atomic():\n"
        "    say.later(word='hello')\n"
        "    transaction.set_rollback(True)\n"
        "assert celery_app.depth('default') == 0\n"
    )
    assert house.states() == []


def test_a_job_whose_process_is_killed_goes_on_where_it_was(house: House, tmp_path: Path) -> None:
    book = tmp_path / "book"
    house.run(f"write_lines_under_a_long_lease.later(path={str(book)!r}, lines=20, pause=0.2)")
    house.start_worker()
    wait_until(lambda: len(lines_of(book)) >= 5)
    os.kill(int(lines_of(book)[-1].split()[1]), signal.SIGKILL)
    wait_until(lambda: house.states() == ["done"])
    assert [int(line.split()[0]) for line in lines_of(book)] == list(range(1, 21))
    assert house.outcomes() == ["lost", "done"]


def test_a_job_whose_whole_worker_is_killed_goes_on_with_the_next_worker(
    house: House, tmp_path: Path
) -> None:
    book = tmp_path / "book"
    house.run(f"write_lines_under_a_long_lease.later(path={str(book)!r}, lines=20, pause=0.2)")
    first = house.start_worker()
    wait_until(lambda: len(lines_of(book)) >= 5)
    kill_group(first)
    house.start_worker()
    wait_until(lambda: house.states() == ["done"])
    assert [int(line.split()[0]) for line in lines_of(book)] == list(range(1, 21))


def test_messages_the_broker_lost_are_sent_again(house: House) -> None:
    house.run("say.later_many({'word': str(number)} for number in range(20))")
    forget_messages(house)
    house.start_worker(threads=2)
    wait_until(lambda: house.states() == ["done"] * 20)
    assert house.outcomes() == ["done"] * 20


def test_a_message_sent_twice_runs_its_job_once(house: House) -> None:
    house.run(
        "from relasi.kit.jobs.celery_app import send\n"
        "job = say.later(word='hello')\n"
        "for _ in range(5): send(job.pk, queue=job.queue)\n"
    )
    house.start_worker(threads=2)
    house.run("say.later(word='after')")
    wait_until(lambda: house.states() == ["done", "done"])
    assert house.outcomes() == ["done", "done"]


def test_a_failing_job_is_tried_again_and_set_aside(house: House) -> None:
    house.start_worker()
    house.run("swallow_poison.later(cup='tea'); say.later(word='hello')")
    wait_until(lambda: house.states() == ["set_aside", "done"])
    assert house.outcomes().count("error") == 3


def test_a_delayed_job_is_sent_when_its_time_has_come(house: House) -> None:
    house.start_worker()
    house.run("say.later(word='hello', _delay=timedelta(seconds=3))")
    wait_until(lambda: house.states() == ["done"])
    assert house.read("select started_at >= run_at from jobs_job") == [(True,)]


def test_a_running_job_is_cancelled_at_its_next_checkpoint(house: House) -> None:
    house.start_worker()
    house.run("count_until_stopped.later()")
    wait_until(lambda: house.states() == ["running"])
    house.run("from relasi.kit.jobs.models import Job; Job.objects.get().cancel()")
    wait_until(lambda: house.states() == ["cancelled"])


def test_a_worker_told_to_end_lets_its_job_stop_at_a_checkpoint(house: House) -> None:
    worker = house.start_worker()
    house.run("count_until_stopped.later()")
    wait_until(lambda: house.read("select 1 from jobs_job where progress_done > 0"))
    os.kill(worker.pid, signal.SIGTERM)
    worker.wait(20)
    assert house.states() == ["waiting"]
    assert house.outcomes() == ["stopped"]


def test_a_broker_that_does_not_answer_stops_nobody_from_writing_a_job(house: House) -> None:
    code = (
        "from django.conf import settings\n"
        "settings.RELASI_BROKER_URL = settings.RELASI_BROKER_URL.split(':')[0] + '://127.0.0.1:9'\n"
        "began = time.monotonic()\n"
        "say.later_many({'word': str(number)} for number in range(100))\n"
        "assert time.monotonic() - began < 5\n"
    )
    house.run(code)
    assert house.states() == ["waiting"] * 100


def test_jobs_written_while_the_broker_was_away_are_sent_once_it_is_back(house: House) -> None:
    house.run(
        "from django.conf import settings\n"
        "settings.RELASI_BROKER_URL = settings.RELASI_BROKER_URL.split(':')[0] + '://127.0.0.1:9'\n"
        "say.later(word='hello')\n"
    )
    house.start_worker()
    wait_until(lambda: house.states() == ["done"])
