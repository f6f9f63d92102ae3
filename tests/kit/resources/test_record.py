"""The page of one record."""

from __future__ import annotations

import re
from dataclasses import replace

from django.db import connection
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext

from relasi.kit.access.models import Share
from relasi.kit.events.models import Event
from relasi.kit.records.models import about
from relasi.kit.resources import Related, deleting, presence, registry
from relasi.kit.resources.models import Presence
from relasi.kit.resources.writing import set_tags
from relasi.parties.models import Party, Person
from tests.world import World

HTMX = {"HX-Request": "true"}


def test_bob_reads_the_facts_of_his_customer(world: World, sign_in) -> None:
    page = sign_in(world.bob).get(f"/people/{world.budi.pk}/").content.decode()
    assert "Budi Santoso" in page
    assert "+62 812-1111-2222" in page
    assert f'data-edit="/people/{world.budi.pk}/cell/city/"' in page


def test_a_record_page_asks_the_database_at_most_fifteen_times(world: World, sign_in) -> None:
    set_tags(world.budi, ["VIP", "Golf"], by=world.bob)
    for who in (world.ada, world.bob, world.sari):
        browser = sign_in(who)
        browser.get(f"/people/{world.budi.pk}/")
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(f"/people/{world.budi.pk}/").status_code == 200
        asked = [
            query["sql"]
            for query in queries.captured_queries
            if not re.match(r"SAVEPOINT|RELEASE|BEGIN", query["sql"])
        ]
        assert len(asked) <= 15, "\n".join(asked)


def test_what_may_not_be_seen_is_not_there_and_nothing_is_written(world: World, sign_in) -> None:
    before = Event.objects.count()
    browser = sign_in(world.citra)
    for part in ("", "?peek=1", "history/", "comments/", "attachments/", "why/", "panel/next/"):
        assert browser.get(f"/people/{world.budi.pk}/{part}").status_code == 404
    assert browser.post(f"/people/{world.budi.pk}/present/").status_code == 404
    assert (Event.objects.count(), Presence.objects.count()) == (before, 0)


def test_a_person_is_not_found_among_companies(world: World, sign_in) -> None:
    assert sign_in(world.ada).get(f"/companies/{world.budi.pk}/").status_code == 404


def test_the_peek_is_a_fragment_with_the_same_facts(world: World, sign_in) -> None:
    page = sign_in(world.bob).get(f"/people/{world.budi.pk}/?peek=1").content.decode()
    assert "<html" not in page
    assert "+62 812-1111-2222" in page
    assert "data-peek-next" in page


def test_who_may_only_read_gets_no_fields_to_edit(world: World, sign_in) -> None:
    page = sign_in(world.mira).get(f"/people/{world.budi.pk}/").content.decode()
    assert "data-edit=" not in page
    assert f"/people/{world.budi.pk}/edit/" not in page


def test_empty_facts_stand_folded_with_their_number(world: World, sign_in) -> None:
    assert re.search(
        r"\d+ empty fields", sign_in(world.bob).get(f"/people/{world.siti.pk}/").content.decode()
    )


def test_religion_is_hidden_from_service_on_the_page(world: World, sign_in) -> None:
    world.budi.change(by=world.ada, religion="islam")
    assert "Religion" not in sign_in(world.dewi).get(f"/people/{world.budi.pk}/").content.decode()
    assert "Religion" in sign_in(world.bob).get(f"/people/{world.budi.pk}/").content.decode()


def test_an_archived_record_says_so_and_offers_the_way_back(world: World, sign_in) -> None:
    world.budi.archive(by=world.bob)
    page = sign_in(world.bob).get(f"/people/{world.budi.pk}/").content.decode()
    assert "Archived" in page
    assert f"/people/{world.budi.pk}/do/unarchive/" in page


def test_a_merged_record_leads_to_where_it_went(world: World, sign_in) -> None:
    Party._default_manager.filter(pk=world.siti.pk).update(merged_into=world.budi)
    answer = sign_in(world.bob).get(f"/people/{world.siti.pk}/", follow=True)
    assert answer.redirect_chain == [(f"/people/{world.budi.pk}/", 302)]
    assert "“Siti Rahmawati” was merged into this record." in answer.content.decode()


def test_a_merged_record_can_still_be_looked_at(world: World, sign_in) -> None:
    Party._default_manager.filter(pk=world.siti.pk).update(merged_into=world.budi)
    page = sign_in(world.bob).get(f"/people/{world.siti.pk}/?merged=1").content.decode()
    assert "This record was merged." in page and f'href="/people/{world.budi.pk}/"' in page


