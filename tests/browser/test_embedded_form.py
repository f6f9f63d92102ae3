"""A form in the page of another site, whose policy allows nothing inline: shown, sized, filled, sent."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Server

PAGE = """<!doctype html><title>Toko</title><h1>Toko kami</h1>
<script src="{home}/static/sales/embed.js" data-form="{home}/f/form/konsultasi/" async></script>"""


@pytest.fixture
def shop(server: Server) -> Iterator[str]:
    """Another site, on another origin, that allows our address as script and frame and nothing else."""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            policy = f"default-src 'none'; script-src {server.url}; frame-src {server.url}"
            self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(PAGE.format(home=server.url).encode())

        def log_message(self, *_args: Any) -> None:
            pass

    site = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    yield f"http://localhost:{site.server_port}"
    site.shutdown()


@pytest.fixture
def allowed(chromium: Browser, server: Server, signed_in: dict[str, object], shop: str) -> str:
    """The company names the shop as a site that may embed the form."""
    context = chromium.new_context(base_url=server.url, storage_state=signed_in)  # type: ignore[arg-type]
    found = context.request.get("/api/v1/web-forms/?filter=slug = konsultasi").json()["items"][0]
    page = context.new_page()
    page.goto("/")
    code = page.evaluate(
        """async ([pk, origins]) => (await fetch(`/api/v1/web-forms/${pk}/`, {
            method: "PATCH",
            headers: {
                "Content-Type": "application/json",
                "X-CSRFToken": document.querySelector("meta[name=csrf-token]").content,
            },
            body: JSON.stringify({ origins }),
        })).status""",
        [found["id"], shop],
    )
    assert code == 200
    context.close()
    return shop


def test_a_form_works_in_the_page_of_another_site(chromium: Browser, server: Server, allowed: str) -> None:
    context = chromium.new_context()
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda told: complaints.append(told.text) if told.type == "error" else None)
    page.goto(f"{allowed}/?utm_source=toko&utm_campaign=lebaran")
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("heading", name="Konsultasi gratis")).to_be_visible()
    page.wait_for_function("Number(document.querySelector('iframe').height) > 600")
    frame.get_by_label("Nama Anda").fill("Pembeli Toko")
    frame.get_by_label("Telepon atau WhatsApp").fill("0812 7300 4455")
    frame.get_by_label("Tentang apa?").select_option("Kesehatan")
    frame.get_by_label("Saya setuju").check()
    page.wait_for_timeout(2500)
    frame.get_by_role("button", name="Kirim").click()
    expect(frame.get_by_role("heading", name="Terima kasih")).to_be_visible()
    assert complaints == []
    assert [cookie["name"] for cookie in context.cookies()] == []
    context.close()


def test_a_site_that_was_not_named_shows_nothing(chromium: Browser, server: Server, shop: str) -> None:
    context = chromium.new_context()
    page = context.new_page()
    page.goto(shop.replace("localhost", "127.0.0.1"))
    page.wait_for_selector("iframe")
    page.wait_for_timeout(1500)
    assert page.frame_locator("iframe").get_by_role("heading", name="Konsultasi gratis").count() == 0
    context.close()
