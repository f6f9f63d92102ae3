"""Keyset paging: every row once, in order, whatever the sort, nulls and ties."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from relasi.kit.records.models import CustomField
from relasi.kit.resources.listing import listing
from relasi.kit.resources.paging import PageError
from relasi.kit.resources.registry import find
from relasi.parties.models import Party, Person
from tests.world import World

SORTS = [
    ["name"], ["-name"], ["birth_on"], ["-birth_on"], ["city", "-birth_on"], ["-last_activity_at"],
    ["last_activity_at", "name"], ["owner"], ["-owner", "city"], ["rung", "birth_on"], ["id"], ["-id"],
    ["own.size"], ["-own.size"], ["created_at"], ["-employees"],
]  # fmt: skip


@pytest.fixture
def crowd(world: World) -> World:
    CustomField.create(by=world.ada, noun="party", key="size", label="Size", kind="number")
    chance = random.Random(7)
    start = timezone.now()
    Person._default_manager.bulk_create(
        Person(
            kind="person",
            name=chance.choice(["Adi", "Budi", "Cici"]),
            city=chance.choice(["", "Medan", "Solo"]),
            owner=chance.choice([world.ada, world.bob, None]),
            birth_on=chance.choice(
                [None, date(1990, 1, 1), date(1991, 1, 1) + timedelta(days=chance.randint(0, 5))]
            ),
            last_activity_at=chance.choice([None, start - timedelta(hours=chance.randint(0, 9))]),
            custom=chance.choice([{}, {"size": chance.randint(1, 9)}]),
        )
        for _ in range(60)
    )
    return world


def walk(user: Any, sort: list[str], size: int) -> list[Any]:
    rows, after = [], None
    people = find("people")
    assert people
    while True:
        page = listing(people, user, sort=sort).page(after, size)
        rows += page.rows
        after = page.next
        if after is None:
            return rows


@pytest.mark.parametrize("sort", SORTS, ids=",".join)
def test_every_row_comes_once_and_in_order(crowd: World, sort: list[str]) -> None:
    whole = [row.pk for row in walk(crowd.ada, sort, 1000)]
    assert [row.pk for row in walk(crowd.ada, sort, 7)] == whole
    assert sorted(whole) == sorted(Party._default_manager.filter(kind="person").values_list("pk", flat=True))


@pytest.mark.parametrize("sort", [["birth_on"], ["-birth_on"], ["own.size"], ["-own.size"]], ids=",".join)
def test_empty_values_come_last(crowd: World, sort: list[str]) -> None:
    rows = walk(crowd.ada, sort, 9)
    values = [row.birth_on if "birth" in sort[0] else row.custom.get("size") for row in rows]
    first_empty = values.index(None)
    assert set(values[first_empty:]) == {None}


def test_a_row_added_before_the_mark_is_not_shown_twice(crowd: World) -> None:
    people = find("people")
    assert people
    first = listing(people, crowd.ada, sort=["name"]).page(None, 5)
    Person.create(by=crowd.ada, kind="person", name="Aaa")
    second = listing(people, crowd.ada, sort=["name"]).page(first.next, 5)
    assert not {row.pk for row in first.rows} & {row.pk for row in second.rows}


@pytest.mark.parametrize("mark", ["x", "W10", "bnVsbA", "W1siaWQiXSwgWyJhIl1d"])
def test_a_mark_of_another_list_is_refused(world: World, mark: str) -> None:
    people = find("people")
    assert people
    with pytest.raises(PageError):
        listing(people, world.ada).page(mark)


@pytest.mark.parametrize("name", ["about", "nobody", "custom", "tags", "nik"])
def test_what_has_no_order_cannot_be_sorted_by(world: World, name: str) -> None:
    people = find("people")
    assert people
    with pytest.raises(PageError):
        listing(people, world.dewi, sort=[name])


def test_a_masked_field_gives_no_order(world: World) -> None:
    people = find("people")
    assert people
    with pytest.raises(PageError):
        listing(people, world.dewi, sort=["religion"])


def test_counts_stop_at_the_cap(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    people = find("people")
    assert people
    monkeypatch.setattr("relasi.kit.resources.listing.COUNT_CAP", 2)
    assert listing(people, world.ada).count() == (2, True)
