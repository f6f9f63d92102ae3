"""Ways out of what we send: links and headers. (The consent task fills this; the outbox calls these two.)"""

from __future__ import annotations

from relasi.conversations.models import Delivery


def links(delivery: Delivery) -> dict[str, str]:
    """`unsubscribe` and `preferences` as full addresses, for templates."""
    return {}


def headers(delivery: Delivery) -> tuple[tuple[str, str], ...]:
    """List-Unsubscribe and List-Unsubscribe-Post (RFC 8058)."""
    return ()
