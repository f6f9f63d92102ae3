"""Every page: no error in the console; axe-core finds nothing, light or dark; nothing scrolls sideways on a
phone.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Server, set_language
from tests.browser.pages import OUTSIDE, PAGES, STATUS, address, prepare, settled

AXE = (Path(__file__).parent.parent.parent / "node_modules" / "axe-core" / "axe.min.js").read_text()
PHONE = {"width": 390, "height": 844}
WIDE = {"width": 1440, "height": 900}
NOTHING: dict[str, list[str]] = {"console": [], "light": [], "dark": [], "phone": []}


@pytest.fixture(scope="module")
def inside(chromium: Browser, server: Server, signed_in: dict[str, object]) -> Iterator[Page]:
    """A page that stays open from test to test, so that each address is opened once."""
    context = chromium.new_context(
        base_url=server.url, storage_state=signed_in, viewport=WIDE, reduced_motion="reduce"
    )  # type: ignore[arg-type]
    page = listening(context.new_page())
    page.goto("/")
    set_language(context, page, "en")
    yield page
    context.close()


@pytest.fixture(scope="module")
def outside(chromium: Browser, server: Server) -> Iterator[Page]:
    context = chromium.new_context(
        base_url=server.url, locale="en-US", viewport=WIDE, reduced_motion="reduce"
    )  # type: ignore[arg-type]
    yield listening(context.new_page())
    context.close()


@pytest.fixture(scope="module")
def prepared(inside: Page, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return prepare(inside, tmp_path_factory.mktemp("files"))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_sound(inside: Page, prepared: dict[str, str], name: str) -> None:
    assert looked_at(inside, address(inside, PAGES[name], prepared), STATUS.get(name, 200)) == NOTHING


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_page_before_the_door_is_sound(outside: Page, prepared: dict[str, str], name: str) -> None:
    assert looked_at(outside, address(outside, OUTSIDE[name], prepared), STATUS.get(name, 200)) == NOTHING


def looked_at(page: Page, url: str, status: int = 200) -> dict[str, list[str]]:
    """What is wrong with the page: in its console, to axe-core in both themes, and on a phone."""
    page.errors.clear()  # type: ignore[attr-defined]
    page.set_viewport_size(WIDE)
    answer = page.goto(url)
    assert answer and answer.status == status, f"{url}: {answer and answer.status}"
    settled(page)
    console = [said for said in page.errors if str(status) not in said or status == 200]  # type: ignore[attr-defined]
    page.evaluate(AXE)
    light = in_theme(page, "light")
    dark = in_theme(page, "dark")
    page.set_viewport_size(PHONE)
    return {"console": console, "light": light, "dark": dark, "phone": on_a_phone(page)}


def in_theme(page: Page, theme: str) -> list[str]:
    page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
    return axe(page, {"runOnly": ["color-contrast"]} if theme == "dark" else {})


def on_a_phone(page: Page) -> list[str]:
    """What axe-core finds in the narrow layout, and how far the page reaches over the edge."""
    page.wait_for_timeout(100)
    width = page.evaluate("document.documentElement.scrollWidth")
    found = axe(page, {"rules": {"color-contrast": {"enabled": False}}})
    return found if width <= PHONE["width"] else [f"{width} px wide", *found]


def axe(page: Page, options: dict[str, object]) -> list[str]:
    """What axe-core finds, a line each: rule, where, and why. The options say which of its rules."""
    found = page.evaluate("options => axe.run(document, options).then(found => found.violations)", options)
    return [
        f"{broken['id']}: {node['target']} {node['failureSummary'].splitlines()[1:2]}"
        for broken in found
        for node in broken["nodes"][:3]
    ]


def listening(page: Page) -> Page:
    """Every error in its console is kept in `page.errors`."""
    page.errors = []  # type: ignore[attr-defined]
    page.on("pageerror", lambda error: page.errors.append(str(error)))  # type: ignore[attr-defined]
    page.on(
        "console",
        lambda said: page.errors.append(said.text) if said.type == "error" else None,  # type: ignore[attr-defined]
    )
    return page
