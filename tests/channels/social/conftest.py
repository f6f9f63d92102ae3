"""A Graph API for pages on loopback, and accounts that use it."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from relasi.channels.graph import signed
from relasi.channels.hooks import hook_path, new_hook
from relasi.channels.interface import News
from relasi.channels.models import Account, Intake
from tests.channels.peer import Answer, Asked, Peer, peer, said

PAGE, INSTAGRAM, APP, TOKEN, SECRET = "1040001", "1784001", "9001", "page-token", "app-secret"
SITI = "7000700070007"
PHOTO = b"\xff\xd8 photo"


def graph_error(code: int, subcode: int = 0, status: int = 400) -> Answer:
    about = {"message": f"(#{code}) No.", "type": "OAuthException", "code": code}
    return said({"error": about | ({"error_subcode": subcode} if subcode else {})}, status)


def graph() -> Callable[[Asked], Answer]:
    numbers = itertools.count(1)

    def respond(asked: Asked) -> Answer:
        path = asked.path.split("/")[2:]
        if path == ["cdn", "photo.jpg"]:
            return Answer(200, PHOTO, {"Content-Type": "image/jpeg"})
        if asked.headers.get("Authorization") != f"Bearer {TOKEN}":
            return graph_error(190, status=401)
        match asked.method, path:
            case "POST", [page, "messages"] if page == PAGE:
                body = asked.json
                whole = body.get("messaging_type") in ("RESPONSE", "MESSAGE_TAG") and body["recipient"]["id"]
                is_one = len(set(body["message"]) & {"text", "attachment"}) == 1
                if not (whole and is_one):
                    return graph_error(100)
                return said({"recipient_id": body["recipient"]["id"], "message_id": f"m_{next(numbers)}"})
            case "POST", [page, "message_attachments"] if page == PAGE:
                is_whole = b'name="message"' in asked.body and b'name="filedata"; filename=' in asked.body
                return said({"attachment_id": "4242"}) if is_whole else graph_error(100)
            case "GET", [page, "subscribed_apps"] if page == PAGE:
                return said({"data": [{"id": APP, "subscribed_fields": ["messages", "message_reads"]}]})
            case "GET", [page] if page == PAGE:
                return said({"id": PAGE, "name": "PT Sahabat"})
            case "GET", [person] if person == SITI:
                return said({"first_name": "Siti", "last_name": "Rahmawati", "id": SITI})
            case "GET", ["debug_token"]:
                return said({"data": {"expires_at": 0}})
        return graph_error(100)

    return respond


@pytest.fixture
def meta() -> Iterator[Peer]:
    with peer(graph()) as standing:
        yield standing


@pytest.fixture(params=["messenger", "instagram"])
def account(request: Any, db: None, meta: Peer) -> Account:
    made = Account.create(
        by=None, name="PT Sahabat", channel=request.param, provider=request.param,
        settings={"page_id": PAGE, "instagram_id": INSTAGRAM, "app_id": APP, "base_url": meta.url},
        secrets={"access_token": TOKEN, "app_secret": SECRET, "verify_token": "a-made-up-word"},
    )  # fmt: skip
    new_hook(made)
    return made


def own_id(account: Account) -> str:
    return PAGE if account.channel == "messenger" else INSTAGRAM


def happened(account: Account, **event: Any) -> dict[str, Any]:
    """Siti did something."""
    whole = {
        "sender": {"id": SITI},
        "recipient": {"id": own_id(account)},
        "timestamp": 1749416383000,
        **event,
    }
    name = "page" if account.channel == "messenger" else "instagram"
    return {"object": name, "entry": [{"id": own_id(account), "time": 1, "messaging": [whole]}]}


def call(account: Account, data: Any, secret: str = SECRET) -> HttpResponse:
    content = json.dumps(data).encode()
    headers = {"X-Hub-Signature-256": signed(secret, content)}
    return Client().post(hook_path(account), content, content_type="application/json", headers=headers)


def read(account: Account, data: Any) -> list[News]:
    assert call(account, data).status_code == 200
    assert account.carrier.read
    return list(account.carrier.read(account, Intake.objects.filter(account=account).latest("id")))
