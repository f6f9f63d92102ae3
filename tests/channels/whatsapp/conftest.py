"""A Cloud API on loopback that refuses what Meta's would refuse, and an account that uses it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any

import pytest

from relasi.channels.hooks import new_hook
from relasi.channels.models import Account
from tests.channels.peer import Answer, Asked, Peer, peer, said

NUMBER, BUSINESS, TOKEN, SECRET = (
    "106540352242922",
    "102290129340398",
    "token-of-the-system-user",
    "app-secret",
)
PHOTO = b"\xff\xd8\xff" + b"photo" * 10


def graph_error(code: int, details: str = "Something", status: int = 400, **more: Any) -> Answer:
    error = {"message": f"(#{code}) {details}", "type": "OAuthException", "code": code, "fbtrace_id": "x"}
    return said(
        {"error": error | {"error_data": {"messaging_product": "whatsapp", "details": details}} | more},
        status,
    )


def cloud_api() -> Any:
    numbers = itertools.count(1)

    def respond(asked: Asked) -> Answer:
        if asked.headers.get("Authorization") != f"Bearer {TOKEN}":
            return graph_error(190, "Invalid OAuth access token", 401)
        match asked.method, asked.path.split("/")[2:]:
            case "POST", [number, "messages"] if number == NUMBER:
                return _message(asked.json, next(numbers), peer_of)
            case "POST", [number, "media"] if number == NUMBER:
                is_whole = b'name="messaging_product"' in asked.body and b"filename=" in asked.body
                return said({"id": "90210"}) if is_whole else graph_error(100, "messaging_product is missing")
            case "GET", [number] if number == NUMBER:
                return said({
                    "id": NUMBER, "display_phone_number": "+62 811-1000-200", "verified_name": "PT Sahabat",
                    "quality_rating": "GREEN", "status": "CONNECTED", "messaging_limit_tier": "TIER_1K",
                })  # fmt: skip
            case "GET", ["debug_token"]:
                return said({"data": {"is_valid": True, "expires_at": 0}})
            case "GET", [business, "subscribed_apps"] if business == BUSINESS:
                return said({"data": [{"whatsapp_business_api_data": {"id": "1", "name": "Relasi"}}]})
            case "GET", ["photo"]:
                return said({
                    "url": f"http://{asked.headers['Host']}/v25.0/files/photo.jpg", "mime_type": "image/jpeg",
                    "file_size": len(PHOTO), "id": "photo", "messaging_product": "whatsapp",
                })  # fmt: skip
            case "GET", ["files", "photo.jpg"]:
                return Answer(200, PHOTO, {"Content-Type": "image/jpeg"})
        return graph_error(100, "Unsupported request", 404)

    peer_of: dict[str, Any] = {}
    return respond


def _message(body: dict[str, Any], number: int, _state: dict[str, Any]) -> Answer:
    if body.get("messaging_product") != "whatsapp":
        return graph_error(100, "The parameter messaging_product is required")
    if body.get("status") == "read":
        return said({"success": True})
    kind, to = body.get("type"), body.get("to") or body.get("recipient")
    if not to or kind not in body:
        return graph_error(131008, "Required parameter is missing")
    if not re.fullmatch(r"\d{8,15}|[A-Z]{2}\.\w+", to):
        return graph_error(131009, "Parameter value is not valid: to")
    return said({
        "messaging_product": "whatsapp", "contacts": [{"input": to, "wa_id": to}],
        "messages": [{"id": f"wamid.{number}", "message_status": "accepted"}],
    })  # fmt: skip


@pytest.fixture
def meta() -> Iterator[Peer]:
    with peer(cloud_api()) as standing:
        yield standing


@pytest.fixture
def account(db: None, meta: Peer) -> Account:
    made = Account.create(
        by=None, name="PT Sahabat", channel="whatsapp", provider="whatsapp_cloud", address="+628111000200",
        settings={"phone_number_id": NUMBER, "business_id": BUSINESS, "base_url": meta.url},
        secrets={"access_token": TOKEN, "app_secret": SECRET, "verify_token": "a-made-up-word"},
    )  # fmt: skip
    new_hook(made)
    return made
