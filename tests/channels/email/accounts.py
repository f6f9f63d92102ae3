"""Accounts and messages for the tests of mail."""

from __future__ import annotations

from typing import Any

from relasi.channels.interface import Outgoing
from relasi.channels.models import Account


def mailbox(
    address: str = "sari@sahabat.example", *, secrets: dict[str, Any] | None = None, **settings: Any
) -> Account:
    """Sari's mailbox, shared, so that it may lie on this machine."""
    made: Account = Account.create(
        by=None,
        name="Sales",
        channel="email",
        provider="mailbox",
        address=address,
        settings={"smtp_security": "none", "imap_security": "none", "smtp_sign_in": False} | settings,
        secrets=secrets or {},
    )
    return made


def message(number: int = 1, **changed: Any) -> Outgoing:
    fields: dict[str, Any] = {
        "key": f"m-{number}",
        "to": f"budi{number}@contoh.example",
        "to_name": "Budi Santoso",
        "subject": "Polis Anda",
        "text": "Halo Budi,\n\nini polis Anda.\n",
    }
    return Outgoing(**{**fields, **changed})
