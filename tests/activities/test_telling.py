"""Notifications beyond the bell: by mail, on devices, as everybody chose."""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from zoneinfo import ZoneInfo

import http_ece
import pytest
import time_machine
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from relasi.activities import pushing, telling
from relasi.activities.jobs import send_letters
from relasi.activities.models import Letter, Notification, NotificationPreference, PushDevice, notify
from relasi.kit.access.models import User
from relasi.kit.jobs.worker import Worker
from tests.world import World

JAKARTA = ZoneInfo("Asia/Jakarta")


@pytest.fixture
def frozen(noon: datetime) -> Any:
    with time_machine.travel(noon, tick=False) as travelling, timezone.override(JAKARTA):
        yield travelling


def prefer(user: User, **facts: Any) -> NotificationPreference:
    made: NotificationPreference = NotificationPreference.objects.create(user=user, **facts)
    return made


def tell(user: User, key: str = "k", kind: str = "mention", text: str = "Budi Santoso") -> Notification:
    notify(users=[user], kind=kind, key=key, text=text, url="/people/1/", actor_name="Sari")
    Worker().run_until_empty()
    return Notification.objects.get(user=user, key=key)


def gathered() -> list[Any]:
    telling.gather(timezone.now())
    send_letters()
    return list(mail.outbox)


def test_who_chose_nothing_gets_no_mail(world: World) -> None:
    tell(world.bob)
    assert gathered() == []


def test_the_mail_of_the_day_holds_what_is_unread(world: World) -> None:
    prefer(world.bob, mail="daily")
    tell(world.bob, "a", text="Budi Santoso")
    tell(world.bob, "b", "reminder", text="Call Siti")
    (sent,) = gathered()
    assert (sent.to, sent.subject) == ([world.bob.email], "2 unread notifications")
    assert "Sari mentioned you\nBudi Santoso" in sent.body and "Call Siti" in sent.body


def test_one_mail_a_day_and_nothing_twice(world: World, frozen: Any) -> None:
    prefer(world.bob, mail="daily")
    tell(world.bob, "a")
    gathered()
    tell(world.bob, "b", text="Later")
    assert len(gathered()) == 1
    frozen.shift(timedelta(days=1))
    assert "Later" in gathered()[1].body
    assert "Budi" not in mail.outbox[1].body


def test_nothing_comes_before_the_readers_morning(world: World, frozen: Any) -> None:
    frozen.move_to(datetime(2026, 8, 13, 6, 30, tzinfo=JAKARTA))
    prefer(world.bob, mail="daily")
    tell(world.bob)
    assert gathered() == []
    world.bob.change(by=None, time_zone="Asia/Jayapura")
    assert len(gathered()) == 1


def test_what_was_read_is_not_mailed(world: World) -> None:
    prefer(world.bob, mail="daily")
    tell(world.bob)
    Notification.objects.update(seen_at=timezone.now())
    assert gathered() == []


def test_it_speaks_the_readers_language(world: World) -> None:
    world.bob.change(by=None, language="id")
    prefer(world.bob, mail="daily")
    tell(world.bob)
    assert gathered()[0].subject != "1 unread notification"


def test_mentions_come_at_once_where_that_is_wished(world: World) -> None:
    prefer(world.bob, mail="at_once")
    tell(world.bob, "a")
    tell(world.bob, "b", "reminder")
    assert [sent.subject for sent in mail.outbox] == ["Sari mentioned you: Budi Santoso"]
    assert [sent.subject for sent in gathered()[1:]] == ["1 unread notification"]


def test_told_again_it_is_mailed_once(world: World) -> None:
    prefer(world.bob, mail="at_once")
    tell(world.bob)
    telling.spread(key="k", user_ids=[world.bob.pk])
    tell(world.bob)
    assert len(mail.outbox) == 1


def test_a_kind_that_is_not_wished_is_not_mailed(world: World) -> None:
    prefer(world.bob, mail="daily", by_mail=["reminder"])
    tell(world.bob)
    assert gathered() == []


def test_a_kind_without_a_bell_is_not_counted_and_still_mailed(world: World, sign_in: Any) -> None:
    prefer(world.bob, mail="daily", in_app=["reminder"])
    tell(world.bob)
    assert Notification.objects.visible_to(world.bob).unseen().count() == 0
    assert "Budi Santoso" in sign_in(world.bob).get("/notifications/").content.decode()
    assert len(gathered()) == 1


def test_who_was_shut_out_gets_nothing(world: World) -> None:
    prefer(world.bob, mail="daily")
    tell(world.bob)
    world.bob.deactivate(by=world.ada)
    assert gathered() == []


def test_a_worker_killed_while_sending_sends_nothing_twice(world: World, frozen: Any) -> None:
    prefer(world.bob, mail="daily")
    tell(world.bob)
    telling.gather(timezone.now())
    Letter.objects.update(state="sending", changed_at=timezone.now())  # killed right here
    frozen.shift(timedelta(minutes=20))
    assert gathered() == []
    assert Letter.objects.get().state == "uncertain"


