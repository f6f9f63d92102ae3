"""(The consent task fills this; intake calls `heed`.)"""

from __future__ import annotations

from relasi.conversations.models import Message


def heed(message: Message) -> None:
    """Withdraw what the customer asks to be left alone with."""
