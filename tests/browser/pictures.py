"""`make pictures`: what the pages look like, two sizes, two themes, two languages, into pictures/ (git
ignores it).
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Server, set_language
from tests.browser.pages import PAGES, address, prepare, settled

FOLDER = Path(__file__).parent.parent.parent / "pictures"
SIZES = {"wide": (1440, 900), "phone": (390, 844)}
NAMES = (
    "today", "people", "person", "board", "calendar", "import", "import-map", "import-trial", "import-result",
    "duplicates", "compare", "audit", "companies", "company", "tasks", "ladder", "roles", "role", "settings",
    "security", "users", "person-new", "people-archived-none", "leads", "lead", "lead-queue",
    "lead-rehearsal", "natural-market", "public-form", "deals", "deals-board", "deal", "deal-new",
    "forecast", "quotes", "quote", "orders", "order", "offers", "cost-per-sale", "web-form", "products",
    "product", "price-book", "stock",
)  # fmt: skip


@pytest.fixture(scope="module")
def prepared(
    chromium: Browser,
    server: Server,
    signed_in: dict[str, object],
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, str]:
    context = chromium.new_context(base_url=server.url, storage_state=signed_in)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto("/")
    set_language(context, page, "en")
    found = prepare(page, tmp_path_factory.mktemp("files"))
    context.close()
    return found


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_take_pictures(
    chromium: Browser,
    server: Server,
    signed_in: dict[str, object],
    prepared: dict[str, str],
    size: str,
    theme: str,
    language: str,
) -> None:
    width, height = SIZES[size]
    context = chromium.new_context(
        base_url=server.url,
        storage_state=signed_in,
        viewport={"width": width, "height": height},
        reduced_motion="reduce",
    )  # type: ignore[arg-type]
    context.add_cookies([{"name": "theme", "value": theme, "url": server.url}])
    page = context.new_page()
    page.goto("/")
    set_language(context, page, language)
    for name in NAMES:
        page.goto(address(page, PAGES[name], prepared))
        settled(page)
        _take(page, f"{name}-{size}-{theme}-{language}")
    _palette(page, f"palette-{size}-{theme}-{language}")
    _peek(page, f"peek-{size}-{theme}-{language}")
    context.close()


def _palette(page: Page, name: str) -> None:
    page.goto("/people/")
    settled(page)
    page.keyboard.press("Control+k")
    page.keyboard.type("san")
    settled(page)
    _take(page, name)


def _peek(page: Page, name: str) -> None:
    page.goto("/people/")
    settled(page)
    page.keyboard.press("j")
    page.keyboard.press("Space")
    settled(page)
    _take(page, name)


def _take(page: Page, name: str) -> None:
    FOLDER.mkdir(exist_ok=True)
    page.screenshot(path=FOLDER / f"{name}.png")
