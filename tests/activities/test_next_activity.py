"""What activities add to the pages and lists of customers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from relasi.activities import next_activity
from relasi.activities.models import Note, Task
from relasi.kit.access.models import Grant, Role
from relasi.kit.resources import registry
from relasi.kit.resources.listing import listing
from tests.world import World


def names(user: Any, filter: str) -> set[str]:
    people = registry.find("people")
    return {person.name for person in listing(people, user, filter=filter).rows()}


def test_people_are_found_by_having_an_open_task(world: World, noon: datetime) -> None:
    Task.create(by=world.bob, owner=world.bob, party=world.budi, subject="Call", due_at=noon)
    assert names(world.bob, "has_open_task = yes") == {"Budi Santoso"}


def test_people_with_nothing_planned_are_found(world: World, noon: datetime) -> None:
    Task.create(by=world.bob, owner=world.bob, party=world.budi, subject="Call", due_at=noon)
    assert names(world.bob, "has_next_activity = no") == {"Siti Rahmawati", "Rizky Santoso"}


def test_people_are_found_by_their_last_activity(world: World, noon: datetime) -> None:
    Note.create(by=world.bob, owner=world.bob, party=world.siti, body="Hello")
    assert names(world.bob, "last_activity_at >= today") == {"Siti Rahmawati"}


def test_the_panel_lists_the_soonest_first(world: World, noon: datetime) -> None:
    for days in (3, 1, 2):
        Task.create(
            by=world.bob,
            owner=world.bob,
            party=world.budi,
            subject=f"In {days}",
            due_at=noon + timedelta(days=days),
        )
    assert [str(one) for one in next_activity.panel(world.budi, world.bob)["activities"]] == [
        "In 1",
        "In 2",
        "In 3",
    ]


def test_the_column_shows_the_soonest(world: World, noon: datetime) -> None:
    Task.create(
        by=world.bob, owner=world.bob, party=world.budi, subject="Later", due_at=noon + timedelta(days=2)
    )
    Task.create(by=world.bob, owner=world.bob, party=world.budi, subject="Soon", due_at=noon)
    next_activity.load_next([world.budi, world.siti], world.bob)
    assert (world.budi.next_activity_at, world.siti.next_activity_at) == (noon, None)


def test_overdue_tasks_are_a_filter(world: World, noon: datetime) -> None:
    Task.create(by=world.bob, owner=world.bob, subject="Late", due_at=noon - timedelta(days=1))
    Task.create(by=world.bob, owner=world.bob, subject="Fresh", due_at=noon + timedelta(days=1))
    tasks = registry.find("tasks")
    assert [str(one) for one in listing(tasks, world.bob, filter="is_overdue = yes").rows()] == ["Late"]


def test_the_column_tells_nothing_of_activities_that_are_not_open(world: World, noon: datetime) -> None:
    Task.create(by=world.bob, owner=world.bob, party=world.budi, subject="Soon", due_at=noon)
    role = Role.create(by=None, name="Customers only")
    Grant.objects.create(role=role, noun="party", verb="view", scope="all")
    world.eko.give_roles([role], by=None)
    reader = type(world.eko)._default_manager.get(pk=world.eko.pk)
    people = listing(registry.find("people"), reader, columns=("name", "next_activity")).page().rows
    budi = next(person for person in people if person == world.budi)
    assert budi.next_activity_at is None
