"""A real server with the small demo company, and a real Chromium that has signed in."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).parent.parent.parent
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
STARTS_WITHIN = 180  # seconds


@dataclass(frozen=True)
class Server:
    """Where it is and how its owner signs in."""

    url: str
    email: str
    password: str


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """`relasi run` as a company would start it, in a folder of its own."""
    folder, port = tmp_path_factory.mktemp("company"), _free_port()
    said = folder / "said.txt"
    environment = {
        **os.environ, "RELASI_DATA_DIR": str(folder), "PORT": str(port), "PYTHONUNBUFFERED": "1",
        "RELASI_PUBLIC_URL": f"http://127.0.0.1:{port}", "RELASI_LOG_LEVEL": "WARNING",
    }  # fmt: skip
    environment.pop("RELASI_DATABASE_URL", None)
    environment.pop("PYTEST_VERSION", None)
    with said.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "relasi.site.cli", "run"],
            cwd=ROOT,
            env=environment,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        yield _started(process, said, f"http://127.0.0.1:{port}")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("RELASI_CHROMIUM", "/usr/bin/chromium"), args=FLAGS
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def signed_in(server: Server, chromium: Browser) -> Iterator[dict[str, object]]:
    """The cookies of the owner, signed in once through the page."""
    context = chromium.new_context(locale="en-US")
    page = context.new_page()
    sign_in(page, server)
    yield context.storage_state()  # type: ignore[misc]
    context.close()


@pytest.fixture
def context(chromium: Browser, server: Server, signed_in: dict[str, object]) -> Iterator[BrowserContext]:
    context = chromium.new_context(
        base_url=server.url,
        storage_state=signed_in,
        viewport={"width": 1440, "height": 900},
        reduced_motion="reduce",
    )  # type: ignore[arg-type]
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A page that has signed in; every error in its console fails the test that asks `errors_of`."""
    page = context.new_page()
    page.errors = []  # type: ignore[attr-defined]
    page.on("pageerror", lambda error: page.errors.append(str(error)))  # type: ignore[attr-defined]
    page.on(
        "console",
        lambda said: page.errors.append(said.text) if said.type == "error" else None,  # type: ignore[attr-defined]
    )
    return page


def sign_in(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/accounts/login/")
    page.fill("input[name=login]", server.email)
    page.fill("input[name=password]", server.password)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{server.url}/")


def set_language(context: BrowserContext, page: Page, language: str) -> None:
    """Reads the product in another language, as a person chooses it in the menu."""
    page.request.post("/settings/language/", form={"language": language}, headers=_csrf(context))


def _csrf(context: BrowserContext) -> dict[str, str]:
    token = next((c["value"] for c in context.cookies() if c["name"] == "csrftoken"), "")
    return {"X-CSRFToken": str(token)}


def _started(process: subprocess.Popen[bytes], said: Path, url: str) -> Server:
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until:
        assert process.poll() is None, said.read_text()
        found = re.search(r"Sign in as\s+(\S+)\s+Password\s+(\S+)", said.read_text())
        if found and _answers(url):
            return Server(url, found[1], found[2])
        time.sleep(0.3)
    raise AssertionError(f"The server did not start: {said.read_text()}")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/offline/", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
