"""Hostile HTML in everything that can be written: a real browser shows it as text, runs and builds nothing.

The policy of the pages would stop a script even where one got in; so the element itself is looked for too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Server, _csrf, set_language
from tests.browser.pages import SLOW, settled

EVIL = "\"'><img src=x data-pwned onerror=alert(1)>"
SCRIPT = "</script></textarea></title><script data-pwned>alert(2)</script><svg data-pwned onload=alert(3)>"
LINK = '<a href="javascript:alert(4)" data-pwned onclick=alert(5)>x</a>'
PLANTED = "[data-pwned], img[src='x'], a[href^='javascript' i], [onerror], [onload], [onclick]"


@pytest.fixture(scope="module")
def inside(chromium: Browser, server: Server, signed_in: dict[str, object]) -> Iterator[Page]:
    context = chromium.new_context(
        base_url=server.url, storage_state=signed_in, viewport={"width": 1440, "height": 900}
    )  # type: ignore[arg-type]
    page = context.new_page()
    page.dialogs = []  # type: ignore[attr-defined]
    page.on("dialog", lambda dialog: (page.dialogs.append(dialog.message), dialog.dismiss()))  # type: ignore[attr-defined]
    page.goto("/")
    set_language(context, page, "en")
    yield page
    context.close()


@pytest.fixture(scope="module")
def planted(inside: Page, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Something hostile in every place where text can be put; the numbers of what was made."""
    person = _made(
        inside, "people", name=f"Evil {EVIL}", city=EVIL, nickname=EVIL, job_title=EVIL, about=SCRIPT,
        source=EVIL, hobbies=EVIL,
        greeting=EVIL, salutation=EVIL[:30], tags=[f"t {EVIL}"[:60]],
        birth_on=_today(inside),
    )  # fmt: skip
    _made(inside, "people", name=f"Evil {EVIL}", about=LINK)
    company = _made(inside, "companies", name=f"PT {EVIL}", city=EVIL)
    task = _made(
        inside, "tasks", subject=f"Task {EVIL}", body=SCRIPT + LINK, party=person, due_at=_now(inside)
    )
    note = _made(inside, "notes", subject=EVIL, body=f"<p>{EVIL}{SCRIPT}{LINK}</p>", party=person)
    _posted(inside, f"/people/{person}/comments/", body=f"<p>{EVIL}{SCRIPT}{LINK}</p>")
    _posted(inside, f"/people/{person}/comments/", body=EVIL + SCRIPT)
    _posted(inside, "/settings/fields/party/new/", label=EVIL, kind="text", key="evil")
    _posted(inside, "/people/views/new/", name=EVIL, scope="all", filter=f"city = {json.dumps(EVIL)}")
    _posted(inside, "/settings/tags/new/", name=EVIL[:60], colour="red")
    _posted(inside, "/settings/teams/new/", name=EVIL)
    _posted(inside, "/settings/roles/new/", name=EVIL)
    inside.request.post(
        f"/people/{person}/attachments/",
        headers=_csrf(inside.context),
        multipart={"file": {"name": f"{EVIL}.html", "mimeType": "text/html", "buffer": SCRIPT.encode()}},
    )
    return {
        "person": str(person), "company": str(company), "task": str(task), "note": str(note),
        "import": _imported(inside, tmp_path_factory.mktemp("files")),
    }  # fmt: skip


PAGES = (
    "/", "/people/?sort=-id", "/people/?q=Evil", "/people/?layout=board", "/people/?layout=calendar",
    "/people/?layout=chart&by=city", "/people/?group=city", "/people/{person}/",
    "/people/{person}/?tab=comments",
    "/people/{person}/?tab=files", "/people/{person}/?tab=history", "/people/{person}/edit/",
    "/people/{person}/history/", "/people/{person}/share/", "/people/{person}/why/",
    "/people/new/",
    "/companies/?sort=-id", "/companies/{company}/", "/tasks/?sort=-id", "/tasks/{task}/", "/notes/{note}/",
    "/notes/?sort=-id", "/activities/?sort=-id", "/calendar/", "/search/?q=Evil", "/duplicates/",
    "/notifications/",
    "/settings/audit/", "/settings/tags/", "/settings/fields/party/",
    "/settings/teams/", "/settings/roles/",
    "/people/import/", "{import}", "{import}?map=1", "/people/export/", "/settings/jobs/?show=done",
    "/ladder/",
    "/people/?filter=city = \"<img src=x data-pwned onerror=alert(1)>\"",
    "/people/?filter=<img src=x data-pwned onerror=alert(1)>",
    "/people/?q=<img src=x data-pwned onerror=alert(1)>",
    "/search/?q=<img src=x data-pwned onerror=alert(1)>",
    "/settings/audit/?actor=<img src=x data-pwned>&record=<img src=x data-pwned>",
    "/people/{person}/?tab=<img src=x data-pwned onerror=alert(1)>",
    "/calendar/?who=<img src=x data-pwned>&date=<img src=x data-pwned onerror=alert(1)>",
    "/accounts/login/?next=javascript:alert(1)",
)  # fmt: skip


@pytest.mark.parametrize("pattern", PAGES)
def test_hostile_text_is_only_text(inside: Page, planted: dict[str, str], pattern: str) -> None:
    inside.goto(pattern.format(**planted))
    settled(inside)
    assert (_built(inside), inside.dialogs) == (0, [])  # type: ignore[attr-defined]


def test_hostile_text_is_only_text_in_what_is_fetched(inside: Page, planted: dict[str, str]) -> None:
    """The peek, the palette, a cell's editor and the toast after it."""
    person = planted["person"]
    inside.goto(f"/people/{person}/")
    settled(inside)
    inside.keyboard.press("Control+k")
    inside.keyboard.type("Evil")
    settled(inside)
    assert _built(inside) == 0
    inside.goto("/people/?sort=-id")
    inside.evaluate(
        """detail => document.dispatchEvent(new CustomEvent("toast", {detail}))""", {"text": EVIL + SCRIPT}
    )
    inside.locator("[data-peek]").first.click()
    settled(inside)
    assert (_built(inside), inside.dialogs) == (0, [])  # type: ignore[attr-defined]


def _built(page: Page) -> int:
    return page.locator(PLANTED).count()


def _made(page: Page, noun: str, **values: Any) -> int:
    answer = page.request.post(f"/api/v1/{noun}/", data=values, headers=_csrf(page.context))
    assert answer.status == 201, answer.text()
    return int(answer.json()["id"])


def _posted(page: Page, url: str, **values: str) -> None:
    answer = page.request.post(url, form=values, headers={**_csrf(page.context), "HX-Request": "true"})
    assert answer.status < 400, f"{url}: {answer.status} {answer.text()[:500]}"


def _imported(page: Page, folder: Path) -> str:
    """A file whose name, headings and cells are hostile, tried."""
    file = folder / "evil'<img src=x onerror=alert(1)>.csv"
    quoted = EVIL.replace('"', '""')
    file.write_text(f'Nama,No HP,"{quoted}"\n"Evil {quoted}",12,"{quoted}"\n"{quoted}",0812555,x\n')
    page.goto("/people/import/")
    page.set_input_files("#import-file", file)
    trial = page.get_by_role("button", name="Try it")
    expect(trial).to_be_visible(timeout=SLOW)
    assert _built(page) == 0
    trial.click()
    page.wait_for_timeout(3000)
    return page.url.partition("?")[0]


def _today(page: Page) -> str:
    return str(page.evaluate("new Date().toISOString().slice(0, 10)"))


def _now(page: Page) -> str:
    return str(page.evaluate("new Date().toISOString()"))
