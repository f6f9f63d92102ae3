"""Contacts, addresses, dates, relations and households around a customer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from relasi.kit.access.models import User
from relasi.parties import panels
from relasi.parties.models import Address, ContactPoint, ImportantDate, Relation, RelationType
from tests.world import World

SignIn = Callable[[User], Client]


def type_of(key: str) -> RelationType:
    return RelationType.objects.get(key=key)


@pytest.mark.parametrize("typed", ["0813 7777 8888", "62813-7777-8888", "+62 0813 7777 8888", "81377778888"])
def test_a_phone_is_kept_in_one_form_however_typed(world: World, typed: str) -> None:
    point = ContactPoint.create(by=world.bob, party=world.rizky, kind="phone", value=typed)
    assert point.value == "+6281377778888"


def test_the_first_phone_becomes_the_primary_one_and_lists_show_it(world: World) -> None:
    ContactPoint.create(by=world.bob, party=world.rizky, kind="phone", value="0813 7777 8888")
    world.rizky.refresh_from_db()
    assert world.rizky.phone == "+6281377778888"


def test_changing_the_phone_of_the_party_changes_its_primary_contact(world: World) -> None:
    world.budi.change(by=world.bob, phone="0813 7777 8888")
    assert list(world.budi.contact_points.filter(kind="phone").values_list("value", flat=True)) == [
        "+6281377778888"
    ]


def test_removing_the_primary_phone_promotes_the_next(world: World) -> None:
    ContactPoint.create(by=world.bob, party=world.budi, kind="phone", value="0813 7777 8888")
    world.budi.contact_points.get(value="+6281211112222").remove(by=world.bob)
    world.budi.refresh_from_db()
    assert world.budi.phone == "+6281377778888"


def test_the_same_phone_stands_once(world: World) -> None:
    with pytest.raises(ValidationError):
        ContactPoint.create(by=world.bob, party=world.budi, kind="phone", value="081211112222")


def test_a_pasted_address_is_taken_apart_and_its_city_shown(world: World) -> None:
    Address.create(
        by=world.bob, party=world.rizky, text="Jl. Melati 5 RT 3/RW 4, Kel. Cihapit, Kota Bandung 40114"
    )
    world.rizky.refresh_from_db()
    assert world.rizky.city == "Kota Bandung"


def test_a_postal_code_has_five_digits(world: World) -> None:
    with pytest.raises(ValidationError):
        Address.create(by=world.bob, party=world.rizky, street="Jl. Melati 5", postal_code="123")


def test_a_relation_is_read_from_both_sides(world: World) -> None:
    Relation.create(by=world.bob, source=world.budi, target=world.rizky, type=type_of("parent"))
    seen = {
        party: [shown.label for shown in panels.relations(party, world.bob)["relations"]]  # type: ignore[index]
        for party in (world.budi, world.rizky)
    }
    assert seen == {world.budi: ["Anak"], world.rizky: ["Orang tua"]} or seen == {
        world.budi: ["Child"],
        world.rizky: ["Parent"],
    }


def test_spouses_are_spouses_once(world: World) -> None:
    Relation.create(by=world.bob, source=world.budi, target=world.siti, type=type_of("spouse"))
    with pytest.raises(ValidationError):
        Relation.create(by=world.bob, source=world.siti, target=world.budi, type=type_of("spouse"))


def test_shares_never_exceed_the_whole(world: World) -> None:
    Relation.create(
        by=world.bob, source=world.budi, target=world.siti, type=type_of("beneficiary"), share=Decimal(60)
    )
    with pytest.raises(ValidationError):
        Relation.create(
            by=world.bob,
            source=world.budi,
            target=world.rizky,
            type=type_of("beneficiary"),
            share=Decimal("40.01"),
        )


def test_the_panel_says_when_shares_do_not_make_the_whole(world: World) -> None:
    Relation.create(
        by=world.bob, source=world.budi, target=world.siti, type=type_of("beneficiary"), share=Decimal(60)
    )
    gaps = panels.relations(world.budi, world.bob)["share_gaps"]  # type: ignore[index]
    assert [total for _label, total in gaps] == [Decimal(60)]


def test_a_relative_one_may_not_see_has_no_name(world: World) -> None:
    Relation.create(by=world.ada, source=world.budi, target=world.joko, type=type_of("sibling"))
    shown = panels.relations(world.budi, world.bob)["relations"]  # type: ignore[index]
    assert [one.other for one in shown] == [None]


def test_the_birthday_stands_among_the_important_dates(world: World) -> None:
    ImportantDate.create(by=world.bob, party=world.budi, kind="wedding", on=date(2005, 5, 5))
    shown = panels.dates(world.budi, world.bob)["dates"]  # type: ignore[index]
    assert {one.on for one in shown} == {date(1980, 8, 17), date(2005, 5, 5)}


@pytest.mark.parametrize("panel", ["contacts", "addresses", "relations", "household", "dates", "ladder"])
def test_every_box_opens(world: World, sign_in: SignIn, panel: str) -> None:
    answer = sign_in(world.bob).get(f"/people/{world.budi.pk}/panel/{panel}/")
    assert answer.status_code == 200


@pytest.mark.parametrize("kind", ["contacts", "addresses", "relations", "dates"])
def test_every_form_opens(world: World, sign_in: SignIn, kind: str) -> None:
    answer = sign_in(world.bob).get(f"/people/{world.budi.pk}/facts/{kind}/", headers={"HX-Request": "true"})
    assert answer.status_code == 200 and b"<dialog" in answer.content


def test_a_contact_is_added_in_place(world: World, sign_in: SignIn) -> None:
    answer = sign_in(world.bob).post(
        f"/people/{world.rizky.pk}/facts/contacts/",
        {"kind": "phone", "value": "0813 7777 8888", "label": "mobile"},
    )
    assert answer.status_code == 204
    assert world.rizky.contact_points.get().value == "+6281377778888"


def test_a_wrong_number_is_explained_beside_it(world: World, sign_in: SignIn) -> None:
    answer = sign_in(world.bob).post(
        f"/people/{world.rizky.pk}/facts/contacts/", {"kind": "phone", "value": "12", "label": "mobile"}
    )
    assert answer.status_code == 422 and not world.rizky.contact_points.exists()


def test_a_relation_is_added_and_changed(world: World, sign_in: SignIn) -> None:
    browser, type = sign_in(world.bob), type_of("parent")
    browser.post(
        f"/people/{world.budi.pk}/facts/relations/", {"stands_as": f"{type.pk}:out", "other": world.rizky.pk}
    )
    relation = Relation.objects.get()
    assert (relation.source_id, relation.target_id) == (world.budi.pk, world.rizky.pk)
    address = f"/people/{world.rizky.pk}/facts/relations/{relation.pk}/"
    answer = browser.post(address, {"stands_as": f"{type.pk}:in", "other": world.budi.pk, "remark": "eldest"})
    assert answer.status_code == 204, answer.content.decode()
    relation.refresh_from_db()
    assert (relation.source_id, relation.remark) == (world.budi.pk, "eldest")


def test_nobody_is_related_to_a_record_the_writer_may_not_see(world: World, sign_in: SignIn) -> None:
    data = {"stands_as": f"{type_of('parent').pk}:out", "other": world.joko.pk}
    answer = sign_in(world.bob).post(f"/people/{world.budi.pk}/facts/relations/", data)
    assert answer.status_code == 422 and not Relation.objects.exists()


def test_a_fact_of_another_party_is_not_reached_through_ones_own(world: World, sign_in: SignIn) -> None:
    theirs = world.joko.contact_points.get()
    answer = sign_in(world.bob).post(f"/people/{world.budi.pk}/facts/contacts/{theirs.pk}/remove/")
    assert answer.status_code == 404 and world.joko.contact_points.exists()


def test_who_may_only_read_adds_nothing(world: World, sign_in: SignIn) -> None:
    answer = sign_in(world.mira).post(
        f"/people/{world.rizky.pk}/facts/contacts/",
        {"kind": "phone", "value": "0813 7777 8888", "label": "mobile"},
    )
    assert answer.status_code == 403 and not world.rizky.contact_points.exists()


def test_a_removed_contact_comes_back_by_undo(world: World, sign_in: SignIn) -> None:
    import json

    browser, point = sign_in(world.bob), world.budi.contact_points.get(kind="email")
    answer = browser.post(f"/people/{world.budi.pk}/facts/contacts/{point.pk}/remove/")
    browser.post(json.loads(answer["HX-Trigger"])["toast"]["undo_url"])
    world.budi.refresh_from_db()
    assert world.budi.email == "budi@santoso.example"


def test_an_address_is_taken_apart_in_the_form(world: World, sign_in: SignIn) -> None:
    answer = sign_in(world.bob).post(
        f"/people/{world.budi.pk}/address/read/",
        {"pasted": "Jl. Melati 5 RT 3/RW 4, Kel. Cihapit, Kota Bandung 40114"},
    )
    assert b'value="Cihapit"' in answer.content and b'value="40114"' in answer.content


def test_a_person_joins_and_leaves_a_household(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.ada)
    browser.post(f"/people/{world.joko.pk}/household/", {"name": "Keluarga Susilo"})
    world.joko.refresh_from_db()
    assert world.joko.household and world.joko.household.name == "Keluarga Susilo"
    browser.post(f"/people/{world.joko.pk}/household/leave/")
    world.joko.refresh_from_db()
    assert world.joko.household is None


def test_others_are_offered_for_a_relation_only_if_they_may_be_seen(world: World, sign_in: SignIn) -> None:
    answer = sign_in(world.bob).get("/parties/options/", {"q": "s"}, headers={"Accept": "application/json"})
    names = {line["label"] for line in answer.json()["options"]}
    assert "Siti Rahmawati" in names and "Joko Susilo" not in names