def test_a_merged_record_leads_nowhere_that_is_not_open(world: World, sign_in) -> None:
    Party._default_manager.filter(pk=world.siti.pk).update(merged_into=world.joko)
    assert sign_in(world.bob).get(f"/people/{world.siti.pk}/").status_code == 200


def test_two_people_on_one_record_see_each_other(world: World, sign_in) -> None:
    sign_in(world.sari).post(f"/people/{world.budi.pk}/present/")
    page = sign_in(world.bob).post(f"/people/{world.budi.pk}/present/").content.decode()
    assert "Sari Lestari" in page
    assert "Bob Hutapea" not in page


def test_who_left_a_minute_ago_is_no_longer_shown(world: World) -> None:
    presence.seen(world.budi, by=world.sari)
    Presence.objects.update(seen_at=world.budi.created_at.replace(year=2020))
    assert presence.seen(world.budi, by=world.bob) == []


def test_a_page_that_is_behind_renews_its_facts(world: World, sign_in) -> None:
    world.budi.change(by=world.sari, city="Depok")
    page = sign_in(world.bob).post(f"/people/{world.budi.pk}/present/", {"version": "1"}).content.decode()
    assert "part=changed" in page


def test_every_panel_of_people_opens(world: World, sign_in) -> None:
    browser = sign_in(world.bob)
    page = browser.get(f"/people/{world.budi.pk}/").content.decode()
    panels = set(re.findall(rf"/people/{world.budi.pk}/panel/[\w-]+/", page))
    assert panels
    assert {browser.get(url).status_code for url in panels} == {200}


def test_deleting_can_be_undone_with_all_that_hung_on_it(world: World, sign_in) -> None:
    world.budi.change(by=world.bob, city="Depok")
    set_tags(world.budi, ["VIP"], by=world.bob)
    browser = sign_in(world.ada)
    answer = browser.post(f"/people/{world.budi.pk}/delete/", {"sure": "1", "stay": "1"}, headers=HTMX)
    assert answer.status_code == 204
    assert not Person._default_manager.filter(pk=world.budi.pk).exists()
    undo = re.search(r'"(/undo/[^"]+)"', answer["HX-Trigger"])
    assert undo
    browser.post(undo[1])
    back = Person._default_manager.get(pk=world.budi.pk)
    assert (back.name, back.city, back.household_id, back.owner_id) == (
        "Budi Santoso",
        "Depok",
        world.santosos.pk,
        world.bob.pk,
    )
    assert back.contact_points.count() == 2


def test_what_pointed_at_a_deleted_record_points_again_after_the_undo(world: World, sign_in) -> None:
    browser = sign_in(world.ada)
    answer = browser.post(
        f"/households/{world.santosos.pk}/delete/", {"sure": "1", "stay": "1"}, headers=HTMX
    )
    world.budi.refresh_from_db()
    assert world.budi.household_id is None
    browser.post(re.search(r'"(/undo/[^"]+)"', answer["HX-Trigger"])[1])
    world.budi.refresh_from_db()
    assert world.budi.household_id == world.santosos.pk


def test_a_seller_does_not_delete(world: World, sign_in) -> None:
    assert sign_in(world.bob).post(f"/people/{world.budi.pk}/delete/", {"sure": "1"}).status_code == 403
    assert Person._default_manager.filter(pk=world.budi.pk).exists()


def test_a_shared_record_opens_for_one_person(world: World, sign_in) -> None:
    Share.create(by=world.bob, user=world.citra, shared_by=world.bob, **about(world.budi))
    assert sign_in(world.citra).get(f"/people/{world.budi.pk}/").status_code == 200


def test_rows_of_another_noun_stand_in_a_box_with_a_way_to_add_one(
    world: World, sign_in, monkeypatch
) -> None:
    companies = registry.find("companies")
    box = Related(resource="people", via="company", label="Staff")
    monkeypatch.setitem(registry._resources, "companies", replace(companies, panels=(*companies.panels, box)))
    page = sign_in(world.citra).get(f"/companies/{world.maju.pk}/panel/people-company/").content.decode()
    assert "Joko Susilo" in page
    assert f"/people/new/?company={world.maju.pk}" in page


def test_what_others_still_need_is_kept_and_told(world: World, sign_in, monkeypatch) -> None:
    def refuse(record: Party) -> None:
        raise ProtectedError("in use", {world.maju})

    monkeypatch.setattr(deleting, "loss_of", refuse)
    answer = sign_in(world.ada).post(f"/people/{world.budi.pk}/delete/", {"sure": "1"}, headers=HTMX)
    assert answer.status_code == 409
    assert "still used by" in answer.content.decode()
