"""What a customer allows, way by way, for the box beside the record and the dialog behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from relasi.channels.models import Medium
from relasi.conversations import unsubscribing
from relasi.conversations.models import Consent, Purpose
from relasi.kit.access.rights import may
from relasi.kit.resources.filtering import FilterError
from relasi.parties.models import Party

WAYS = (Medium.EMAIL, Medium.WHATSAPP, Medium.SMS, Medium.PHONE)
SHOWN = (Purpose.MARKETING, Purpose.SERVICE)
State = Consent.State


@dataclass(frozen=True, slots=True)
class Standing:
    """One purpose on one way: the line that holds, if there is one."""

    purpose: Purpose
    channel: Medium
    line: Consent | None

    @property
    def is_allowed(self) -> bool:
        if self.line is None:
            return self.purpose != Purpose.MARKETING
        given: bool = self.line.state == State.GIVEN
        return given


def standings(party: Party) -> list[Standing]:
    """The newest line for each purpose and way, in one query."""
    rows = Consent._default_manager.about(party.ids_with_merged()).select_related("by", "text")
    newest: dict[tuple[str, str], Consent] = {}
    for line in rows.order_by("at", "id"):
        for channel in [line.channel] if line.channel else [str(way) for way in WAYS]:
            newest[line.purpose, channel] = line
    return [
        Standing(purpose, channel, newest.get((str(purpose), str(channel))))
        for purpose in SHOWN
        for channel in WAYS
    ]


def may_give(user: Any, party: Party) -> bool:
    """Consent is written down by who looks after the customer."""
    return may(user, "give", Consent) and may(user, "change", party)


def may_withdraw(user: Any, party: Party) -> bool:
    return may(user, "withdraw", Consent) and may(user, "change", party)


def consent(party: Party, user: Any) -> Mapping[str, Any] | None:
    if not may(user, "view", Consent):
        return None
    found = standings(party)
    address = party.email or party.phone
    may_write = may_give(user, party) or may_withdraw(user, party)
    return {
        "groups": [(purpose, [one for one in found if one.purpose == purpose]) for purpose in SHOWN],
        "may_write": may_write,
        "preferences": unsubscribing.preference_link(party, address, "email" if party.email else "phone")
        if address and may_write
        else "",
    }


def may_get_offers(operator: str, values: list[Any], user: Any) -> Q:
    """`offers = email`: agreed to offers on that way, and has not taken it back."""
    channels = [str(value).lower() for value in values]
    if operator not in ("=", "in", "!=", "not in") or not set(channels) <= {str(way) for way in WAYS}:
        raise FilterError(_("Offers are asked for as offers = email, whatsapp, sms or phone."))
    if not may(user, "view", Consent):
        return Q(pk__in=[])
    found = Q()
    for channel in channels:
        found |= Q(pk__in=_agreed(channel).values("party"))
    return ~found if operator in ("!=", "not in") else found


def _agreed(channel: str) -> QuerySet[Any]:
    """Lines of a yes that no later line overrules."""
    rows = Consent._default_manager.filter(purpose=Purpose.MARKETING, channel__in=("", channel)).order_by()
    later = Q(at__gt=OuterRef("at")) | Q(at=OuterRef("at"), pk__gt=OuterRef("pk"))
    overruled = rows.filter(later, party=OuterRef("party"), state=State.WITHDRAWN)
    return rows.filter(state=State.GIVEN).exclude(Exists(overruled))
