"""SMS without a gateway: an address that opens the telephone's own messages with the text ready (RFC
5724).
"""

from __future__ import annotations

from urllib.parse import quote

from relasi.channels.interface import Finding, Health, Outgoing
from relasi.channels.models import Account
from relasi.lib.phones import normalise
from relasi.lib.wording import mark as _


def link(account: Account, outgoing: Outgoing) -> str:
    """`sms:+628…?body=…`. Raises PhoneError."""
    address = f"sms:{normalise(outgoing.to).e164}"
    return f"{address}?body={quote(outgoing.text[:1600], safe='')}" if outgoing.text else address


def check(account: Account) -> Health:
    return Health((
        Finding(
            state="good", what=_("Sending by hand"),
            words=_("Nothing to connect: your telephone opens with the text ready, you press send there, "
                    "and the "
                    "message is noted here."),
        ),
    ))  # fmt: skip
