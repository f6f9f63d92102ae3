"""A visitor with a telephone in Makassar books a time of the owner, with and without scripts."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Server

AXE = (Path(__file__).parent.parent.parent / "node_modules" / "axe-core" / "axe.min.js").read_text()
LONGEST_TYPED = 2.2  # seconds: faster is a robot


@pytest.fixture
def address(page: Page, server: Server) -> str:
    """The owner's own page, made with a click."""
    page.goto("/my-booking/")
    if page.get_by_role("button", name="Make my booking page").count():
        page.get_by_role("button", name="Make my booking page").click()
    found = page.locator(".lead-address a").get_attribute("href") or ""
    assert found.startswith(server.url)
    return found


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def visitor(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, timezone_id="Asia/Makassar", bypass_csp=True,
        java_script_enabled=request.param,
    )  # fmt: skip
    page = context.new_page()
    page.has_scripts = request.param  # type: ignore[attr-defined]
    yield page
    assert context.cookies() == []
    context.close()


def flaws(page: Any) -> list[str]:
    """What axe-core finds, where scripts run."""
    if not page.has_scripts:
        return []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.evaluate(AXE)
    found = page.evaluate("axe.run()")
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found["violations"]]


def test_a_visitor_books_a_time_and_calls_it_off(visitor: Any, address: str) -> None:
    visitor.goto(address)
    if visitor.has_scripts:
        visitor.wait_for_url("**zone=Asia%2FMakassar")
    expect(visitor.locator("select[name=zone]")).to_have_value(
        "Asia/Makassar" if visitor.has_scripts else "Asia/Jakarta"
    )
    assert flaws(visitor) == []
    visitor.locator(".booking-times a").first.click()
    assert flaws(visitor) == []
    visitor.fill("input[name=name]", "Rani Maharani")
    visitor.fill("input[name=email]", "rani@contoh.example")
    time.sleep(LONGEST_TYPED)
    visitor.locator(".public-form button[type=submit]").click()
    visitor.wait_for_url("**/booked/**")
    assert flaws(visitor) == []
    visitor.locator(".booking-cancel button").click()
    expect(visitor.locator(".booking-cancel")).to_have_count(0)
