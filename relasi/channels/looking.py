"""What the checks of several providers look at alike: secrets, the address for calls, when something last
came.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings

from relasi.channels.interface import Finding
from relasi.channels.models import Account
from relasi.channels.web import is_public
from relasi.lib.wording import mark as _

LATELY = timedelta(days=7)


def missing(account: Account, **needed: str) -> list[Finding]:
    """A finding for each setting or secret that is empty; `needed` gives the words for each."""
    return [
        Finding(
            state="broken", what=what, words=_("This is not filled in."), todo=_("Fill it in under Settings.")
        )
        for name, what in needed.items()
        if not (account.settings.get(name) or account.secrets.get(name))
    ]  # fmt: skip


def receiving(account: Account, now: datetime) -> list[Finding]:
    """Whether the other side can call us, and whether it did."""
    what = _("Incoming messages")
    if not account.settings.get("hook"):
        return [Finding(
            state="broken", what=what, words=_("This channel has no address that the other side could call."),
            todo=_("Make one under Settings, and enter it at the provider."),
        )]  # fmt: skip
    if not _is_reachable(settings.RELASI_PUBLIC_URL):
        return [Finding(
            state="warning", what=what,
            words=_("Relasi's own address %(address)s cannot be called from the internet, or not by https."),
            todo=_("Give Relasi a public https address (RELASI_PUBLIC_URL)."),
            values={"address": settings.RELASI_PUBLIC_URL},
        )]  # fmt: skip
    if account.received_at is None:
        return [Finding(
            state="warning", what=what, words=_("Nothing has come in yet."),
            todo=_("Enter the address of this channel at the provider, then write a message to it."),
        )]  # fmt: skip
    if now - account.received_at > LATELY:
        return [Finding(
            state="unknown", what=what, words=_("Nothing has come in for %(days)s days."),
            todo=_("If customers wrote meanwhile, enter the address of this channel at the provider again."),
            values={"days": (now - account.received_at).days},
        )]  # fmt: skip
    return [Finding(state="good", what=what, words=_("Something came in within the last days."))]


def _is_reachable(address: str) -> bool:
    parts = urlsplit(address)
    host = parts.hostname or ""
    try:
        ip_address(host)
    except ValueError:
        return parts.scheme == "https" and "." in host
    return parts.scheme == "https" and is_public(host)
