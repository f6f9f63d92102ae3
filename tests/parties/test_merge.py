"""Two records of one customer become one, and can be two again."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from relasi.kit.events.models import Event
from relasi.kit.records.models import Comment, CustomField, Tag, Tagging, about
from relasi.parties.actions.merge_parties import merge_parties, sides
from relasi.parties.actions.unmerge_parties import unmerge
from relasi.parties.models import (
    Address,
    ContactPoint,
    DuplicatePair,
    ImportantDate,
    Merge,
    Party,
    Person,
    Relation,
    RelationType,
)
from tests.world import World

NOT_COMPARED = {"events", "search", "jobs", "sessions"}
CHANGES_ANYHOW = {"version", "updated_at"}


def everything() -> dict[str, Any]:
    """All rows of all tables but the trail, the index, and the merges themselves."""
    return {
        model._meta.label: sorted(
            (
                tuple(
                    (c.attname, str(c.value_from_object(row)))
                    for c in model._meta.concrete_fields
                    if c.attname not in CHANGES_ANYHOW
                )
                for row in model._base_manager.all()
            ),
        )
        for model in apps.get_models(include_auto_created=True)
        if not model._meta.proxy
        and model._meta.managed
        and model._meta.app_label not in NOT_COMPARED
        and model is not Merge
    }


@pytest.fixture
def budi2(world: World) -> Party:
    """Budi again, typed in by somebody in a hurry, with a phone, a relation and a note of his own."""
    twin: Party = Person.create(
        by=world.bob,
        name="Budi Santosa",
        phone="0812 9999 0000",
        hobbies="Golf, fishing",
        owner=world.bob,
        rung="member",
    )
    ContactPoint.create(by=world.bob, party=twin, kind="email", value="budi.s@kantor.example")
    Relation.create(
        by=world.bob, source=twin, target=world.rizky, type=RelationType.objects.get(key="parent")
    )
    Comment.objects.create(author=world.bob, body="Prefers mornings", **about(twin))
    return twin


def test_the_loser_is_archived_and_leads_to_the_winner(world: World, budi2: Party) -> None:
    merge_parties(winner=world.budi, loser=budi2, by=world.bob)
    budi2.refresh_from_db()
    assert budi2.is_archived and budi2.current() == world.budi


def test_everything_that_pointed_at_the_loser_points_at_the_winner(world: World, budi2: Party) -> None:
    merge_parties(winner=world.budi, loser=budi2, by=world.bob)
    assert set(world.budi.contact_points.values_list("value", flat=True)) == {
        "+6281211112222", "+6281299990000", "budi@santoso.example", "budi.s@kantor.example",
    }  # fmt: skip
    assert world.budi.relations_out.get().target == world.rizky
    assert Comment.objects.get().record_id == world.budi.pk


def test_the_winner_keeps_its_values_and_takes_what_it_lacked(world: World, budi2: Party) -> None:
    merge_parties(winner=world.budi, loser=budi2, by=world.bob)
    world.budi.refresh_from_db()
    assert (world.budi.name, world.budi.phone, world.budi.hobbies) == (
        "Budi Santoso",
        "+6281211112222",
        "Golf, fishing",
    )


def test_the_higher_rung_is_kept(world: World, budi2: Party) -> None:
    merge_parties(winner=world.budi, loser=budi2, by=world.bob)
    world.budi.refresh_from_db()
    assert world.budi.rung == "member"


def test_a_choice_takes_the_losers_value(world: World, budi2: Party) -> None:
    merge_parties(winner=world.budi, loser=budi2, choices={"phone": "loser", "rung": "winner"}, by=world.bob)
    world.budi.refresh_from_db()
    assert (world.budi.phone, world.budi.rung) == ("+6281299990000", "client")
    assert world.budi.contact_points.get(kind="phone", is_primary=True).value == "+6281299990000"


def test_both_joins_lists_without_saying_a_word_twice(world: World, budi2: Party) -> None:
    world.budi.change(by=world.bob, hobbies="golf, cooking")
    merge_parties(winner=world.budi, loser=budi2, choices={"hobbies": "both"}, by=world.bob)
    world.budi.refresh_from_db()
    assert world.budi.hobbies == "golf, cooking, fishing"


def test_an_external_id_moves_over(world: World, budi2: Party) -> None:
    budi2.change(by=world.bob, external_id="HS-7")
    merge_parties(winner=world.budi, loser=budi2, by=world.bob)
    world.budi.refresh_from_db()
    assert world.budi.external_id == "HS-7"


def test_own_fields_that_link_to_the_loser_follow(world: World, budi2: Party) -> None:
    CustomField.create(by=None, noun="party", key="agent", label="Agent", kind="link", link_to="people")
    world.siti.change(by=None, custom={"agent": budi2.pk})
    merge = merge_parties(winner=world.budi, loser=budi2, by=world.bob)
    world.siti.refresh_from_db()
    assert world.siti.custom == {"agent": world.budi.pk}
    unmerge(merge=merge, by=world.bob)
    world.siti.refresh_from_db()
    assert world.siti.custom == {"agent": budi2.pk}


def test_a_tag_both_carry_is_carried_once(world: World, budi2: Party) -> None:
    vip = Tag.create(by=None, name="VIP")
    for party in (world.budi, budi2):
        Tagging.objects.create(tag=vip, **about(party))
    merge_parties(winner=world.budi, loser=budi2, by=world.bob)
    assert Tagging.objects.filter(**about(world.budi)).count() == 1


def test_both_records_say_in_their_history_what_happened(world: World, budi2: Party) -> None:
    merge_parties(winner=world.budi, loser=budi2, by=world.bob)
    assert Event.objects.of(world.budi).first().verb == "merged"
    assert Event.objects.of(budi2).first().verb == "merged_away"


def test_people_and_companies_are_never_merged(world: World) -> None:
    with pytest.raises(ValidationError):
        merge_parties(winner=world.budi, loser=world.maju, by=world.ada)


def test_nobody_merges_what_they_may_not_change(world: World) -> None:
    before = everything()
    with pytest.raises(PermissionDenied):
        merge_parties(winner=world.budi, loser=world.joko, by=world.bob)
    assert everything() == before


def test_a_masked_number_is_kept_but_not_chosen_by_who_may_not_write_it(world: World) -> None:
    twin = Person.create(by=world.ada, name="Budi S", nik="3174051708800001")
    world.budi.change(by=world.ada, nik="3174051708800002")
    names = {side.name: side for side in sides(world.budi, twin)}
    assert names["nik"].default == "winner"
    with pytest.raises(PermissionDenied):
        merge_parties(winner=world.budi, loser=twin, choices={"nik": "loser"}, by=world.dewi)


def test_unmerge_brings_everything_back(world: World, budi2: Party) -> None:
    before = everything()
    merge = merge_parties(winner=world.budi, loser=budi2, by=world.bob)
    result = unmerge(merge=merge, by=world.bob)
    assert everything() == before
    assert (result.kept, result.added) == ([], [])


def test_what_was_added_after_the_merge_stays_and_is_listed(world: World, budi2: Party) -> None:
    merge = merge_parties(winner=world.budi, loser=budi2, by=world.bob)
    ContactPoint.create(by=world.bob, party=world.budi, kind="other", value="@budi")
    result = unmerge(merge=merge, by=world.bob)
    assert result.added and result.added[0][2] == ["@budi"]
    assert world.budi.contact_points.filter(value="@budi").exists()


def test_a_value_changed_after_the_merge_stays_and_is_listed(world: World, budi2: Party) -> None:
    merge = merge_parties(winner=world.budi, loser=budi2, by=world.bob)
    world.budi.change(by=world.bob, hobbies="Chess")
    result = unmerge(merge=merge, by=world.bob)
    world.budi.refresh_from_db()
    assert world.budi.hobbies == "Chess" and len(result.kept) == 1


def test_a_merge_is_not_taken_back_while_its_winner_is_merged_itself(world: World, budi2: Party) -> None:
    third = Person.create(by=world.bob, name="Boedi Santoso", owner=world.bob)
    first = merge_parties(winner=world.budi, loser=budi2, by=world.bob)
    second = merge_parties(winner=third, loser=world.budi, by=world.bob)
    with pytest.raises(ValidationError, match="merged later"):
        unmerge(merge=first, by=world.bob)
    unmerge(merge=second, by=world.bob)
    unmerge(merge=first, by=world.bob)
    budi2.refresh_from_db()
    assert not budi2.is_archived


def test_taking_back_twice_is_harmless(world: World, budi2: Party) -> None:
    merge = merge_parties(winner=world.budi, loser=budi2, by=world.bob)
    unmerge(merge=merge, by=world.bob)
    before = everything()
    unmerge(merge=merge, by=world.bob)
    assert everything() == before


def test_who_may_not_change_the_winner_takes_nothing_back(world: World, budi2: Party) -> None:
    merge = merge_parties(winner=world.budi, loser=budi2, by=world.bob)
    with pytest.raises(PermissionDenied):
        unmerge(merge=merge, by=world.citra)


def test_a_merged_record_is_not_brought_back_from_the_archive(world: World, budi2: Party) -> None:
    merge_parties(winner=world.budi, loser=budi2, by=world.bob)
    budi2.refresh_from_db()
    with pytest.raises(ValidationError):
        budi2.unarchive(by=world.bob)


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[Any]:
    return [
        (label, side, row)
        for label in before
        for side, rows, others in (
            ("gone", before[label], after[label]),
            ("new", after[label], before[label]),
        )
        for row in rows
        if row not in others
    ]


texts = st.sampled_from(["", "Golf", "golf, chess", "Memancing"])
facts = st.fixed_dictionaries(
    {
        "phone": st.sampled_from(["", "0812 5555 6666", "0812 5555 7777"]),
        "email": st.sampled_from(["", "a@b.example", "c@d.example"]),
        "hobbies": texts,
        "about": texts,
        "rung": st.sampled_from(["suspect", "client", "partner"]),
        "birth_on": st.sampled_from([None, date(1980, 8, 17), date(2000, 2, 29)]),
        "nik": st.sampled_from(["", "3174051708800001"]),
        "external_id": st.booleans(),
        "points": st.lists(st.sampled_from(["0813 1111 2222", "0813 1111 3333"]), unique=True),
        "address": st.sampled_from(["", "Jl. Melati 5, Bandung", "Jl. Mawar 1, Kota Medan"]),
        "spouse": st.booleans(),
        "child": st.booleans(),
        "tags": st.lists(st.sampled_from(["VIP", "Arisan"]), unique=True),
        "day": st.booleans(),
        "share": st.booleans(),
    }
)
choices = st.dictionaries(
    st.sampled_from(
        ["phone", "email", "hobbies", "about", "rung", "birth_on", "nik", "external_id", "owner"]
    ),
    st.sampled_from(["winner", "loser"]),
)


def make(world: World, name: str, given: dict[str, Any]) -> Party:
    fields = {key: given[key] for key in ("phone", "email", "hobbies", "about", "rung", "birth_on", "nik")}
    party: Party = Person.create(
        by=world.ada, name=name, owner=world.bob, external_id=name if given["external_id"] else "", **fields
    )
    for value in given["points"]:
        ContactPoint.create(by=world.ada, party=party, kind="phone", value=value, is_whatsapp=True)
    if given["address"]:
        Address.create(by=world.ada, party=party, text=given["address"])
    types = {type.key: type for type in RelationType.objects.all()}
    if given["spouse"]:
        Relation.create(by=world.ada, source=party, target=world.siti, type=types["spouse"])
    if given["child"]:
        Relation.create(by=world.ada, source=party, target=world.rizky, type=types["parent"])
    if given["share"]:
        Relation.create(
            by=world.ada, source=party, target=world.rizky, type=types["beneficiary"], share=Decimal(60)
        )
    if given["day"]:
        ImportantDate.create(by=world.ada, party=party, kind="wedding", on=date(2005, 5, 5))
    for tag in given["tags"]:
        Tagging.objects.create(tag=Tag.objects.get_or_create(name=tag)[0], **about(party))
    return party


@given(one=facts, two=facts, choices=choices, related=st.booleans(), paired=st.booleans())
@settings(
    max_examples=12,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_a_merge_and_its_undoing_leave_the_database_as_it_was(
    world: World,
    one: dict[str, Any],
    two: dict[str, Any],
    choices: dict[str, str],
    related: bool,
    paired: bool,
) -> None:
    with transaction.atomic():
        winner, loser = make(world, "Boedi", one), make(world, "Budi", two)
        if related:
            Relation.create(
                by=None, source=winner, target=loser, type=RelationType.objects.get(key="sibling")
            )
        if paired:
            DuplicatePair.create(by=None, left=winner, right=loser, score=0.9)
        before = everything()
        merge = merge_parties(winner=winner, loser=loser, choices=choices, by=world.bob)
        assert (
            not Relation.objects.filter(source=loser).exclude(target__in=[world.siti, world.rizky]).exists()
        )
        unmerge(merge=merge, by=world.bob)
        after = everything()
        assert differences(before, after) == []
        transaction.set_rollback(True)


def test_a_contact_is_not_lost_when_the_winner_without_one_is_preferred(world: World) -> None:
    winner = Person.create(by=world.ada, name="Boedi", owner=world.bob)
    loser = Person.create(
        by=world.ada, name="Budi", phone="0812 5555 7777", email="a@b.example", owner=world.bob
    )
    merge_parties(winner=winner, loser=loser, choices={"phone": "winner", "email": "loser"}, by=world.bob)
    assert set(winner.contact_points.values_list("value", flat=True)) == {"+6281255557777", "a@b.example"}
