"""What is pasted into a note keeps its structure, and the page nothing to complain of."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.pages import address, settled

PASTED = """<style>p { color: red }</style><b style="font-weight:normal" id="docs"><p style="color: red">Two
<strong>rooms</strong></p><ul><li style='margin: 0'>AC</li></ul></b>"""
PASTE = """(element, html) => {
  const data = new DataTransfer()
  data.setData("text/html", html)
  element.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }))
}"""


def test_pasted_text_comes_without_its_styles(page: Page) -> None:
    page.goto(address(page, "/people/{people}/"))
    settled(page)
    text = page.locator(".ProseMirror").first
    text.click()
    text.evaluate(PASTE, PASTED)
    expect(text.locator("li")).to_have_text("AC")
    assert text.locator("strong").all_inner_texts() == ["rooms"]
    assert page.errors == []  # type: ignore[attr-defined]
