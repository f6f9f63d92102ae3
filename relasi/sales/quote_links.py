"""The customer's own address of a quote or an order.

The token is a keyed digest of a random seed that stands with the record; the table holds only its SHA-256.
So a copy of the database opens no page, and who may see the quote can be shown the address again.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Any

from django.conf import settings
from django.urls import reverse

SALT = "relasi.sales.link"


def new_link(kind: str, pk: int) -> dict[str, str]:
    """The columns of a new address of a record; the one before leads nowhere."""
    seed = secrets.token_urlsafe(16)
    return {"link_seed": seed, "link_hash": hash_of(_token(kind, pk, seed))}


def token_of(record: Any) -> str:
    """What stands in the address of a record that has one."""
    return _token(record.noun, record.pk, record.link_seed) if record.link_hash else ""


def address_of(record: Any) -> str:
    """The whole address; empty where there is none."""
    token = token_of(record)
    return (
        settings.RELASI_PUBLIC_URL.rstrip("/") + reverse(f"public_{record.noun}", args=[token])
        if token
        else ""
    )


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _token(kind: str, pk: int, seed: str) -> str:
    key = hashlib.sha256(f"{SALT}:{settings.SECRET_KEY}".encode()).digest()
    digest = hmac.new(key, f"{kind}:{pk}:{seed}".encode(), hashlib.sha256).digest()
    return digest[:24].hex()
