"""A repetition in a form: chosen in words, kept as an RRULE."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.utils import timezone

from relasi.activities.models import Task
from relasi.kit.access.models import User
from relasi.kit.resources import repeats
from tests.world import World

SignIn = Callable[[User], Client]
RULE = "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;UNTIL=20271203"


@pytest.fixture
def task(world: World) -> Task:
    due = timezone.make_aware(datetime(2027, 3, 1, 9))
    return Task.create(by=world.bob, owner=world.bob, subject="Call", due_at=due, recurrence=RULE)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("FREQ=DAILY", "Every day"),
        ("FREQ=WEEKLY;BYDAY=MO,TH", "Every week on Monday, Thursday"),
        ("FREQ=MONTHLY;BYMONTHDAY=15;COUNT=3", "Every month, on day 15, 3 times"),
        ("FREQ=YEARLY;INTERVAL=5", "Every 5 years"),
        ("nonsense", "nonsense"),
    ],
)
def test_a_rule_is_read_in_words(rule: str, said: str) -> None:
    assert repeats.words(rule) == said


def test_the_form_of_a_repeating_task_shows_no_rule(task: Task, world: World, sign_in: SignIn) -> None:
    page = sign_in(world.bob).get(f"/tasks/{task.pk}/edit/").content.decode()
    assert "Every two weeks on Monday" in page and 'value="2027-12-03"' in page
    assert "As FREQ" not in page


def test_a_chosen_repetition_is_kept_with_its_last_day(task: Task, world: World, sign_in: SignIn) -> None:
    form = {"recurrence": "FREQ=MONTHLY", "recurrence:until": "2028-01-31"}
    sign_in(world.bob).post(f"/tasks/{task.pk}/edit/", form)
    task.refresh_from_db()
    assert task.recurrence == "FREQ=MONTHLY;UNTIL=20280131"


def test_a_form_saved_as_it_was_changes_nothing(task: Task, world: World, sign_in: SignIn) -> None:
    often, until = repeats.parted(RULE)
    form = {"recurrence": often, "recurrence:until": until, "subject": "Call"}
    sign_in(world.bob).post(f"/tasks/{task.pk}/edit/", form)
    task.refresh_from_db()
    assert (task.recurrence, task.version) == (RULE, 1)


def test_a_repetition_is_changed_in_place(task: Task, world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.bob)
    editor = browser.get(f"/tasks/{task.pk}/cell/recurrence/").content.decode()
    assert "<select" in editor and 'type="date"' in editor
    form = {"recurrence": "", "recurrence:until": "", "version": task.version, "was": RULE}
    assert browser.post(f"/tasks/{task.pk}/cell/recurrence/", form).status_code == 200
    task.refresh_from_db()
    assert task.recurrence == ""


def test_a_last_day_that_is_no_day_is_refused_beside_the_field(
    task: Task, world: World, sign_in: SignIn
) -> None:
    form = {"recurrence": "FREQ=DAILY", "recurrence:until": "2028-02-31"}
    answer = sign_in(world.bob).post(f"/tasks/{task.pk}/edit/", form)
    assert answer.status_code == 422 and "cannot be read" in answer.content.decode()
