"""The search box: every reader finds what is theirs to see, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from relasi.activities.models import Note
from relasi.kit.access.models import FieldRule, User
from relasi.kit.resources import indexing
from relasi.kit.resources.registry import find
from relasi.kit.resources.searching import narrowed, search_visible
from relasi.kit.search import lookups
from relasi.kit.search.engine import EntryData, Hit, put
from relasi.kit.search.models import Entry
from relasi.parties.models import Person
from tests.world import World

SignIn = Callable[[User], Client]
LINES = {"HX-Request": "true"}
JSON = {"accept": "application/json"}


def titles(user: User, words: str, **options: Any) -> list[str]:
    return [hit.title for hit in search_visible(user, words, **options)]


def hide(user: User, field: str) -> None:
    for role in user.roles.all():
        FieldRule.objects.update_or_create(role=role, noun="party", field=field, defaults={"level": "hidden"})
    user.__dict__.pop("rights", None)


@pytest.fixture
def lookup() -> Iterator[Callable[[lookups.Lookup], None]]:
    kept = list(lookups._lookups)
    yield lambda function: lookups.register(function) and None
    lookups._lookups[:] = kept


def test_an_own_customer_is_found(world: World) -> None:
    assert titles(world.bob, "budi") == ["Budi Santoso"]


def test_a_strangers_record_never_shows(world: World) -> None:
    assert titles(world.citra, "budi santoso") == []


def test_a_reader_without_a_role_finds_nothing(world: World) -> None:
    assert titles(world.eko, "budi") == []


def test_a_misspelt_customer_is_found(world: World) -> None:
    assert "Budi Santoso" in titles(world.bob, "budi santsoo")


def test_a_customer_is_found_by_phone_however_typed(world: World) -> None:
    assert titles(world.bob, "0812-1111-2222") == titles(world.bob, "+62 81211112222") == ["Budi Santoso"]


def test_an_archived_record_is_not_found(world: World) -> None:
    world.budi.archive(by=world.bob)
    assert titles(world.bob, "budi") == []


def test_a_renamed_record_is_found_by_its_new_name(world: World) -> None:
    world.siti.change(by=world.bob, name="Wahyu Hidayat")
    assert titles(world.bob, "wahyu") == ["Wahyu Hidayat"] and titles(world.bob, "siti") == []


def test_a_removed_record_leaves_the_index(world: World) -> None:
    world.rizky.remove(by=world.ada)
    assert not Entry.objects.filter(title="Rizky Santoso").exists()


def test_an_entry_is_rolled_back_with_its_record(world: World) -> None:
    try:
        with transaction.atomic():
            Person.create(by=world.bob, name="Wahyu Hidayat", owner=world.bob)
            raise InterruptedError
    except InterruptedError:
        pass
    assert not Entry.objects.filter(title="Wahyu Hidayat").exists()


def test_identity_numbers_are_not_in_the_index(world: World) -> None:
    world.budi.change(by=world.ada, nik="3174051708800001")
    assert not Entry.objects.filter(body__contains="3174051708800001").exists()


def test_a_reader_of_few_finds_own_records_behind_many_of_others(world: World) -> None:
    put(
        EntryData(noun="party", resource="people", record_id=10**6 + n, title=f"Budi {n}") for n in range(400)
    )
    assert titles(world.bob, "budi") == ["Budi Santoso"]


def test_a_hidden_field_cannot_be_found_by(world: World) -> None:
    hide(world.bob, "phone")
    assert titles(world.bob, "081211112222") == []


def test_a_hidden_field_does_not_stand_below_a_hit(world: World) -> None:
    hide(world.bob, "phone")
    [hit] = search_visible(world.bob, "budi")
    assert "0812" not in hit.subtitle and "62812" not in hit.subtitle


def test_a_list_is_not_narrowed_by_a_hidden_field(world: World) -> None:
    hide(world.bob, "phone")
    people = find("people")
    assert people is not None
    rows = people.rows(world.bob)
    assert not narrowed(rows, "081211112222", resource=people, user=world.bob).exists()
    assert narrowed(rows, "budi", resource=people, user=world.bob).count() == 1


def test_a_list_is_narrowed_to_words(world: World) -> None:
    people = find("people")
    assert people is not None
    rows = narrowed(people.rows(world.bob), "santoso", resource=people, user=world.bob)
    assert sorted(row.name for row in rows) == ["Budi Santoso", "Rizky Santoso"]


def test_a_search_costs_a_fixed_number_of_queries(world: World) -> None:
    def cost() -> int:
        world.bob.__dict__.pop("rights", None)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            search_visible(world.bob, "santoso")
        return len(queries)

    before = cost()
    for n in range(20):
        Person.create(by=world.bob, name=f"Santoso {n}", owner=world.bob)
    assert cost() <= before


def test_an_exact_look_up_stands_first(world: World, lookup: Any) -> None:
    lookup(lambda user, words: [Hit(noun="party", resource="people", record_id=world.siti.pk, title="Siti")])
    assert search_visible(world.bob, "budi")[0].record_id == world.siti.pk


def test_an_exact_look_up_shows_no_strangers_record(world: World, lookup: Any) -> None:
    lookup(lambda user, words: [Hit(noun="party", resource="people", record_id=world.budi.pk, title="Budi")])
    assert search_visible(world.citra, "31740517") == []


def test_a_record_saved_in_bulk_is_found_once_it_is_indexed(world: World) -> None:
    Person.objects.bulk_create([Person(kind="person", name="Wahyu Hidayat", owner=world.bob)])
    indexing.index(Person.objects.filter(name="Wahyu Hidayat"))
    assert titles(world.bob, "wahyu") == ["Wahyu Hidayat"]


def test_the_index_written_anew_has_every_record(world: World) -> None:
    before = sorted(Entry.objects.values_list("noun", "record_id", "title", "body"))
    Entry.objects.all().delete()
    indexing.reindex_all()
    assert sorted(Entry.objects.values_list("noun", "record_id", "title", "body")) == before


def test_the_index_written_anew_has_no_record_that_is_gone(world: World) -> None:
    put([EntryData(noun="party", resource="people", record_id=10**9, title="Nobody")])
    indexing.reindex_all()
    assert not Entry.objects.filter(title="Nobody").exists()


def test_the_box_gets_lines_by_noun(world: World, sign_in: SignIn) -> None:
    answer = sign_in(world.bob).get("/search/?q=santoso", headers=LINES)
    page = answer.content.decode()
    assert "palette-group" in page and f"/people/{world.budi.pk}/" in page and "<html" not in page


def test_a_kept_address_gets_a_page(world: World, sign_in: SignIn) -> None:
    page = sign_in(world.bob).get("/search/?q=santoso").content.decode()
    assert "<html" in page and f"/people/{world.budi.pk}/" in page


def test_a_program_gets_json(world: World, sign_in: SignIn) -> None:
    answer = sign_in(world.bob).get("/search/?q=budi", headers=JSON).json()
    assert [hit["label"] for group in answer["groups"] for hit in group["hits"]] == ["Budi Santoso"]


def test_what_is_typed_is_shown_as_text(world: World, sign_in: SignIn) -> None:
    page = sign_in(world.bob).get("/search/", {"q": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert" not in page


def test_a_name_with_markup_is_shown_as_text(world: World, sign_in: SignIn) -> None:
    Person.create(by=world.bob, name="Budi <img src=x onerror=alert(1)>", owner=world.bob)
    page = sign_in(world.bob).get("/search/?q=budi", headers=LINES).content.decode()
    assert "<img src=x" not in page


def test_a_stranger_is_sent_to_sign_in(client: Client, db: None) -> None:
    assert client.get("/search/?q=budi").status_code in {302, 401, 403}


def commands(browser: Client, **asked: Any) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = browser.get("/commands/", asked).json()["commands"]
    return listed


def test_a_reader_can_go_to_lists_he_may_see(world: World, sign_in: SignIn) -> None:
    assert "/people/" in [command["url"] for command in commands(sign_in(world.bob))]


def test_a_reader_without_a_role_is_offered_no_list(world: World, sign_in: SignIn) -> None:
    assert "/people/" not in [command["url"] for command in commands(sign_in(world.eko))]


def test_verbs_of_the_record_in_view_are_offered(world: World, sign_in: SignIn) -> None:
    offered = commands(sign_in(world.bob), resource="people", id=world.budi.pk)
    assert "Archive" in [command["label"] for command in offered if command["group"] == "Budi Santoso"]


def test_verbs_of_a_strangers_record_are_not_offered(world: World, sign_in: SignIn) -> None:
    offered = commands(sign_in(world.citra), resource="people", id=world.budi.pk)
    assert "Budi Santoso" not in {command["group"] for command in offered}


def test_many_notes_of_one_title_leave_room_for_the_customer(world: World, sign_in: SignIn) -> None:
    for n in range(30):
        Note.create(by=world.bob, kind="note", subject="Santoso", body=f"{n}", party=world.budi)
    page = sign_in(world.bob).get("/search/?q=santoso", headers=LINES).content.decode()
    assert f"/people/{world.budi.pk}/" in page
    assert page.count('href="/notes/') == 3


def test_a_hit_shows_the_phone_as_people_write_it(world: World, sign_in: SignIn) -> None:
    page = sign_in(world.bob).get("/search/?q=budi", headers=LINES).content.decode()
    assert "+62 812-1111-2222" in page


def test_a_hit_is_explained_in_the_language_of_the_reader(world: World, sign_in: SignIn) -> None:
    Note.create(by=world.bob, kind="note", subject="Pelunasan", party=world.budi)
    for language, word in (("en", "Note · Budi"), ("id", "Catatan · Budi")):
        world.bob.change(by=world.bob, language=language)
        page = sign_in(world.bob).get("/search/?q=pelunasan", headers=LINES).content.decode()
        assert word in page


def test_a_hit_does_not_name_a_customer_who_is_not_open(world: World, sign_in: SignIn) -> None:
    Note.create(by=world.bob, kind="note", subject="Pelunasan", party=world.budi, owner=world.citra)
    page = sign_in(world.citra).get("/search/?q=pelunasan", headers=LINES).content.decode()
    assert "/notes/" in page and "Budi" not in page
