from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from relasi.kit.jobs import enqueue, every, job
from tests.kit.jobs.sample_jobs import heard, say


def test_calling_a_job_runs_it_here_and_now() -> None:
    say(word="hello")
    assert heard == ["hello"]


def test_a_job_is_known_by_its_dotted_name() -> None:
    assert say.name == "tests.kit.jobs.sample_jobs.say"


def test_a_job_takes_keyword_only_arguments() -> None:
    def greet(name: str) -> None: ...

    with pytest.raises(TypeError, match="keyword-only"):
        job(greet)


def test_a_job_cannot_take_the_names_that_belong_to_later() -> None:
    def greet(*, _key: str) -> None: ...

    with pytest.raises(TypeError, match="leading underscore"):
        job(greet)


@pytest.mark.parametrize("args", [{}, {"words": "hi"}, {"word": "hi", "loud": True}])
def test_arguments_that_do_not_fit_are_refused_when_the_job_is_written(args: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        say.later(**args)


def test_arguments_that_json_cannot_hold_are_refused_when_the_job_is_written() -> None:
    with pytest.raises(TypeError):
        say.later(word=Decimal("1.5"))


def test_a_name_nobody_declared_cannot_be_queued() -> None:
    with pytest.raises(LookupError):
        enqueue("tests.kit.jobs.sample_jobs.sing", {})


def test_every_stands_above_job_and_not_below() -> None:
    @every(minutes=5)
    def tidy() -> None: ...

    with pytest.raises(TypeError, match="above @job"):
        job(tidy)


@pytest.mark.parametrize("when", [{}, {"minutes": 5, "daily_at": "02:00"}, {"minutes": -1}])
def test_a_schedule_is_either_an_interval_or_a_time_of_day(when: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        every(**when)


def test_a_scheduled_job_needs_no_arguments() -> None:
    with pytest.raises(TypeError):
        every(minutes=5)(say)
