"""Calls as Meta makes them."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse
from django.test import Client

from relasi.channels.graph import signed
from relasi.channels.hooks import hook_path
from relasi.channels.interface import News
from relasi.channels.models import Account, Intake
from tests.channels.whatsapp.conftest import BUSINESS, NUMBER, SECRET

SITI = {"profile": {"name": "Siti R"}, "wa_id": "6281211113333"}


def change(value: dict[str, Any], field: str = "messages", number: str = NUMBER) -> dict[str, Any]:
    about = {"display_phone_number": "628111000200", "phone_number_id": number}
    whole = {"messaging_product": "whatsapp", "metadata": about, **value}
    entry = {"id": BUSINESS, "changes": [{"value": whole, "field": field}]}
    return {"object": "whatsapp_business_account", "entry": [entry]}


def wrote(kind: str, about: Any = None, **more: Any) -> dict[str, Any]:
    """Siti wrote to us."""
    message = {"from": "6281211113333", "id": "wamid.siti", "timestamp": "1749416383", "type": kind, **more}
    if about is not None:
        message[kind] = about
    return change({"contacts": [SITI], "messages": [message]})


def call(account: Account, data: Any, *, secret: str = SECRET, body: bytes | None = None) -> HttpResponse:
    content = json.dumps(data).encode() if body is None else body
    return Client().post(
        hook_path(account), content, content_type="application/json",
        headers={"X-Hub-Signature-256": signed(secret, content)},
    )  # fmt: skip


def read(account: Account, data: Any) -> list[News]:
    """What a call says, as the door kept it."""
    assert call(account, data).status_code == 200
    intake = Intake.objects.filter(account=account).latest("id")
    assert account.carrier.read
    return list(account.carrier.read(account, intake))
