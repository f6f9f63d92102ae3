"""A telephone rings in an exchange: within a second who calls stands on the screen, whatever page is open."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import ROOT, Server
from tests.channels.phone.pbx import SECRET, Pbx, pbx, settings_for

NUMBER = "+6281211119999"
LAY = """
import django, json, sys; django.setup()
from relasi.channels.models import Account
from relasi.conversations.models import Extension
from relasi.kit.access.models import User
from relasi.parties.models import Person
owner = User.objects.get(email=sys.argv[1])
account = Account.create(by=owner, name="Exchange", channel="phone", provider="asterisk_ami",
                         settings=json.loads(sys.argv[2]), secrets={"secret": sys.argv[3]})
Extension.create(by=owner, account=account, number="101", user=owner)
Person.create(by=owner, name="Rina Berdering", phone=sys.argv[4], owner=owner)
"""


@pytest.fixture(scope="module")
def exchange(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pbx]:
    """An exchange that the running product listens to; 101 is the owner's telephone."""
    import json
    import os

    environment = {
        **os.environ, "RELASI_DATA_DIR": str(folder_of(tmp_path_factory)),
        "DJANGO_SETTINGS_MODULE": "relasi.site.settings",
    }  # fmt: skip
    environment.pop("PYTEST_VERSION", None)
    with pbx() as made:
        given = [server.email, json.dumps(settings_for(made)), SECRET, NUMBER]
        subprocess.run([sys.executable, "-c", LAY, *given], cwd=ROOT, env=environment, check=True, timeout=60)
        assert made.has_listener(within=15), "nobody listens"
        yield made


def folder_of(factory: pytest.TempPathFactory) -> Path:
    """Where the server of these tests keeps its data."""
    return next(factory.getbasetemp().glob("company*"))


def tasks_of(factory: pytest.TempPathFactory) -> list[str]:
    database = next(folder_of(factory).glob("*.sqlite3"))
    with sqlite3.connect(database, timeout=10) as connection:
        rows = connection.execute("select subject from activities_activity where about_noun = 'phonecall'")
        return [subject for (subject,) in rows]


@pytest.fixture(autouse=True)
def nothing_left(context: BrowserContext, exchange: Pbx) -> None:
    """Cards that a test before left are put away."""
    page = context.new_page()
    page.goto("/tasks/")
    page.wait_for_selector("[data-calls]", state="attached")
    page.wait_for_timeout(1200)
    cards = page.locator(".call-card")
    while left := cards.count():
        cards.first.get_by_role("button", name=re.compile("Close|Tutup")).click()
        expect(cards).to_have_count(left - 1)
    page.close()


def test_who_calls_is_on_the_screen_within_a_second(page: Page, exchange: Pbx) -> None:
    page.goto("/tasks/")
    page.wait_for_selector("[data-calls]", state="attached")
    page.wait_for_timeout(1000)
    began = time.monotonic()
    call = exchange.rings("081211119999", "101")
    page.wait_for_selector(".call-card", timeout=5000)
    took = time.monotonic() - began
    expect(page.locator(".call-card .call-name")).to_have_text("Rina Berdering")
    assert took < 1.0, f"{took:.2f} s"
    exchange.hangs_up(call)
    expect(page.locator(".call-card")).to_have_count(0)
    assert page.errors == []  # type: ignore[attr-defined]


def test_a_missed_call_becomes_a_task(
    page: Page, exchange: Pbx, tmp_path_factory: pytest.TempPathFactory
) -> None:
    call = exchange.rings("081211119999", "101")
    time.sleep(0.5)
    exchange.hangs_up(call)
    until = time.monotonic() + 5
    while time.monotonic() < until and not tasks_of(tmp_path_factory):
        time.sleep(0.1)
    assert len(tasks_of(tmp_path_factory)) == 1


def test_a_talk_is_written_down_where_it_ended(page: Page, context: BrowserContext, exchange: Pbx) -> None:
    page.goto("/")
    began = time.time() - 60
    call = exchange.rings("081211119999", "101", at=began)
    exchange.answers(call, at=began + 5)
    expect(page.locator(".call-card.is-talking")).to_be_visible()
    exchange.hangs_up(call, at=began + 40)
    page.fill(".call-card textarea", "Wants to renew.")
    page.select_option(".call-card select", "solved")
    page.click(".call-card button[type=submit]")
    expect(page.locator(".call-card")).to_have_count(0)
    page.goto("/phone-calls/")
    expect(page.locator("table")).to_contain_text("0:35")


def test_a_click_on_a_number_calls(page: Page, exchange: Pbx) -> None:
    page.goto("/people/?q=Rina+Berdering")
    page.locator("a.person-name", has_text="Rina Berdering").first.click()
    page.locator("[data-call]").first.click()
    expect(page.locator(".call-card.is-talking")).to_be_visible(timeout=5000)
    assert exchange.asked("Originate")[-1]["Exten"] == "081211119999"
