"""Two browsers chat, one of them in the page of another site with a strict policy, while the server is killed
and started again: nothing is lost, nothing is doubled, the order is kept.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import ROOT, STARTS_WITHIN, Server, _answers, _free_port, _started, sign_in

SLOW = 30_000  # milliseconds, for what goes by the outbox or comes back after an outage
PAGE = """<!doctype html><html lang="en"><title>Toko</title><h1>Toko kami</h1><p>Semua ada.</p>
<script src="{home}/chat.js" data-key="{key}" data-lang="en" async></script>"""
FLOOD = [f"Message {number}" for number in range(1, 6)]


@dataclass
class Company:
    """`relasi run` in a folder of its own, which may be killed and started again on the same port."""

    folder: Path
    port: int = field(default_factory=_free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def run(self) -> Path:
        said = self.folder / "said.txt"
        environment = {
            **os.environ, "RELASI_DATA_DIR": str(self.folder), "PORT": str(self.port),
            "PYTHONUNBUFFERED": "1", "RELASI_PUBLIC_URL": self.url, "RELASI_LOG_LEVEL": "WARNING",
        }  # fmt: skip
        for name in ("RELASI_DATABASE_URL", "PYTEST_VERSION"):
            environment.pop(name, None)
        with said.open("a") as out:
            command = [sys.executable, "-m", "relasi.site.cli", "run"]
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT
            )
        return said

    def start(self) -> Server:
        said = self.run()
        assert self.process
        return _started(self.process, said, self.url)

    def kill(self) -> None:
        """Without a word of warning; it is gone when nobody answers any more."""
        assert self.process
        self.process.kill()
        self.process.wait(10)
        self._wait(is_up=False)

    def start_again(self) -> None:
        self.run()
        self._wait(is_up=True)

    def _wait(self, *, is_up: bool) -> None:
        until = time.monotonic() + STARTS_WITHIN
        while _answers(self.url) is not is_up:
            assert time.monotonic() < until
            time.sleep(0.2)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Company, Server]]:
    made = Company(tmp_path_factory.mktemp("chat"))
    server = made.start()
    yield made, server
    if made.process and made.process.poll() is None:
        made.process.send_signal(signal.SIGTERM)
        made.process.wait(30)


@pytest.fixture(scope="module")
def shop(company: tuple[Company, Server]) -> Iterator[ThreadingHTTPServer]:
    """Another site, whose policy allows scripts and connections of ours and nothing else."""
    home = company[1].url

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            policy = f"default-src 'none'; script-src {home}; connect-src {home}"
            self.send_header("Content-Security-Policy", f"{policy}; require-trusted-types-for 'script'")
            self.end_headers()
            self.wfile.write(PAGE.format(home=home, key=getattr(self.server, "key", "")).encode())

        def log_message(self, *_args: Any) -> None:
            pass

    site = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    yield site
    site.shutdown()


@pytest.fixture(scope="module")
def agent(
    chromium: Browser, company: tuple[Company, Server], shop: ThreadingHTTPServer
) -> Iterator[BrowserContext]:
    """The owner, signed in, who has set up a chat for the shop."""
    context = chromium.new_context(base_url=company[1].url, locale="en-US", reduced_motion="reduce")
    page = context.new_page()
    sign_in(page, company[1])
    shop.key = set_up(page, site_of(shop))  # type: ignore[attr-defined]
    page.close()
    yield context
    context.close()


def set_up(page: Page, site: str, **times: str) -> str:
    """A chat for a site, open on every day; the key in the line for its pages."""
    page.goto("/channels/add/chat_widget/")
    page.locator("[name=name]").fill("Chat of the shop")
    page.locator("[name=carrier-origins]").fill(site)
    for box in page.locator("[name=carrier-days]").all():
        box.uncheck()
    for name, time_of_day in times.items():
        page.locator(f"[name=carrier-{name}]").fill(time_of_day)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(re.compile(r"/channels/\d+/$"))
    panel = page.request.get(page.url + "panel/chat/").text()
    found = re.search(r"data-key=(?:&#34;|&quot;|\")([\w-]+)", panel)
    assert found, panel
    return found[1]


@pytest.fixture
def visitor(chromium: Browser, agent: BrowserContext, shop: ThreadingHTTPServer) -> Iterator[Page]:
    context = chromium.new_context(locale="en-US", reduced_motion="reduce")
    page = context.new_page()
    page.complaints = []  # type: ignore[attr-defined]
    page.on("pageerror", lambda error: page.complaints.append(str(error)))  # type: ignore[attr-defined]
    page.goto(site_of(shop))
    yield page
    context.close()


def site_of(shop: ThreadingHTTPServer) -> str:
    return f"http://localhost:{shop.server_port}"


def open_chat(page: Page) -> None:
    page.get_by_role("button", name="Open the chat").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def say(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Your message").fill(text)
    page.keyboard.press("Enter")


def begin(page: Page, text: str, name: str = "Rina") -> None:
    open_chat(page)
    page.get_by_role("textbox", name="Name").fill(name)
    email = page.get_by_role("textbox", name="E-mail")
    if email.count():
        email.fill("rina@example.com")
    say(page, text)
    expect(page.get_by_role("log").locator(".me .foot").last).to_contain_text("Sent", timeout=SLOW)


def told(page: Page) -> list[str]:
    """What the visitor sees, from the first to the last, without the greeting."""
    return page.get_by_role("log").locator(".line:has(.foot) .bubble").all_inner_texts()


def newest_talk(agent: BrowserContext) -> int:
    items = agent.request.get("/api/v1/conversations/?limit=1&sort=-id").json()["items"]
    return int(items[0]["id"])


def kept(agent: BrowserContext, talk: int) -> list[str]:
    """What the database holds of a talk, in order."""
    found = agent.request.get(f"/api/v1/messages/?filter=conversation %3D {talk}&sort=at&limit=100").json()
    return [item["text"] for item in found["items"]]


def answer(page: Page, text: str) -> None:
    page.locator("#answer-text").fill(text)
    page.locator("[data-answer-send]").click()
    expect(page.locator("#thread")).to_contain_text(text, timeout=SLOW)


def test_a_chat_goes_on_across_a_killed_server(
    visitor: Page, agent: BrowserContext, company: tuple[Company, Server]
) -> None:
    begin(visitor, "Halo")
    talk = newest_talk(agent)
    inbox = agent.new_page()
    inbox.goto(f"/inbox/{talk}/")
    expect(inbox.locator("#thread")).to_contain_text("Halo")
    answer(inbox, "Selamat pagi")
    expect(visitor.get_by_role("log")).to_contain_text("Selamat pagi", timeout=SLOW)

    answer(inbox, "Sebentar ya")
    company[0].kill()
    for text in FLOOD:
        say(visitor, text)
    expect(visitor.get_by_text("No connection.")).to_be_visible(timeout=SLOW)
    company[0].start_again()

    expect(visitor.get_by_text("No connection.")).to_be_hidden(timeout=SLOW)
    expect(visitor.get_by_role("log")).to_contain_text("Sebentar ya", timeout=SLOW)
    expect(visitor.get_by_role("log").locator(".me .foot").last).to_contain_text(
        re.compile("Sent|Seen"), timeout=SLOW
    )
    expect(inbox.locator("#thread")).to_contain_text(FLOOD[-1], timeout=SLOW)
    answer(inbox, "Saya kembali")
    expect(visitor.get_by_role("log")).to_contain_text("Saya kembali", timeout=SLOW)

    theirs = [text for text in told(visitor) if text in ("Halo", *FLOOD)]
    ours = [text for text in told(visitor) if text not in ("Halo", *FLOOD)]
    assert theirs == ["Halo", *FLOOD]
    assert ours == ["Selamat pagi", "Sebentar ya", "Saya kembali"]
    assert sorted(kept(agent, talk)) == sorted(["Halo", *FLOOD, *ours])
    assert [text for text in kept(agent, talk) if text in ("Halo", *FLOOD)] == ["Halo", *FLOOD]
    assert visitor.complaints == []  # type: ignore[attr-defined]

    visitor.reload()
    open_chat_again(visitor)
    assert sorted(told(visitor)) == sorted(["Halo", *FLOOD, *ours])
    inbox.close()


def open_chat_again(page: Page) -> None:
    page.get_by_role("button", name=re.compile("Open the chat")).click()
    expect(page.get_by_role("log").locator(".line").first).to_be_visible(timeout=SLOW)


def test_what_was_written_while_nobody_answered_is_sent_by_the_next_page(
    visitor: Page, agent: BrowserContext, company: tuple[Company, Server], shop: ThreadingHTTPServer
) -> None:
    begin(visitor, "First")
    talk = newest_talk(agent)
    company[0].kill()
    say(visitor, "Written into the dark")
    visitor.goto("about:blank")
    company[0].start_again()
    visitor.goto(site_of(shop))
    open_chat_again(visitor)
    expect(visitor.get_by_role("log").locator(".me .foot").last).to_contain_text("Sent", timeout=SLOW)
    assert kept(agent, talk) == ["First", "Written into the dark"]


def test_nothing_is_kept_in_the_browser_before_the_first_message(visitor: Page) -> None:
    open_chat(visitor)
    visitor.get_by_role("textbox", name="Name").fill("Rina")
    visitor.wait_for_timeout(300)
    assert visitor.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
    assert visitor.get_by_text("By sending a message you agree").is_visible()


def test_a_name_and_a_text_full_of_markup_run_nowhere(visitor: Page, agent: BrowserContext) -> None:
    markup = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    dialogs: list[str] = []
    for page in (visitor, inbox := agent.new_page()):
        page.on("dialog", lambda one: (dialogs.append(one.message), one.dismiss()))
    begin(visitor, markup, name=markup)
    inbox.goto(f"/inbox/{newest_talk(agent)}/")
    expect(inbox.locator("#thread")).to_contain_text("<script>alert(2)</script>")
    inbox.wait_for_timeout(300)
    assert dialogs == []
    assert told(visitor) == [markup]
    inbox.close()


def test_the_keyboard_stays_in_the_panel_and_leaves_it_with_escape(visitor: Page) -> None:
    open_chat(visitor)
    for _ in range(20):
        visitor.keyboard.press("Tab")
        inside = "document.querySelector('relasi-chat').shadowRoot.activeElement?.closest('.panel') !== null"
        assert visitor.evaluate(inside)
    visitor.keyboard.press("Escape")
    expect(visitor.get_by_role("dialog")).to_be_hidden()
    expect(visitor.get_by_role("button", name="Open the chat")).to_be_focused()


def test_it_fills_a_phone(visitor: Page) -> None:
    visitor.set_viewport_size({"width": 390, "height": 844})
    open_chat(visitor)
    box = visitor.get_by_role("dialog").bounding_box()
    assert box == {"x": 0, "y": 0, "width": 390, "height": 844}
    visitor.get_by_role("button", name="Send").click(trial=True)


def test_where_nobody_is_there_a_message_is_left_with_an_address(
    visitor: Page, agent: BrowserContext, shop: ThreadingHTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(ZoneInfo("Asia/Jakarta"))
    opens, closes = ("03:00", "03:01") if now.hour >= 12 else ("21:00", "21:01")
    page = agent.new_page()
    key = set_up(page, site_of(shop), opens_at=opens, closes_at=closes)
    page.close()
    monkeypatch.setattr(shop, "key", key)
    visitor.reload()
    open_chat(visitor)
    expect(visitor.get_by_text("Nobody is here right now")).to_be_visible()
    say(visitor, "Mohon hubungi saya")
    expect(visitor.get_by_role("alert")).to_contain_text("E-mail: Please fill this in.")
    visitor.get_by_role("textbox", name="E-mail").fill("rina@example.com")
    visitor.get_by_role("button", name="Send").click()
    expect(visitor.get_by_text("Thank you. We answer you")).to_be_visible(timeout=SLOW)
    assert kept(agent, newest_talk(agent)) == ["Mohon hubungi saya"]


def test_a_site_that_was_not_named_shows_no_chat(
    chromium: Browser, agent: BrowserContext, shop: ThreadingHTTPServer
) -> None:
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{shop.server_port}")
    page.wait_for_timeout(1500)
    assert page.locator("relasi-chat").count() == 0
    context.close()
