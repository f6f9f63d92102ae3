"""Saved views: private, of the team, of all; only who made one (or an owner) changes it."""

from __future__ import annotations

from typing import Any

import pytest

from relasi.kit.resources.models import SavedView
from tests.world import World


def save(browser: Any, name: str, scope: str = "private", **state: str) -> SavedView:
    browser.post("/people/views/new/", {"name": name, "scope": scope, "filter": "", **state})
    return SavedView._default_manager.latest("pk")


def test_a_view_keeps_filter_sort_columns_layout_and_group(world: World, sign_in: Any) -> None:
    view = save(
        sign_in(world.bob),
        "Clients",
        filter="rung = client",
        sort="-name,city",
        columns="name,city",
        layout="board",
        group="city",
    )
    assert (view.filter, view.sort, view.columns, view.layout, view.group_by) == (
        "rung = client",
        ["-name", "city"],
        ["name", "city"],
        "board",
        "city",
    )


def test_a_view_is_a_tab_that_shows_its_rows(world: World, sign_in: Any) -> None:
    browser = sign_in(world.bob)
    view = save(browser, "Clients", filter="rung = client")
    page = browser.get(f"/people/?view={view.pk}").content.decode()
    assert "Budi Santoso" in page and "Siti Rahmawati" not in page


@pytest.mark.parametrize(
    ("scope", "sees"), [("private", ["bob"]), ("team", ["bob"]), ("all", ["bob", "sari", "citra"])]
)
def test_who_sees_a_view(world: World, sign_in: Any, scope: str, sees: list[str]) -> None:
    save(sign_in(world.bob), "Mine own", scope)
    seen = [
        who
        for who in ("bob", "sari", "citra")
        if "Mine own" in sign_in(getattr(world, who)).get("/people/").content.decode()
    ]
    assert seen == sees


def test_a_shared_view_shows_each_reader_only_their_rows(world: World, sign_in: Any) -> None:
    view = save(sign_in(world.ada), "Everybody", "all", filter="city is not empty")
    page = sign_in(world.bob).get(f"/people/?view={view.pk}").content.decode()
    assert "Joko Susilo" not in page


@pytest.mark.parametrize("part", ["", "edit/", "delete/"])
def test_another_may_not_touch_it(world: World, sign_in: Any, part: str) -> None:
    view = save(sign_in(world.bob), "Shared", "all")
    answer = sign_in(world.sari).post(
        f"/people/views/{view.pk}/{part}", {"name": "Taken", "filter": "rung = client"}
    )
    assert answer.status_code == 403
    view.refresh_from_db()
    assert (view.name, view.filter) == ("Shared", "")


def test_a_private_view_of_another_is_not_there(world: World, sign_in: Any) -> None:
    view = save(sign_in(world.bob), "Secret")
    assert sign_in(world.sari).post(f"/people/views/{view.pk}/delete/").status_code == 404


def test_an_owner_of_the_installation_may(world: World, sign_in: Any) -> None:
    view = save(sign_in(world.bob), "Shared", "all")
    sign_in(world.ada).post(f"/people/views/{view.pk}/edit/", {"name": "Better", "scope": "all"})
    view.refresh_from_db()
    assert view.name == "Better"


def test_changes_are_kept_when_asked(world: World, sign_in: Any) -> None:
    browser = sign_in(world.bob)
    view = save(browser, "Clients", filter="rung = client")
    browser.post(f"/people/views/{view.pk}/", {"view": view.pk, "filter": "rung >= client", "sort": "city"})
    view.refresh_from_db()
    assert (view.filter, view.sort) == ("rung >= client", ["city"])


def test_a_view_that_cannot_be_read_is_not_kept(world: World, sign_in: Any) -> None:
    assert (
        sign_in(world.bob)
        .post("/people/views/new/", {"name": "X", "scope": "all", "filter": "rung ="})
        .status_code
        == 422
    )
    assert not SavedView._default_manager.filter(name="X").exists()


def test_a_view_without_a_name_is_asked_for_one(world: World, sign_in: Any) -> None:
    page = sign_in(world.bob).post("/people/views/new/", {"name": "  ", "scope": "all", "filter": "city = a"})
    assert page.status_code == 422 and "Give the view a name" in page.content.decode()


def test_tabs_stand_in_the_order_their_owner_gave(world: World, sign_in: Any) -> None:
    browser = sign_in(world.bob)
    first, second = save(browser, "Aaa"), save(browser, "Bbb")
    browser.post("/people/views/order/", {"id": [second.pk, first.pk]})
    page = browser.get("/people/").content.decode()
    assert page.index("Bbb") < page.index("Aaa")