def test_one_click_ends_the_mails(world: World, client: Client) -> None:
    preference = prefer(world.bob, mail="daily")
    tell(world.bob)
    (sent,) = gathered()
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = re.search(r"<https?://[^/]+(/[^>]+)>", sent.extra_headers["List-Unsubscribe"])
    assert address
    assert client.get(address[1]).status_code == 200
    preference.refresh_from_db()
    assert preference.mail == "daily"  # looking stops nothing: mail scanners look
    client.post(address[1], {"List-Unsubscribe": "One-Click"})
    preference.refresh_from_db()
    assert preference.mail == "off"


def test_choices_are_made_on_the_page(world: World, sign_in: Any) -> None:
    browser = sign_in(world.bob)
    assert browser.get("/settings/notifications/").status_code == 200
    browser.post("/settings/notifications/", {"mail": "daily", "in_app": ["mention"], "by_push": ["x"]})
    kept = NotificationPreference.objects.get(user=world.bob)
    assert (kept.mail, kept.in_app, kept.by_mail, kept.by_push) == ("daily", ["mention"], [], [])


def test_the_bell_answers_nothing_while_nothing_changed(world: World, sign_in: Any) -> None:
    browser = sign_in(world.bob)
    assert browser.get("/notifications/bell/?shown=0").status_code == 204
    tell(world.bob)
    assert "bell-count" in browser.get("/notifications/bell/?shown=0").content.decode()


class Browser:
    """A browser's push service on loopback, and the keys of the browser."""

    def __init__(self) -> None:
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.auth, self.received, self.status = b"0123456789abcdef", [], 201
        browser = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                browser.received.append((dict(self.headers), body))
                self.send_response(browser.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_what: Any) -> None:
                """Quiet."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        ).start()
        self.endpoint = f"http://127.0.0.1:{self.server.server_port}/push/1"

    @property
    def given(self) -> dict[str, str]:
        point = self.private.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        return {"endpoint": self.endpoint, "p256dh": plain(point), "auth": plain(self.auth), "name": "Phone"}

    def read(self) -> dict[str, Any]:
        """The last message, opened with the browser's own keys."""
        _headers, body = self.received[-1]
        opened = http_ece.decrypt(body, private_key=self.private, auth_secret=self.auth, version="aes128gcm")
        found: dict[str, Any] = json.loads(opened)
        return found


def plain(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@pytest.fixture
def browser(settings: Any) -> Iterator[Browser]:
    settings.RELASI_LOCAL_MAIL = True
    made = Browser()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def device(world: World, browser: Browser, sign_in: Any) -> PushDevice:
    assert sign_in(world.bob).post("/settings/notifications/devices/", browser.given).status_code == 302
    return PushDevice.objects.get()


def test_a_device_shows_what_it_is_sent(world: World, browser: Browser, device: PushDevice) -> None:
    one = tell(world.bob)
    told = browser.read()
    assert (told["title"], told["body"], told["url"]) == (
        "Sari mentioned you", "Budi Santoso", f"/notifications/{one.pk}/",
    )  # fmt: skip
    headers = browser.received[0][0]
    assert headers["Content-Encoding"] == "aes128gcm"
    assert pushing.public_key() in headers["Authorization"]


def test_it_is_pushed_once(world: World, browser: Browser, device: PushDevice) -> None:
    tell(world.bob)
    telling.spread(key="k", user_ids=[world.bob.pk])
    assert len(browser.received) == 1


def test_a_kind_that_is_not_wished_is_not_pushed(world: World, browser: Browser, device: PushDevice) -> None:
    prefer(world.bob, by_push=["reminder"])
    tell(world.bob)
    assert browser.received == []


@pytest.mark.parametrize("status", [404, 410])
def test_a_device_that_is_gone_is_forgotten(
    world: World, browser: Browser, device: PushDevice, status: int
) -> None:
    browser.status = status
    tell(world.bob)
    assert not PushDevice.objects.exists()


def test_a_device_that_is_busy_is_kept(world: World, browser: Browser, device: PushDevice) -> None:
    browser.status = 503
    tell(world.bob)
    assert PushDevice.objects.exists()


def test_only_the_owner_removes_a_device(world: World, device: PushDevice, sign_in: Any) -> None:
    address = f"/settings/notifications/devices/{device.pk}/"
    assert sign_in(world.citra).post(address).status_code == 404
    sign_in(world.bob).post(address)
    assert not PushDevice.objects.exists()


def test_no_device_lies_in_a_private_network(
    world: World, browser: Browser, sign_in: Any, settings: Any
) -> None:
    settings.RELASI_LOCAL_MAIL = False
    for endpoint in (browser.endpoint, "https://127.0.0.1/push", "https://[::1]/", "ftp://example.com/"):
        given = {**browser.given, "endpoint": endpoint}
        assert sign_in(world.bob).post("/settings/notifications/devices/", given).status_code == 400
    assert not PushDevice.objects.exists()


def test_the_keys_are_sealed(world: World, device: PushDevice, browser: Browser) -> None:
    with connection.cursor() as cursor:
        for table in ("pushkey", "pushdevice"):
            cursor.execute(f"select secrets from activities_{table}")
            told = str(cursor.fetchall())
            assert "PRIVATE KEY" not in told and browser.given["auth"] not in told
