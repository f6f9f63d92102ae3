"""A missed call becomes a task with its own clock, once, and is done by whoever calls back."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from relasi.activities.models import Notification, Task
from relasi.kit.access.models import User
from relasi.sales.models import DayOff, OpeningHours
from tests.conversations.test_calls import BUDI, STRANGER, House, after
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(world: World) -> House:
    OpeningHours.objects.all().delete()
    DayOff.objects.all().delete()
    return House(world)


def missed(house: House, seconds: float = 0, call: str = "1", **more: object) -> None:
    house.told("ringing", seconds, external_id=call, **more)
    house.told("ended", seconds + 20, external_id=call, **more)


def open_from_8_to_17(user: User) -> None:
    for weekday in range(5):
        OpeningHours.create(by=user, weekday=weekday, opens_at=time(8), closes_at=time(17))


def test_a_missed_call_is_a_task_for_whoever_looks_after_the_customer(house: House, world: World) -> None:
    missed(house, extension="102")
    task = Task.objects.get()
    assert (task.owner, task.party_id, task.due_at, task.priority) == (
        world.bob,
        world.budi.pk,
        after(20 + 1800),
        "high",
    )


def test_they_are_told(house: House, world: World) -> None:
    missed(house)
    assert Notification.objects.get().user == world.bob


def test_a_strangers_call_is_for_whose_telephone_rang(house: House, world: World) -> None:
    missed(house, number=STRANGER, extension="102")
    assert Task.objects.get().owner == world.citra


def test_a_call_that_rang_nowhere_is_for_all(house: House) -> None:
    missed(house, number=STRANGER, extension="")
    assert Task.objects.get().owner is None


def test_a_hidden_number_cannot_be_called_back(house: House) -> None:
    missed(house, number="")
    assert not Task.objects.exists()


def test_a_call_that_was_answered_is_no_task(house: House) -> None:
    house.told("ringing", 0)
    house.told("answered", 5)
    house.told("ended", 20)
    assert not Task.objects.exists()


def test_who_calls_three_times_is_called_back_once(house: House) -> None:
    for number in range(3):
        missed(house, number * 60, call=str(number))
    assert Task.objects.count() == 1


def test_calling_back_does_the_task(house: House, world: World) -> None:
    missed(house)
    house.told("ringing", 100, external_id="out", is_inbound=False)
    house.told("answered", 110, external_id="out", is_inbound=False)
    task = Task.objects.get()
    assert (task.is_open, task.outcome) == (False, "reached")


def test_calling_back_in_vain_does_not(house: House) -> None:
    missed(house)
    house.told("ringing", 100, external_id="out", is_inbound=False)
    house.told("ended", 130, external_id="out", is_inbound=False)
    assert Task.objects.get().is_open


def test_after_the_task_is_done_a_missed_call_asks_again(house: House) -> None:
    missed(house)
    house.told("answered", 110, external_id="out", is_inbound=False)
    missed(house, 200, call="2")
    assert [task.is_open for task in Task.objects.order_by("id")] == [False, True]


def test_the_clock_runs_in_opening_hours(house: House, world: World) -> None:
    open_from_8_to_17(world.ada)
    # Friday 2026-11-20, 16:50 in Jakarta; Monday at 8:20 thirty minutes have passed
    missed(house, (4 * 60 + 50) * 60 - 20)
    assert Task.objects.get().due_at == datetime(2026, 11, 23, 1, 20, tzinfo=UTC)


def test_a_day_off_does_not_count(house: House, world: World) -> None:
    open_from_8_to_17(world.ada)
    DayOff.create(by=world.ada, name="Company day", on=date(2026, 11, 23))
    missed(house, (4 * 60 + 50) * 60 - 20)
    assert Task.objects.get().due_at == datetime(2026, 11, 24, 1, 20, tzinfo=UTC)


def test_the_company_says_how_soon(house: House, world: World) -> None:
    house.account.change(by=world.ada, settings={"call_back_minutes": 5})
    missed(house)
    assert Task.objects.get().due_at == after(20 + 300)


def test_the_task_names_the_number_and_the_customer(house: House) -> None:
    missed(house)
    task = Task.objects.get()
    assert "Budi Santoso" in task.subject
    assert BUDI in task.body
