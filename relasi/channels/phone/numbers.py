"""Numbers as a telephone system writes and dials them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from relasi.lib import phones

LONGEST_EXTENSION = 5  # digits, unless the account says otherwise
LONGEST = 60
UNKNOWN = {"anonymous", "unknown", "<unknown>", "unavailable", "restricted", "private", "asterisk", "s"}
PEER = re.compile(r"^[^/]+/(?:[^@]*/)?(?P<peer>[^@/;]+?)(?:@[^/]*?)?(?:-[0-9a-fA-F]{2,})?(?:;[12])?$")


def is_extension(text: str, settings: Mapping[str, Any]) -> bool:
    """Whether it is the short number of a colleague."""
    longest = int(settings.get("longest_extension") or LONGEST_EXTENSION)
    return text.isascii() and text.isdigit() and len(text) <= longest and not text.startswith("0")


def peer_of(channel: str) -> str:
    """Whose channel it is: `PJSIP/101-0000a3` is 101's, `Local/101@from-queue-01;2` too."""
    found = PEER.match(channel)
    return found["peer"] if found else ""


def customer_number(raw: str, settings: Mapping[str, Any], *, is_dialled: bool = False) -> str:
    """E.164 where it can be read so, else its digits; "" for a hidden number.

    A number that was dialled begins with the digit for an outside line, where there is one.
    """
    text = re.sub(r"^(?:sips?|tel):", "", raw.strip(), flags=re.I).partition("@")[0].partition(";")[0].strip()
    if text.lower() in UNKNOWN:
        return ""
    prefix = str(settings.get("outside_line") or "")
    without = text.removeprefix(prefix) if prefix and text.startswith(prefix) else ""
    for given in (without, text) if is_dialled else (text, without):
        if given and (found := _e164(given, str(settings.get("region") or "ID"))):
            return found
    digits = re.sub(r"[^0-9+]", "", without if is_dialled and without else text)
    return digits[:LONGEST]


def dialled(number: str, settings: Mapping[str, Any]) -> str:
    """What to dial for a number. Raises PhoneError for one that cannot be called."""
    region = str(settings.get("region") or "ID")
    phone = phones.normalise(number, region)
    way = settings.get("dial_as") or "national"
    if way == "e164":
        text = phone.e164
    elif way == "plain":
        text = phone.e164.removeprefix("+")
    elif phone.region == region:
        text = re.sub(r"\D", "", phone.local)
    else:
        text = f"{settings.get('international') or '00'}{phone.e164.removeprefix('+')}"
    return f"{settings.get('outside_line') or ''}{text}"


def _e164(text: str, region: str) -> str:
    try:
        return phones.normalise(text, region).e164
    except phones.PhoneError:
        return _with_plus(text)


def _with_plus(text: str) -> str:
    """A foreign number without its plus: 493055571600."""
    digits = re.sub(r"\D", "", text)
    if len(digits) < 10 or digits.startswith("0"):
        return ""
    try:
        return phones.normalise(f"+{digits}").e164
    except phones.PhoneError:
        return ""
