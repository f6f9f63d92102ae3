"""Taking one act back: what nobody touched since is as it was, and the rest is kept and named."""

from __future__ import annotations

from typing import Any

import pytest

from relasi.kit.access.models import Grant, User
from relasi.kit.events.models import Event
from relasi.kit.records.models import Comment, Tagging
from relasi.kit.resources import batches
from relasi.kit.resources.models import Batch
from relasi.kit.resources.writing import set_tags
from relasi.parties.identity import revealed
from relasi.parties.models import ContactPoint, Party, Person
from tests.fingerprint import fingerprint
from tests.world import World


@pytest.fixture
def act(world: World) -> Batch:
    return batches.begin("edit", "people", by=world.bob, title="An act")


def new(world: World, act: Batch, **fields: Any) -> Person:
    return Person.create(by=world.bob, batch=act.token, **{"name": "Tono", "owner": world.bob, **fields})


def stands(person: Party) -> bool:
    return Party._default_manager.filter(pk=person.pk).exists()


def now(person: Party) -> Party:
    return Party._default_manager.get(pk=person.pk)


def kept(result: dict[str, Any]) -> list[str]:
    return [line["title"] for line in result["kept"]]


def test_a_change_is_taken_back(act: Batch, world: World) -> None:
    world.budi.change(by=world.bob, batch=act.token, city="Bogor")
    assert batches.undo(act, by=world.bob) == {"undone": 1, "kept": []}
    assert now(world.budi).city == "Jakarta Selatan"


def test_two_changes_of_a_field_are_taken_back_to_the_first(act: Batch, world: World) -> None:
    world.budi.change(by=world.bob, batch=act.token, city="Bogor")
    world.budi.change(by=world.bob, batch=act.token, city="Depok")
    batches.undo(act, by=world.bob)
    assert now(world.budi).city == "Jakarta Selatan"


def test_a_field_changed_since_is_kept_and_named(act: Batch, world: World) -> None:
    world.budi.change(by=world.bob, batch=act.token, city="Bogor")
    world.budi.change(by=world.sari, city="Depok")
    assert kept(batches.undo(act, by=world.bob)) == ["Budi Santoso"]
    assert now(world.budi).city == "Depok"


def test_another_field_changed_since_does_not_matter(act: Batch, world: World) -> None:
    world.budi.change(by=world.bob, batch=act.token, city="Bogor")
    world.budi.change(by=world.sari, job_title="Notaris")
    batches.undo(act, by=world.bob)
    assert (now(world.budi).city, now(world.budi).job_title) == ("Jakarta Selatan", "Notaris")


def test_text_that_was_empty_is_empty_again(act: Batch, world: World) -> None:
    world.budi.change(by=world.bob, batch=act.token, source="Expo")
    batches.undo(act, by=world.bob)
    assert now(world.budi).source == ""


def test_tags_are_those_of_before(act: Batch, world: World) -> None:
    set_tags(world.budi, ["VIP"], by=world.bob)
    set_tags(world.budi, ["Golf"], by=world.bob, batch=act.token)
    batches.undo(act, by=world.bob)
    assert [tagging.tag.name for tagging in Tagging.objects.filter(record_id=world.budi.pk)] == ["VIP"]


def test_what_was_made_goes(act: Batch, world: World) -> None:
    tono = new(world, act)
    batches.undo(act, by=world.bob)
    assert not stands(tono)
    assert [event.verb for event in Event.objects.of(tono)] == ["deleted", "created"]


def test_what_was_made_and_changed_goes_as_a_whole(act: Batch, world: World) -> None:
    tono = new(world, act)
    tono.change(by=world.bob, batch=act.token, city="Bogor")
    assert batches.undo(act, by=world.bob)["kept"] == []
    assert not stands(tono)


def test_what_was_made_and_changed_since_stays(act: Batch, world: World) -> None:
    tono = new(world, act)
    tono.change(by=world.sari, city="Bogor")
    assert kept(batches.undo(act, by=world.bob)) == ["Tono"]
    assert stands(tono)


def test_what_was_made_and_spoken_of_since_stays(act: Batch, world: World) -> None:
    tono = new(world, act)
    Comment.create(by=world.sari, noun="party", record_id=tono.pk, author=world.sari, body="Teman lama.")
    assert kept(batches.undo(act, by=world.bob)) == ["Tono"]


def test_what_was_made_and_pointed_to_since_stays(act: Batch, world: World) -> None:
    firm = new(world, act, kind="company", name="PT Baru")
    world.budi.change(by=world.bob, company=firm)
    assert kept(batches.undo(act, by=world.bob)) == ["PT Baru"]


def test_what_was_made_together_goes_together(act: Batch, world: World) -> None:
    firm = new(world, act, kind="company", name="PT Baru")
    tono = new(world, act, company=firm)
    assert batches.undo(act, by=world.bob)["kept"] == []
    assert not stands(firm) and not stands(tono)


