"""WhatsApp without an API: an address that opens the chat with the text ready, sent by the person's own
phone.
"""

from __future__ import annotations

from urllib.parse import quote

from relasi.channels.interface import Finding, Health, Outgoing
from relasi.channels.models import Account
from relasi.lib.phones import normalise
from relasi.lib.wording import mark as _

LONGEST = 2000  # characters of the whole address that every browser and phone takes


def link(account: Account, outgoing: Outgoing) -> str:
    """`https://wa.me/628…?text=…` (WhatsApp, “How to use click to chat”). Raises PhoneError.

    A text too long for an address is cut at the last whole sign that fits.
    """
    address = f"https://wa.me/{normalise(outgoing.to).e164.removeprefix('+')}"
    if not outgoing.text:
        return address
    address += "?text="
    return address + encoded(outgoing.text, LONGEST - len(address))


def encoded(words: str, most: int) -> str:
    """Percent-encoded in at most `most` characters, cut between signs."""
    whole = quote(words, safe="")
    if len(whole) <= most:
        return whole
    size, end = 0, 0
    room = most - len(quote("…"))
    for sign in words:
        size += len(quote(sign, safe=""))
        if size > room:
            break
        end += 1
    return quote(words[:end] + "…", safe="")


def check(account: Account) -> Health:
    return Health((
        Finding(
            state="good", what=_("Sending by hand"),
            words=_("Nothing to connect: Relasi opens WhatsApp with the text ready, you press send "
                    "there, and the "
                    "message is noted here. Answers stay on your phone."),
        ),
    ))  # fmt: skip
