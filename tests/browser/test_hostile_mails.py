"""Mails that want to run or load something, in a real browser: no dialog, nothing asked of anybody else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import ROOT, Server, set_language
from tests.browser.test_calls import folder_of
from tests.channels.email.test_html import HOSTILE

SUBJECT = '<img src=x onerror=alert("s")> Polis & klaim'
LAY = """
import json, sys
import django
django.setup()
from relasi.channels import receiving
from relasi.channels.models import Account
from relasi.conversations.models import Message
account = Account.create(
    by=None, name="Musuh", channel="email", provider="mailbox", address="halo@relasi.example"
)
for number, html in enumerate(json.load(sys.stdin)):
    raw = (
        "From: =?utf-8?q?=3Cscript=3Ealert=281=29=3C/script=3E?= <orang%d@musuh.example>\\r\\n"
        "To: halo@relasi.example\\r\\nSubject: %s (%d)\\r\\nMessage-ID: <m%d@musuh.example>\\r\\n"
        "MIME-Version: 1.0\\r\\nContent-Type: text/html; charset=utf-8\\r\\n\\r\\n%s"
    ) % (number, sys.argv[1], number, number, html)
    intake = receiving.take_in(account, raw.encode(), external_id=f"m{number}")
    assert receiving.understand(intake.pk).state == "done", intake
rows = Message._default_manager.filter(conversation__account=account)
print(json.dumps(list(rows.values_list("pk", "conversation"))))
"""


@pytest.fixture(scope="module")
def received(server: Server, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[int, int]]:
    """(message, conversation) of each, as they came in by a mailbox."""
    environment = {
        **os.environ, "RELASI_DATA_DIR": str(folder_of(tmp_path_factory)),
        "DJANGO_SETTINGS_MODULE": "relasi.site.settings",
    }  # fmt: skip
    for name in ("RELASI_DATABASE_URL", "PYTEST_VERSION"):
        environment.pop(name, None)
    done = subprocess.run(
        [sys.executable, "-c", LAY, SUBJECT], cwd=ROOT, env=environment, check=True, timeout=120,
        input=json.dumps(HOSTILE), capture_output=True, text=True,
    )  # fmt: skip
    return [tuple(pair) for pair in json.loads(done.stdout.splitlines()[-1])]


@pytest.fixture(scope="module")
def reader(
    chromium: Browser, server: Server, signed_in: dict[str, object]
) -> Iterator[tuple[Page, list[str]]]:
    """A page that keeps every dialog and every address asked outside the server."""
    context = chromium.new_context(base_url=server.url, storage_state=signed_in)  # type: ignore[arg-type]
    page, found = context.new_page(), []
    here = urlsplit(server.url).netloc

    def asked(address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("data", "about", "blob") and parts.netloc != here:
            found.append(address)

    context.on("request", lambda request: asked(request.url))
    page.on("dialog", lambda dialog: (found.append(dialog.message), dialog.dismiss()))
    page.goto("/")
    set_language(context, page, "en")
    yield page, found
    context.close()


def test_hostile_mails_open_no_dialog_and_ask_nobody(
    received: list[tuple[int, int]], reader: tuple[Page, list[str]]
) -> None:
    page, found = reader
    assert len(received) == len(HOSTILE)
    for _message, talk in received:
        page.goto(f"/inbox/{talk}/")
        expect(page.locator("#thread .said").first).to_be_visible()
        page.wait_for_timeout(150)
    assert found == []


def test_a_letter_by_itself_runs_nothing_either(
    received: list[tuple[int, int]], reader: tuple[Page, list[str]]
) -> None:
    page, found = reader
    for message, _talk in received:
        page.goto(f"/messages/{message}/body/")
        assert page.evaluate("document.querySelectorAll('script, iframe, object, embed, form').length") == 0
    assert found == []
