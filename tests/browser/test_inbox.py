"""The inbox from end to end by keys, with two colleagues at one conversation."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import set_language
from tests.browser.pages import settled

PHONE = {"width": 390, "height": 844}


def opened(page: Page) -> Page:
    """The conversations of the demo company that are open."""
    page.goto("/")
    set_language(page.context, page, "en")
    page.goto("/inbox/?folder=open&channel=email")
    page.locator("[data-inbox][data-ready=yes]").wait_for()
    settled(page)
    return page


def test_a_conversation_is_worked_through_with_keys(page: Page) -> None:
    opened(page)
    page.keyboard.press("j")
    page.keyboard.press("o")
    expect(page.locator("#thread .said").first).to_be_visible()
    page.keyboard.press("n")
    note = page.locator(".answer-note .ProseMirror")
    expect(note).to_be_focused()
    note.press_sequentially("Call back on Monday")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".said-note").last).to_contain_text("Call back on Monday")
    page.locator("#talk-scroll").focus()
    page.keyboard.press("e")
    expect(page.locator(".toast").last).to_contain_text("Close")
    page.locator(".toast-undo").last.click()
    expect(page.locator(".inbox-line")).not_to_have_count(0)
    assert page.errors == []  # type: ignore[attr-defined]


def test_a_colleague_is_seen_writing_and_what_is_typed_stays(page: Page) -> None:
    opened(page)
    page.locator(".inbox-link").first.click()
    page.locator("[data-answer-note]").click()
    area = page.locator(".answer-note .ProseMirror")
    area.press_sequentially("I am just writing")
    number = page.locator("[data-talk]").get_attribute("data-talk")
    page.request.post(
        f"/api/v1/conversations/{number}/note/", data={"text": "From elsewhere"}, headers=_csrf(page)
    )
    expect(page.locator("#thread")).to_contain_text("From elsewhere", timeout=8000)
    expect(area).to_have_text("I am just writing")


def test_a_phone_goes_from_list_to_conversation_to_customer_and_back(page: Page) -> None:
    opened(page)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.reload()
    settled(page)
    page.locator(".inbox-link").first.click()
    expect(page.locator("#thread")).to_be_visible()
    expect(page.locator(".inbox-list")).to_be_hidden()
    page.get_by_role("button", name="The customer").click()
    expect(page.locator(".side-card-name")).to_be_visible()
    page.get_by_role("button", name="Back to the conversation").click()
    page.get_by_role("button", name="Back to the list").click()
    expect(page.locator(".inbox-list")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/inbox/\?"))


def _csrf(page: Page) -> dict[str, str]:
    token = next((c["value"] for c in page.context.cookies() if c["name"] == "csrftoken"), "")
    return {"X-CSRFToken": str(token)}
