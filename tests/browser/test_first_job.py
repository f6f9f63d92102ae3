"""The first job, end to end: a company brings in its customers, and from then on knows each of them on one
page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Server, set_language, sign_in
from tests.browser.pages import settled
from tests.files_of_customers import google_contacts

LONG = 240_000  # milliseconds, for an import of 5,000 rows on a busy machine
ROWS = 5000


@pytest.fixture(scope="module")
def agent(chromium: Browser, server: Server) -> Iterator[Page]:
    """Somebody who signs in with a password and reads English."""
    context = chromium.new_context(
        base_url=server.url, locale="en-US", viewport={"width": 1440, "height": 900}
    )
    page = context.new_page()
    sign_in(page, server)
    set_language(context, page, "en")
    yield page
    context.close()


def test_the_first_job(agent: Page, tmp_path: Path) -> None:
    before = people_count(agent)
    run_url = imports_a_google_export(agent, tmp_path)
    mends_a_broken_row(agent, run_url)
    merges_two_and_takes_it_back(agent)
    name = finds_one_by_a_misspelt_name(agent)
    edits_in_place(agent, name)
    logs_a_call(agent)
    undoes_the_import(agent, run_url)
    assert people_count(agent) == before + 1, "only the customer who was changed since is kept"


def imports_a_google_export(page: Page, folder: Path) -> str:
    file = google_contacts(ROWS)
    path = folder / file.name
    path.write_text(file.text)
    page.goto("/people/import/")
    page.set_input_files("#import-file", path)
    expect(page.get_by_role("button", name="Try it")).to_be_visible(timeout=60_000)
    expect(page.locator("#main")).to_contain_text("Google")
    run_url = page.url
    page.get_by_role("button", name="Try it").click()
    start = page.get_by_role("button", name=f"Import {ROWS - file.broken:,} rows")
    expect(start).to_be_visible(timeout=LONG)
    start.click()
    expect(page.get_by_role("heading", name="Rows to mend")).to_be_visible(timeout=LONG)
    run = re.search(r"/import/(\d+)/", page.url)
    assert run, run_url
    counts = page.locator("#main").inner_text()
    assert str(file.broken) in counts and f"{file.customers:,}" in counts, counts[:400]
    return page.url


def mends_a_broken_row(page: Page, run_url: str) -> None:
    page.goto(run_url)
    form = page.locator("form.mend").first
    row = form.get_attribute("id")
    for field in form.locator("input[aria-invalid=true]").all():
        field.fill("")
    form.get_by_role("button", name="Save and take in").click()
    expect(page.locator(f"#{row}.mended")).to_contain_text(re.compile("created|updated"), timeout=30_000)


def merges_two_and_takes_it_back(page: Page) -> None:
    page.goto("/duplicates/")
    settled(page)
    names = page.locator(".party-sides thead a").all_inner_texts()
    stays = page.locator(".party-sides thead th", has=page.locator("input[name=stays]:checked"))
    winner = stays.locator("a").get_attribute("href")
    page.get_by_role("button", name="Merge").click()
    page.wait_for_load_state("networkidle")
    page.goto(str(winner))
    settled(page)
    page.get_by_role("button", name="Take back").first.click()
    page.locator("#dialog").get_by_role("button", name="Take back").click()
    expect(page.locator("#dialog").get_by_role("button", name="Take back")).to_be_hidden()
    found = [item["name"] for name in names for item in api(page, f"people/?q={name}&limit=50")["items"]]
    assert set(names) <= set(found)


def finds_one_by_a_misspelt_name(page: Page) -> str:
    """With Ctrl-K, from anywhere; returns the right name."""
    newest = api(page, "people/?filter=source is empty and email is not empty&sort=-created_at&limit=50")[
        "items"
    ]
    person = next(item for item in newest if len(item["name"]) > 12)
    name = str(person["name"])
    page.goto("/")
    page.keyboard.press("Control+k")
    page.keyboard.type(misspelt(name))
    hit = page.get_by_role("option", name=re.compile(re.escape(name))).first
    expect(hit).to_be_visible(timeout=20_000)
    hit.click()
    page.wait_for_url(re.compile(r"/people/\d+/"))
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    return name


def edits_in_place(page: Page, name: str) -> None:
    """In the list, as in a spreadsheet: Enter opens the cell, Enter saves it."""
    number = record_number(page)
    page.goto(f"/people/?filter=id %3D {number}")
    settled(page)
    cell = page.locator(f"tr[data-id='{number}'] td[data-field=city]")
    cell.click()
    page.keyboard.press("Enter")
    editor = cell.get_by_role("textbox")
    expect(editor).to_be_visible()
    editor.fill("Kota Salatiga")
    page.keyboard.press("Enter")
    expect(cell).to_contain_text("Kota Salatiga")
    assert api(page, f"people/{number}/")["city"] == "Kota Salatiga"
    page.goto(f"/people/{number}/")


def logs_a_call(page: Page) -> None:
    settled(page)
    page.get_by_role("tab", name="Log a call").click()
    page.get_by_role("button", name="Log call").wait_for()
    page.locator("form.composer [contenteditable=true]").click()
    page.keyboard.type("Asked about health insurance for the family")
    page.get_by_role("button", name="Log call").click()
    expect(page.locator(".timeline")).to_contain_text(
        "Asked about health insurance for the family", timeout=20_000
    )


def undoes_the_import(page: Page, run_url: str) -> None:
    page.goto(run_url)
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Undo the whole import").click()
    confirm = page.locator("#dialog").get_by_role("button").last
    if confirm.is_visible():
        confirm.click()
    expect(page.get_by_role("heading", name="Kept, because they were changed since")).to_be_visible(
        timeout=LONG
    )


def record_number(page: Page) -> int:
    found = re.search(r"/people/(\d+)/", page.url)
    assert found, page.url
    return int(found[1])


def misspelt(name: str) -> str:
    """Two letters of the longest word change places."""
    word = max(name.split(), key=len)
    at = len(word) // 2
    return name.replace(word, word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :])


def people_count(page: Page) -> int:
    """All of them, counted page by page."""
    total, after = 0, ""
    while True:
        answer = api(page, f"people/?limit=200&after={after}")
        total += len(answer["items"])
        if not (after := answer["next"] or ""):
            return total


def api(page: Page, path: str) -> dict[str, Any]:
    answer = page.request.get(f"/api/v1/{path}")
    assert answer.ok, f"{path}: {answer.status} {answer.text()[:200]}"
    data: dict[str, Any] = answer.json()
    return data
