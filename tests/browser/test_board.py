"""A card is carried to another lane; what the board asks for is asked in place."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import set_language
from tests.browser.pages import settled

BOARD = "/visits/?layout=board"


def test_a_carried_card_waits_until_the_board_was_answered(page: Page) -> None:
    page.goto(BOARD)
    set_language(page.context, page, "en")
    page.goto(BOARD)
    settled(page)
    card = page.locator("[data-lane=''] [data-id]").first
    number = card.get_attribute("data-id")
    card.focus()
    page.keyboard.press("Shift+ArrowRight")

    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Result")).to_be_focused()
    expect(page.locator(f"[data-lane=''] [data-id='{number}']")).to_have_count(1)
    page.keyboard.press("Escape")
    settled(page)
    expect(page.locator(f"[data-lane=''] [data-id='{number}']")).to_have_count(1)

    page.locator(f"[data-id='{number}']").focus()
    page.keyboard.press("Shift+ArrowRight")
    dialog.get_by_label("Result").fill("Two rooms measured")
    dialog.get_by_role("button", name="Move").click()
    expect(page.locator(f"[data-lane=''] [data-id='{number}']")).to_have_count(0)
    assert page.request.get(f"/api/v1/visits/{number}/").json()["result"] == "Two rooms measured"
