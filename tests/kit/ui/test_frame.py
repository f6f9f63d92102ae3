"""The frame around every page: menu, policy, attributes, icons."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.http import HttpResponse
from django.template import engines
from django.test import Client, RequestFactory

from relasi.kit.ui import menu
from relasi.kit.ui.context import frame, theme_of
from relasi.kit.ui.jinja import attrs, icon
from relasi.kit.ui.menu import MenuItem
from relasi.kit.ui.middleware import ContentSecurityPolicy

ADA = SimpleNamespace(sells=True)
EVE = SimpleNamespace(sells=False)


@pytest.fixture
def empty_menu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(menu, "_menu", [])
    monkeypatch.setattr(menu, "_create", [])


def item(label: str, url: str, **more: Any) -> MenuItem:
    return MenuItem(section=more.pop("section", "Sales"), label=label, icon="users", url=url, **more)


@pytest.mark.usefixtures("empty_menu")
def test_the_menu_hides_what_a_reader_may_not_use() -> None:
    menu.register(item("Deals", "/deals/", visible=lambda user: user.sells))
    assert menu.sections_for(EVE, path="/") == []
    assert menu.sections_for(ADA, path="/")[0].entries[0].label == "Deals"


@pytest.mark.usefixtures("empty_menu")
def test_the_most_exact_item_is_the_current_one() -> None:
    menu.register(item("Today", "/"))
    menu.register(item("People", "/people/"))
    menu.register(item("Board", "/people/board/"))
    entries = menu.sections_for(ADA, path="/people/board/7/")[0].entries
    assert [entry.label for entry in entries if entry.is_current] == ["Board"]


@pytest.mark.usefixtures("empty_menu")
def test_sections_stand_in_the_order_of_their_first_item() -> None:
    menu.register(item("Later", "/b/", section="Second", order=20))
    menu.register(item("Sooner", "/a/", section="First", order=10))
    assert [section.label for section in menu.sections_for(ADA, path="/")] == ["First", "Second"]


@pytest.mark.usefixtures("empty_menu")
def test_registering_twice_shows_once() -> None:
    menu.register(item("People", "/people/"))
    menu.register(item("People", "/people/"))
    assert len(menu.sections_for(ADA, path="/")[0].entries) == 1


@pytest.mark.usefixtures("empty_menu")
def test_a_count_is_asked_for_the_reader() -> None:
    menu.register(item("Duplicates", "/duplicates/", count=lambda user: 38 if user.sells else 0))
    assert menu.counts_for(ADA) == {menu.sections_for(ADA, path="/")[0].entries[0].count_id: 38}


@pytest.mark.usefixtures("empty_menu")
def test_what_the_reader_may_not_open_is_not_counted() -> None:
    menu.register(item("Secrets", "/secrets/", count=lambda _user: 7, visible=lambda _user: False))
    assert menu.counts_for(ADA) == {}


@pytest.mark.usefixtures("empty_menu")
def test_a_page_waits_for_no_count() -> None:
    counted: list[object] = []
    menu.register(item("People", "/people/", count=lambda user: counted.append(user) or 1))
    assert [section.label for section in frame(RequestFactory().get("/"))["menu"]] and counted == []


def test_the_policy_allows_nothing_inline() -> None:
    policy = answer(HttpResponse())["Content-Security-Policy"]
    assert "unsafe" not in policy
    for part in (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "object-src 'none'",
        "frame-ancestors 'none'",
    ):
        assert part in policy


def test_a_stricter_policy_is_left_alone() -> None:
    response = answer(HttpResponse(headers={"Content-Security-Policy": "sandbox"}))
    assert response["Content-Security-Policy"] == "sandbox"


def answer(response: HttpResponse) -> HttpResponse:
    return ContentSecurityPolicy(lambda _request: response)(RequestFactory().get("/"))  # type: ignore[return-value]


def test_the_browsers_cookie_decides_the_theme() -> None:
    request = RequestFactory().get("/", headers={"Cookie": "theme=dark"})
    assert theme_of(request) == "dark"


def test_an_unknown_theme_is_the_systems() -> None:
    request = RequestFactory().get("/", headers={"Cookie": "theme=<script>"})
    assert theme_of(request) == "system"


def test_keywords_become_attributes() -> None:
    assert attrs({"hx_get": "/x/", "disabled": True, "title": None}) == ' hx-get="/x/" disabled'


def test_attribute_values_are_escaped() -> None:
    assert attrs({"title": '"><script>'}) == ' title="&#34;&gt;&lt;script&gt;"'


def test_odd_names_come_by_a_mapping() -> None:
    assert attrs({"attrs": {"hx-target:inherited": "#x"}}) == ' hx-target:inherited="#x"'


def test_an_icon_is_silent_and_escaped() -> None:
    drawn = icon('x" onload="1')
    assert 'aria-hidden="true"' in drawn
    assert 'onload="' not in drawn


def test_the_hidden_input_is_written_both_ways() -> None:
    template = engines["jinja2"].from_string("{{ csrf_input }}{{ csrf_input(request) }}")
    html = template.render({}, RequestFactory().get("/"))
    assert html.count('type="hidden"') == 2


@pytest.mark.parametrize("name", ["400.html", "403.html", "403_csrf.html", "404.html", "500.html"])
def test_error_pages_need_no_request(name: str) -> None:
    assert "<h1" in engines["jinja2"].get_template(name).render({})


def test_a_phone_finds_pictures_to_install_the_page_with(client: Client, db: None) -> None:
    icons = client.get("/manifest.webmanifest").json()["icons"]
    drawn = {(one["sizes"], one["purpose"]) for one in icons if one["type"] == "image/png"}
    assert drawn == {(size, use) for size in ("192x192", "512x512") for use in ("any", "maskable")}
    for one in icons:
        assert client.get(one["src"]).status_code == 200
