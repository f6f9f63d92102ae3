"""Ways out of what we send: the preference centre and the one-click unsubscribe of RFC 8058.

The token in such an address is encrypted: it names the customer and the address it was sent to, never runs
out (a mail may be opened years later), and shows neither to who reads a log.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from relasi.conversations import consenting
from relasi.conversations.addresses import normal_address
from relasi.conversations.models import Consent, Delivery, Purpose, Suppression
from relasi.kit.records.sealed import vault
from relasi.lib.secrets import SecretError
from relasi.parties.models import Party

CONTEXT = "conversations.preferences"
LONGEST = 900


@dataclass(frozen=True, slots=True)
class Way:
    """Who a link was made for, and what was sent with it."""

    party_id: int
    address: str
    channel: str = "email"
    purpose: str = Purpose.MARKETING

    @property
    def party(self) -> Party | None:
        """As it is now: after a merge the one that is left."""
        found: Party | None = Party._default_manager.filter(pk=self.party_id).first()
        return found.current() if found else None


def token_of(way: Way) -> str:
    text = json.dumps([way.party_id, way.address, way.channel, way.purpose], separators=(",", ":"))
    return vault().encrypt(text, CONTEXT)


def opened(token: str) -> Way | None:
    """None for a token that is not one of ours."""
    if len(token) > LONGEST:
        return None
    try:
        return Way(*json.loads(vault().decrypt(token, CONTEXT)))
    except (SecretError, ValueError, TypeError):
        return None


def preference_link(party: Party, address: str, channel: str = "email") -> str:
    """The full address of the customer's own preference page."""
    return _full("preferences", Way(party.pk, normal_address(channel, address), channel))


def links(delivery: Delivery) -> dict[str, str]:
    """`unsubscribe` and `preferences` as full addresses, for templates."""
    way = _way(delivery)
    return {"unsubscribe": _full("unsubscribe", way), "preferences": _full("preferences", way)}


def headers(delivery: Delivery) -> tuple[tuple[str, str], ...]:
    """List-Unsubscribe and List-Unsubscribe-Post (RFC 8058)."""
    return (
        ("List-Unsubscribe", f"<{_full('unsubscribe', _way(delivery))}>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    )


@transaction.atomic
def unsubscribe(way: Way, *, proof: Mapping[str, Any]) -> None:
    """No more of this purpose on this way, for everybody who is reached at the address.

    Whoever is no longer known to us is left alone by the address itself.
    """
    found = {party.pk: party for party in consenting.parties_at(way.channel, way.address)}
    if party := way.party:
        found[party.pk] = party
    for one in found.values():
        consenting.withdraw(
            one, by=None, source=Consent.Source.UNSUBSCRIBE, purpose=way.purpose, channel=way.channel,
            proof=proof, address=way.address,
        )  # fmt: skip
    if not found:
        Suppression.add(
            channel=way.channel,
            address=way.address,
            reason=Suppression.Reason.COMPLAINT,
            detail="unsubscribed",
        )


def _way(delivery: Delivery) -> Way:
    address = normal_address(delivery.channel, delivery.address)
    return Way(delivery.party_id or 0, address, delivery.channel, delivery.purpose)


def _full(name: str, way: Way) -> str:
    return settings.RELASI_PUBLIC_URL.rstrip("/") + reverse(name, args=[token_of(way)])
