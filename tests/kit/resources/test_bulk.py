"""Many rows at once: one batch, rights on every row, reasons for those left out, undo."""

from __future__ import annotations

import json
from typing import Any

import pytest

from relasi.kit.events.models import Event
from relasi.kit.jobs.worker import Worker
from relasi.kit.resources.models import Batch
from relasi.kit.resources.writing import set_tags
from relasi.parties.models import Party, Person
from tests.world import World


def post(browser: Any, **data: Any) -> Any:
    return browser.post("/people/bulk/", data)


def told(answer: Any) -> dict[str, Any]:
    return json.loads(answer["HX-Trigger"])["toast"]  # type: ignore[no-any-return]


def ids(*people: Party) -> str:
    return ",".join(str(person.pk) for person in people)


def test_a_field_is_set_on_the_chosen_rows(world: World, sign_in: Any) -> None:
    answer = post(
        sign_in(world.bob),
        what="set",
        **{"set-field": "source", "source": "Expo"},
        ids=ids(world.budi, world.siti),
    )
    assert "2 changed" in told(answer)["text"]
    assert Person._default_manager.filter(source="Expo").count() == 2


def test_one_undo_takes_all_back(world: World, sign_in: Any) -> None:
    browser = sign_in(world.bob)
    answer = post(
        browser, what="set", **{"set-field": "city", "city": "Bogor"}, ids=ids(world.budi, world.siti)
    )
    browser.post(told(answer)["undo_url"])
    assert not Person._default_manager.filter(city="Bogor").exists()


def test_rows_the_reader_may_not_change_are_left_out(world: World, sign_in: Any) -> None:
    answer = post(
        sign_in(world.bob),
        what="set",
        **{"set-field": "city", "city": "Bogor"},
        ids=ids(world.budi, world.joko),
    )
    assert "1 changed" in told(answer)["text"]
    world.joko.refresh_from_db()
    assert world.joko.city == "Surabaya"


def test_a_row_its_own_rules_refuse_is_skipped_with_the_reason(world: World, sign_in: Any) -> None:
    answer = post(
        sign_in(world.ada),
        what="set",
        **{"set-field": "birth_on", "birth_on": "2190-01-01"},
        ids=ids(world.budi),
    )
    assert "1 skipped" in told(answer)["text"] and "future" in told(answer)["text"]


def test_a_value_that_cannot_be_read_is_told_in_the_dialog(world: World, sign_in: Any) -> None:
    page = post(
        sign_in(world.ada),
        what="set",
        **{"set-field": "birth_on", "birth_on": "soonish"},
        ids=ids(world.budi),
    )
    assert page.status_code == 422 and "soonish" in page.content.decode()


def test_all_that_match_are_changed_and_no_others(world: World, sign_in: Any) -> None:
    post(
        sign_in(world.ada),
        what="set",
        **{"set-field": "source", "source": "Fair"},
        all="1",
        filter="city ~ Jakarta",
    )
    assert set(Person._default_manager.filter(source="Fair").values_list("name", flat=True)) == {
        "Budi Santoso",
        "Siti Rahmawati",
    }


def test_tags_are_added_beside_those_there_are(world: World, sign_in: Any) -> None:
    set_tags(world.budi, ["VIP"], by=world.ada)
    browser = sign_in(world.bob)
    post(browser, what="tag", tags="Golf, VIP", ids=ids(world.budi, world.siti))
    page = browser.get("/people/?columns=name,tags&filter=tags+=+golf").content.decode()
    assert page.count(">VIP<") == 2


def test_tags_are_taken_away(world: World, sign_in: Any) -> None:
    set_tags(world.budi, ["VIP", "Golf"], by=world.ada)
    answer = post(sign_in(world.bob), what="untag", tags="golf", ids=ids(world.budi, world.siti))
    assert "1 changed, 1 was so already" in told(answer)["text"]


def test_verbs_for_many_are_done_and_undone(world: World, sign_in: Any) -> None:
    browser = sign_in(world.bob)
    answer = post(browser, what="do:archive", ids=ids(world.budi, world.siti))
    assert Person._default_manager.filter(archived_at=None, owner=world.bob, kind="person").count() == 1
    browser.post(told(answer)["undo_url"])
    assert Person._default_manager.filter(archived_at=None, owner=world.bob, kind="person").count() == 3


def test_deleted_rows_come_back(world: World, sign_in: Any) -> None:
    browser = sign_in(world.ada)
    answer = post(browser, what="delete", ids=ids(world.rizky))
    assert not Party._default_manager.filter(pk=world.rizky.pk).exists()
    browser.post(told(answer)["undo_url"])
    assert Party._default_manager.filter(pk=world.rizky.pk).exists()


@pytest.mark.parametrize("who", ["mira", "dewi", "bob"])
def test_who_may_not_delete_deletes_nothing(world: World, sign_in: Any, who: str) -> None:
    assert post(sign_in(getattr(world, who)), what="delete", ids=ids(world.budi)).status_code == 403
    assert Party._default_manager.filter(pk=world.budi.pk).exists()


def test_a_reader_changes_nothing(world: World, sign_in: Any) -> None:
    before = Event.objects.exclude(noun="batch").count()
    post(sign_in(world.mira), what="set", **{"set-field": "city", "city": "Bogor"}, ids=ids(world.budi))
    assert Event.objects.exclude(noun="batch").count() == before


@pytest.mark.parametrize("what", ["", "set_password", "do:win", "do:remove"])
def test_an_act_nobody_offers_is_not_found(world: World, sign_in: Any, what: str) -> None:
    assert post(sign_in(world.ada), what=what, ids=ids(world.budi)).status_code == 404


def test_more_than_can_be_done_at_once_is_done_by_a_job(
    world: World, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = sign_in(world.ada)
    browser.get("/people/")
    monkeypatch.setattr("relasi.kit.resources.views.bulk.AT_ONCE", 2)
    page = post(browser, what="set", **{"set-field": "source", "source": "Fair"}, all="1", filter="")
    assert page.status_code == 200 and "hx-get" in page.content.decode()
    Worker().run_until_empty()
    batch = Batch._default_manager.latest("pk")
    assert batch.result["changed"] == 4 and batch.result["done"]
    done = browser.get(f"/people/bulk/{batch.token}/")
    browser.post(told(done)["undo_url"])
    assert not Person._default_manager.filter(source="Fair").exists()


def test_the_progress_of_another_is_not_shown(
    world: World, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = sign_in(world.bob)
    browser.get("/people/")
    monkeypatch.setattr("relasi.kit.resources.views.bulk.AT_ONCE", 1)
    post(browser, what="set", **{"set-field": "source", "source": "Fair"}, all="1", filter="")
    batch = Batch._default_manager.latest("pk")
    assert sign_in(world.sari).get(f"/people/bulk/{batch.token}/").status_code == 404
