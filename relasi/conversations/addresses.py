"""How an address is written down, so that the same one is always the same."""

from __future__ import annotations

from relasi.lib import phones

BY_NUMBER = ("phone", "sms", "whatsapp")


def normal_address(channel: str, address: str) -> str:
    """Numbers in E.164, e-mail in lower case, others as they are; without a channel by what it looks like."""
    text = address.strip()
    if channel == "email" or (not channel and "@" in text):
        return text.lower()
    if channel and channel not in BY_NUMBER:
        return text
    try:
        return phones.normalise(text).e164
    except phones.PhoneError:
        return text
