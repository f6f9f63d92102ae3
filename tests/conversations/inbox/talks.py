"""Conversations of the small company, made as intake makes them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from relasi.channels.models import Account
from relasi.conversations import writing
from relasi.conversations.models import Conversation
from relasi.kit.access.models import User
from relasi.parties.models import Party


def door(channel: str = "email", **fields: Any) -> Account:
    """A shared mailbox, or another door."""
    provider = {"email": "mailbox", "whatsapp": "whatsapp_cloud", "sms": "sms_http"}[channel]
    values = {"name": f"Our {channel}", "address": "halo@sahabat.example", **fields}
    return Account.create(by=None, channel=channel, provider=provider, **values)


def talk(
    party: Party | None,
    *,
    account: Account | None = None,
    channel: str = "email",
    text: str = "Selamat siang",
    owner: User | None = None,
    minutes: int = 10,
    **fields: Any,
) -> Conversation:
    """Somebody wrote `minutes` ago."""
    found = writing.start(
        by=None, channel=channel, party=party, account=account, owner=owner,
        address=fields.pop("address", "") or (party.email if party else "") or "tamu@mail.example",
        subject=fields.pop("subject", "Premi"), address_name=fields.pop("address_name", ""),
    )  # fmt: skip
    at = timezone.now() - timedelta(minutes=minutes)
    writing.receive(found, sender=found.address, text=text, at=at, subject=found.subject, **fields)
    found.refresh_from_db()
    return found
