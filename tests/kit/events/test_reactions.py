"""Reactions by the outbox: with the change or not at all, at least once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction

from relasi.kit.events import reactions
from relasi.kit.events.models import Event
from relasi.kit.events.reactions import on
from relasi.kit.jobs.models import Job, State
from relasi.kit.jobs.worker import Worker
from relasi.kit.records.models import Tag

seen: list[str] = []
failures: list[int] = []


@pytest.fixture(autouse=True)
def listening(db: None) -> Iterator[None]:
    """One reaction at once and two later, gone again afterwards."""
    now, later = dict(reactions._now), dict(reactions._later)
    seen.clear()
    failures.clear()

    @on("tag.created", now=True)
    def at_once(event: Event) -> None:
        seen.append(f"now {event.name}")

    @on("tag.created")
    def afterwards(event: Event) -> None:
        seen.append(f"later {event.title}")

    @on("tag.*")
    def unlucky(event: Event) -> None:
        if failures:
            failures.pop()
            raise RuntimeError("not this time")
        seen.append(f"any {event.verb}")

    yield
    for kept, before in ((reactions._now, now), (reactions._later, later)):
        kept.clear()
        kept.update(before)


def test_one_at_once_runs_within_the_change() -> None:
    Tag.create(by=None, name="penting")
    assert seen == ["now tag.created"]


def test_the_others_run_when_a_worker_comes() -> None:
    Tag.create(by=None, name="penting")
    Worker().run_until_empty()
    assert sorted(seen) == ["any created", "later penting", "now tag.created"]


def test_a_change_that_is_rolled_back_leaves_no_event_and_no_reaction() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        Tag.create(by=None, name="penting")
        seen.clear()
        raise ZeroDivisionError
    Worker().run_until_empty()
    assert (seen, Event.objects.filter(noun="tag").exists(), Job.objects.exists()) == ([], False, False)


def test_one_that_fails_is_tried_again_and_holds_up_no_other() -> None:
    failures.append(1)
    Tag.create(by=None, name="penting")
    Worker().run_until_empty()
    assert "later penting" in seen and "any created" not in seen
    Job.objects.filter(state=State.WAITING).update(run_at="2026-01-01T00:00Z")
    Worker().run_until_empty()
    assert seen.count("any created") == 1


def test_one_that_is_no_longer_in_the_code_is_passed_over() -> None:
    Tag.create(by=None, name="penting")
    reactions._later.clear()
    Worker().run_until_empty()
    assert not Job.objects.exclude(state=State.DONE).exists()