def test_having_been_looked_at_holds_nothing(act: Batch, world: World) -> None:
    tono = new(world, act, nik="3174051708800003")
    revealed(tono, "nik", by=world.ada)
    batches.undo(act, by=world.bob)
    assert not stands(tono)


def test_what_was_removed_comes_back_under_its_number(act: Batch, world: World) -> None:
    number = world.rizky.pk
    world.rizky.remove(by=world.bob, batch=act.token)
    batches.undo(act, by=world.bob)
    back = Party._default_manager.get(pk=number)
    assert (back.name, back.household_id) == ("Rizky Santoso", world.santosos.pk)


def test_what_is_gone_cannot_be_put_back_and_is_named(act: Batch, world: World) -> None:
    world.rizky.change(by=world.bob, batch=act.token, city="Bogor")
    world.rizky.remove(by=world.ada)
    assert kept(batches.undo(act, by=world.bob)) == ["Rizky Santoso"]


def test_another_act_is_left_alone(act: Batch, world: World) -> None:
    other = batches.begin("edit", "people", by=world.bob)
    world.budi.change(by=world.bob, batch=other.token, city="Bogor")
    batches.undo(act, by=world.bob)
    assert now(world.budi).city == "Bogor"


def test_a_second_undo_writes_nothing(act: Batch, world: World) -> None:
    new(world, act)
    world.budi.change(by=world.bob, batch=act.token, city="Bogor")
    world.rizky.remove(by=world.bob, batch=act.token)
    batches.undo(act, by=world.bob)
    before = fingerprint()
    assert batches.undo(act, by=world.bob)["kept"] == []
    assert fingerprint() == before


def test_an_undo_says_so_in_the_trail(act: Batch, world: World) -> None:
    world.budi.change(by=world.bob, batch=act.token, city="Bogor")
    batches.undo(act, by=world.sari)
    last = [Event.objects.of(record)[0] for record in (act, world.budi)]
    assert [(event.verb, event.actor_name) for event in last] == [
        ("undone", "Sari Lestari"),
        ("reverted", "Sari Lestari"),
    ]


def test_an_undo_that_was_stopped_goes_on(act: Batch, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "CHUNK", 1)
    world.budi.change(by=world.bob, batch=act.token, city="Bogor")
    world.siti.change(by=world.bob, batch=act.token, city="Bogor")
    first = batches.undo(act, by=world.bob, told=lambda done: done < 1)
    assert (first["stopped"], now(world.budi).city, act.undone_at) == (True, "Bogor", None)
    assert batches.undo(act, by=world.bob) == {"undone": 2, "kept": []}
    assert now(world.budi).city == "Jakarta Selatan"


def test_what_was_taken_away_since_stays_and_is_not_named(act: Batch, world: World) -> None:
    world.budi.change(by=world.bob, batch=act.token, city="Bogor")
    tono = new(world, act)
    for person in (world.budi, tono):
        now(person).change(by=None, owner=world.citra)
    assert batches.undo(act, by=world.bob) == {"undone": 0, "kept": [], "closed": 2}
    assert (now(world.budi).city, stands(tono)) == ("Bogor", True)


def test_facts_of_what_was_taken_away_stay_too(act: Batch, world: World) -> None:
    point = ContactPoint.create(
        by=world.bob, batch=act.token, party=world.budi, kind="email", value="budi@lain.example"
    )
    now(world.budi).change(by=None, owner=world.citra)
    assert batches.undo(act, by=world.bob)["closed"] == 1
    assert ContactPoint.objects.filter(pk=point.pk).exists()


def test_what_was_removed_does_not_come_back_by_who_may_not_change_it(act: Batch, world: World) -> None:
    world.joko.remove(by=world.ada, batch=act.token)
    assert batches.undo(act, by=world.bob) == {"undone": 0, "kept": [], "closed": 1}
    assert not stands(world.joko)


def test_who_gave_a_record_away_takes_it_back(act: Batch, world: World) -> None:
    world.budi.change(by=world.bob, batch=act.token, owner=world.citra)
    assert batches.undo(act, by=world.bob) == {"undone": 1, "kept": []}
    assert now(world.budi).owner == world.bob


def test_who_lost_the_right_to_change_undoes_nothing(act: Batch, world: World) -> None:
    world.budi.change(by=world.bob, batch=act.token, city="Bogor")
    Grant.objects.filter(noun="party", verb="change").delete()
    assert batches.undo(act, by=User._default_manager.get(pk=world.bob.pk))["closed"] == 1
    assert now(world.budi).city == "Bogor"


def test_what_cannot_come_back_is_kept_and_an_error_of_ours_is_not_hidden(
    act: Batch, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.rizky.remove(by=world.bob, batch=act.token)

    def broken(self: Party) -> None:
        raise AttributeError("a mistake of ours")

    monkeypatch.setattr(Party, "prepare", broken)
    with pytest.raises(AttributeError):
        batches.undo(act, by=world.bob)
