"""Where there is no telephone system: an address that the computer or the telephone opens."""

from __future__ import annotations

from urllib.parse import quote

from relasi.channels.interface import Finding, Health, Outgoing
from relasi.channels.models import Account
from relasi.lib import phones
from relasi.lib.wording import mark as _


def link(account: Account, outgoing: Outgoing) -> str:
    """`tel:+62812…` or `sip:+62812…@domain`."""
    return link_to(
        outgoing.to, scheme=account.settings.get("scheme", "tel"), domain=account.settings.get("domain", "")
    )


def link_to(number: str, *, scheme: str = "tel", domain: str = "") -> str:
    """As a browser opens it; "" for a text without digits."""
    try:
        written = phones.normalise(number).e164
    except phones.PhoneError:
        written = "".join(sign for sign in number if sign.isdigit() or sign in "+*#")
    if not written:
        return ""
    return (
        f"sip:{quote(written, safe='+')}@{domain}"
        if scheme == "sip" and domain
        else f"tel:{quote(written, safe='+*')}"
    )


def check(account: Account) -> Health:
    return Health(
        (
            Finding(
                state="good",
                what=_("Links"),
                words=_("Numbers open the program for calls of each colleague's device."),
            ),
        )
    )
