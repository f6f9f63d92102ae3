"""A pasted block: every cell checked first, all or nothing, one undo."""

from __future__ import annotations

import json
from typing import Any

from relasi.kit.events.models import Event
from relasi.parties.models import Person
from tests.world import World


def paste(browser: Any, fields: list[str], people: list[Any], rows: list[list[str]]) -> Any:
    body = {"fields": fields, "ids": [str(person.pk) for person in people], "rows": rows}
    return browser.post("/people/paste/", json.dumps(body), content_type="application/json")


def test_a_block_lands_in_its_rows(world: World, sign_in: Any) -> None:
    answer = paste(
        sign_in(world.bob),
        ["phone", "city"],
        [world.budi, world.siti],
        [["0812 9999 0000", "Bogor"], ["", "Depok"]],
    )
    assert answer.status_code == 200 and "+62 812-9999-0000" in answer.content.decode()
    world.siti.refresh_from_db()
    assert (world.siti.phone, world.siti.city) == ("", "Depok")


def test_one_undo_takes_the_block_back(world: World, sign_in: Any) -> None:
    browser = sign_in(world.bob)
    answer = paste(browser, ["city"], [world.budi, world.siti], [["Bogor"], ["Depok"]])
    browser.post(json.loads(answer["HX-Trigger"])["toast"]["undo_url"])
    assert Person._default_manager.filter(city="Jakarta Selatan").count() == 2


def test_one_bad_cell_and_nothing_is_written(world: World, sign_in: Any) -> None:
    before = Event.objects.count()
    answer = paste(
        sign_in(world.bob),
        ["city", "birth_on"],
        [world.budi, world.siti],
        [["Bogor", "1980-01-01"], ["Depok", "never"]],
    )
    assert answer.status_code == 422 and "never" in answer.content.decode()
    assert Event.objects.count() == before


def test_what_the_record_itself_refuses_is_told_by_cell(world: World, sign_in: Any) -> None:
    before = Event.objects.count()
    answer = paste(
        sign_in(world.bob),
        ["email", "phone"],
        [world.budi, world.siti],
        [["x@y.example", "0812 7777 8888"], ["", "12"]],
    )
    assert answer.status_code == 422 and "too short" in answer.content.decode()
    assert Event.objects.count() == before


def test_a_row_of_another_is_refused_and_nothing_is_written(world: World, sign_in: Any) -> None:
    before = Event.objects.count()
    answer = paste(sign_in(world.bob), ["city"], [world.budi, world.joko], [["Bogor"], ["Depok"]])
    assert answer.status_code == 422
    assert Event.objects.count() == before


def test_a_column_that_may_not_be_written_is_refused(world: World, sign_in: Any) -> None:
    assert paste(sign_in(world.dewi), ["religion"], [world.budi], [["islam"]]).status_code == 403
    assert paste(sign_in(world.bob), ["version"], [world.budi], [["9"]]).status_code == 403


def test_what_is_no_block_is_refused(world: World, sign_in: Any) -> None:
    browser = sign_in(world.bob)
    for body in (
        "",
        "[]",
        '{"fields": ["city"], "ids": ["x"], "rows": [["a"]]}',
        '{"fields": [], "ids": [], "rows": []}',
    ):
        assert browser.post("/people/paste/", body, content_type="application/json").status_code == 422
