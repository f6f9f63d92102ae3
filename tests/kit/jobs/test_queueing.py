from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from relasi.kit.jobs import cancel, enqueue
from relasi.kit.jobs.models import Job
from relasi.kit.jobs.worker import Worker
from tests.kit.jobs.sample_jobs import heard, say, say_slowly

pytestmark = pytest.mark.django_db


def test_a_job_is_a_row_as_soon_as_it_is_wanted() -> None:
    job = say.later(word="hello")
    assert Job.objects.waiting().get() == job
    assert job.args == {"word": "hello"}


def test_a_job_can_be_queued_by_its_name() -> None:
    enqueue("tests.kit.jobs.sample_jobs.say", {"word": "hello"})
    Worker().run_until_empty()
    assert heard == ["hello"]


def test_a_transaction_rolled_back_leaves_no_job() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        say.later(word="hello")
        say.later(word="hello", _key="greeting")
        say.later_many([{"word": "hello"}])
        _ = 1 / 0
    assert not Job.objects.exists()


def test_a_waiting_job_of_the_same_key_is_not_written_twice() -> None:
    first = say.later(word="hello", _key="greeting")
    assert say.later(word="hello", _key="greeting") == first
    assert Job.objects.count() == 1


def test_the_same_key_of_another_job_is_another_matter() -> None:
    say.later(word="hello", _key="greeting")
    say_slowly.later(word="hello", _key="greeting")
    assert Job.objects.count() == 2


def test_a_key_is_free_again_once_its_job_has_run() -> None:
    say.later(word="hello", _key="greeting")
    Worker().run_until_empty()
    say.later(word="again", _key="greeting")
    Worker().run_until_empty()
    assert heard == ["hello", "again"]


def test_a_key_is_free_again_once_its_job_is_cancelled() -> None:
    cancel(say.later(word="hello", _key="greeting"))
    say.later(word="again", _key="greeting")
    Worker().run_until_empty()
    assert heard == ["again"]


def test_a_second_wish_that_is_due_sooner_brings_the_waiting_job_forward() -> None:
    say.later(word="hello", _key="greeting", _delay=timedelta(days=1))
    say.later(word="hello", _key="greeting")
    assert Worker().run_until_empty() == 1


def test_a_second_wish_that_is_due_later_does_not_put_the_waiting_job_off() -> None:
    say.later(word="hello", _key="greeting")
    say.later(word="hello", _key="greeting", _delay=timedelta(days=1))
    assert Worker().run_until_empty() == 1


def test_a_delayed_job_waits_for_its_time() -> None:
    say.later(word="tomorrow", _delay=timedelta(days=1))
    say.later(word="next week", _at=timezone.now() + timedelta(days=7))
    assert Worker().run_until_empty() == 0


def test_the_most_urgent_job_goes_first_and_then_the_oldest() -> None:
    for word, priority in (("second", 0), ("third", 0), ("first", 5), ("last", -5)):
        say.later(word=word, _priority=priority)
    Worker().run_until_empty()
    assert heard == ["first", "second", "third", "last"]


def test_a_worker_of_some_queues_leaves_the_others_alone() -> None:
    say.later(word="hello")
    say_slowly.later(word="letter", seconds=0)
    Worker(queues=["letters"]).run_until_empty()
    assert heard == ["letter"]


def test_many_calls_are_written_in_few_queries(django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(15):
        assert say.later_many({"word": str(number)} for number in range(400)) == 400
    assert Worker().run_until_empty() == 400
