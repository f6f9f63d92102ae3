"""One customer twice: warned of while typing, found in bulk, reviewed side by side."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from relasi.kit.access.models import FieldRule, User
from relasi.parties.actions.find_duplicates import find_duplicates
from relasi.parties.actions.merge_parties import merge_parties
from relasi.parties.alike import Typed, alike
from relasi.parties.models import Company, DuplicatePair, Merge, Party, Person, Relation, RelationType
from tests.world import World

SignIn = Callable[[User], Client]


def seen(found: object) -> list[str]:
    return [one.party.name for one in found.seen]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "typed",
    [
        Typed(name="Boedi Santoso"),
        Typed(name="Bpk. Budi Santoso, S.H."),
        Typed(phone="0812-1111-2222"),
        Typed(name="Somebody", email="BUDI@santoso.example"),
    ],
)
def test_a_customer_typed_again_is_noticed(world: World, typed: Typed) -> None:
    assert "Budi Santoso" in seen(alike(typed, reader=world.bob))


def test_somebody_else_is_not_taken_for_a_customer(world: World) -> None:
    assert not alike(Typed(name="Bambang Pamungkas", phone="0899 1111 0000"), reader=world.bob)


def test_a_company_is_known_by_its_name_without_the_legal_form(world: World) -> None:
    assert seen(alike(Typed(kind="company", name="MAJU JAYA, PT."), reader=world.citra)) == ["PT Maju Jaya"]


def test_a_second_phone_counts_too(world: World) -> None:
    world.budi.contact_points.create(kind="phone", value="+6281377778888")
    assert seen(alike(Typed(phone="0813 7777 8888"), reader=world.bob)) == ["Budi Santoso"]


def test_of_others_customers_only_whom_to_ask_is_told(world: World) -> None:
    found = alike(Typed(name="Joko Susilo", phone="0813 4444 5555"), reader=world.bob)
    assert (found.seen, found.unseen) == ([], ["Citra Dewanti"])


def test_the_record_being_edited_is_not_like_itself(world: World) -> None:
    assert not alike(Typed(name="Budi Santoso"), reader=world.bob, without=world.budi.pk)


def test_the_warning_of_another_sellers_customer_says_nothing_of_him(world: World, sign_in: SignIn) -> None:
    answer = (
        sign_in(world.bob)
        .post("/parties/alike/", {"_resource": "people", "name": "Joko Susilo"})
        .content.decode()
    )
    assert (
        "Citra Dewanti" in answer
        and "Joko" not in answer
        and "Surabaya" not in answer
        and f"/{world.joko.pk}/" not in answer
    )


def test_a_number_in_an_address_is_not_looked_at(world: World, sign_in: SignIn) -> None:
    world.budi.change(by=world.bob, nik="3174051708800001")
    browser = sign_in(world.bob)
    assert "Budi" not in browser.get("/parties/alike/", {"nik": "3174051708800001"}).content.decode()
    assert "Budi" in browser.post("/parties/alike/", {"nik": "3174051708800001"}).content.decode()


@pytest.fixture
def twin(world: World) -> Party:
    made: Party = Person.create(
        by=world.bob,
        name="Budi Santosa",
        phone="0812 1111 2222",
        birth_on=date(1980, 8, 17),
        city="Jakarta Selatan",
        owner=world.bob,
    )
    return made


def pairs() -> list[tuple[int, int]]:
    return list(DuplicatePair.objects.order_by("pk").values_list("left_id", "right_id"))


def test_the_bulk_run_finds_the_twin_and_says_why(world: World, twin: Party) -> None:
    find_duplicates()
    pair = DuplicatePair.objects.get()
    assert (pair.left, pair.right) == (Party.objects.get(pk=world.budi.pk), Party.objects.get(pk=twin.pk))
    assert pair.score > 0.9 and set(pair.why) == {"phone", "name~", "birth", "city"}


def test_companies_are_compared_without_their_legal_form(world: World) -> None:
    Company.create(
        by=world.citra, kind="company", name="Maju Jaya, PT", phone="031 555 1234", city="Surabaya"
    )
    assert find_duplicates(kinds=["company"]) == {"company": 1}


def test_husband_and_wife_with_one_phone_are_two_customers(world: World) -> None:
    world.siti.change(by=None, phone="0812 1111 2222")
    Relation.create(
        by=None, source=world.budi, target=world.siti, type=RelationType.objects.get(key="spouse")
    )
    find_duplicates(threshold=0.01)
    assert (world.budi.pk, world.siti.pk) not in pairs()


def test_a_pair_called_different_is_not_proposed_again(world: World, twin: Party) -> None:
    find_duplicates()
    DuplicatePair.objects.get().decide_different(by=world.bob)
    find_duplicates()
    assert DuplicatePair.objects.get().state == "different"


def test_a_pair_that_is_no_longer_alike_goes(world: World, twin: Party) -> None:
    find_duplicates()
    twin.change(by=world.bob, name="Agus Salim", phone="0899 1234 5678", birth_on=date(1999, 1, 1))
    find_duplicates()
    assert not DuplicatePair.objects.exists()


def test_the_queue_shows_only_pairs_both_of_which_one_may_see(world: World, sign_in: SignIn) -> None:
    pair = DuplicatePair.create(by=None, left=world.budi, right=world.joko, score=0.9)
    assert b"Joko" not in sign_in(world.bob).get("/duplicates/").content
    assert sign_in(world.bob).get(f"/duplicates/{pair.pk}/").status_code == 404
    assert b"Joko" in sign_in(world.ada).get("/duplicates/").content


@pytest.fixture
def pair(world: World, twin: Party) -> DuplicatePair:
    made: DuplicatePair = DuplicatePair.create(
        by=None, left=world.budi, right=twin, score=0.97, why=["phone", "name~"]
    )
    return made


@pytest.mark.parametrize("level", ["masked", "hidden"])
def test_of_closed_fields_the_queue_does_not_say_that_they_agree(
    level: str, world: World, sign_in: SignIn, pair: DuplicatePair
) -> None:
    DuplicatePair.objects.update(why=["nik", "npwp", "birth~", "phone"])
    page = sign_in(world.bob).get("/duplicates/").content.decode()
    assert "same NIK" in page and "birth dates alike" in page
    for role in world.bob.roles.all():
        for name in ("nik", "npwp", "birth_on"):
            FieldRule.objects.update_or_create(role=role, noun="party", field=name, defaults={"level": level})
    page = sign_in(User._default_manager.get(pk=world.bob.pk)).get("/duplicates/").content.decode()
    assert "same phone" in page
    assert not [word for word in ("same NIK", "same NPWP", "birth dates alike") if word in page]


def test_two_records_are_merged_from_the_queue(
    world: World, sign_in: SignIn, twin: Party, pair: DuplicatePair
) -> None:
    data = {"left": world.budi.pk, "right": twin.pk, "stays": "right", "field:name": "left", "queue": "1"}
    answer = sign_in(world.bob).post("/duplicates/merge/", data)
    world.budi.refresh_from_db(), twin.refresh_from_db()
    assert answer.url == "/duplicates/"
    assert (world.budi.merged_into, twin.name) == (Party.objects.get(pk=twin.pk), "Budi Santoso")


def test_the_page_of_a_merged_record_leads_on(world: World, sign_in: SignIn, twin: Party) -> None:
    merge_parties(winner=world.budi, loser=twin, by=world.bob)
    answer = sign_in(world.bob).get(f"/people/{twin.pk}/")
    assert f"/people/{world.budi.pk}/" in (getattr(answer, "url", "") or answer.content.decode())


def test_two_customers_are_called_different_and_that_is_taken_back(
    world: World, sign_in: SignIn, pair: DuplicatePair
) -> None:
    browser = sign_in(world.bob)
    browser.post(f"/duplicates/{pair.pk}/different/")
    pair.refresh_from_db()
    assert pair.state == "different"
    browser.post(f"/duplicates/{pair.pk}/reopen/")
    pair.refresh_from_db()
    assert pair.state == "open"


def test_a_merge_is_taken_back_from_the_record(world: World, sign_in: SignIn, twin: Party) -> None:
    merge = merge_parties(winner=world.budi, loser=twin, by=world.bob)
    browser = sign_in(world.bob)
    assert b"Budi Santosa" in browser.get(f"/people/{world.budi.pk}/panel/sameness/").content
    browser.post(f"/merges/{merge.pk}/undo/")
    twin.refresh_from_db()
    assert not twin.is_archived


def test_what_stays_after_taking_back_is_listed(world: World, sign_in: SignIn, twin: Party) -> None:
    merge = merge_parties(winner=world.budi, loser=twin, by=world.bob)
    world.budi.contact_points.model.create(by=world.bob, party=world.budi, kind="other", value="@budi")
    answer = sign_in(world.bob).post(f"/merges/{merge.pk}/undo/")
    assert b"@budi" in answer.content and "toast" in json.loads(answer["HX-Trigger"])


def test_a_stranger_takes_no_merge_back(world: World, sign_in: SignIn, twin: Party) -> None:
    merge = merge_parties(winner=world.budi, loser=twin, by=world.bob)
    assert sign_in(world.citra).post(f"/merges/{merge.pk}/undo/").status_code in (403, 404)
    assert Merge.objects.get().undone_at is None


def test_ids_in_the_body_are_checked_as_well(world: World, sign_in: SignIn) -> None:
    data = {"left": world.budi.pk, "right": world.joko.pk}
    assert sign_in(world.bob).post("/duplicates/merge/", data).status_code == 404
    assert sign_in(world.mira).post("/duplicates/merge/", data).status_code == 403
    assert not Merge.objects.exists()


@pytest.mark.parametrize("who", ["ada", "bob", "sari"])
def test_the_queue_opens_for_whoever_has_a_pair(
    world: World, sign_in: SignIn, pair: DuplicatePair, who: str
) -> None:
    assert b"Budi Santosa" in sign_in(getattr(world, who)).get("/duplicates/").content


def test_any_two_records_can_be_compared(world: World, sign_in: SignIn) -> None:
    answer = sign_in(world.bob).get(f"/duplicates/compare/{world.budi.pk}/{world.siti.pk}/")
    assert answer.status_code == 200 and b"Siti Rahmawati" in answer.content


def test_who_may_only_read_is_offered_no_decision(world: World, pair: DuplicatePair, sign_in: SignIn) -> None:
    page = sign_in(world.mira).get(f"/duplicates/{pair.pk}/").content.decode()
    assert "To merge two records you must be allowed" in page and "Two different customers" not in page
