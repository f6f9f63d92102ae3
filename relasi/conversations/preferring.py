"""What a customer chooses on the preference page, and what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from relasi.channels.models import Medium
from relasi.conversations import consenting
from relasi.conversations.addresses import normal_address
from relasi.conversations.models import Consent, ConsentText, Purpose, Suppression
from relasi.parties.models import ContactPoint, Party

FORM = "preferences 1"
BY_KIND = {
    ContactPoint.Kind.EMAIL: (Medium.EMAIL,),
    ContactPoint.Kind.PHONE: (Medium.WHATSAPP, Medium.SMS, Medium.PHONE),
}
PURPOSES: tuple[tuple[str, Promise, Promise], ...] = (
    (Purpose.MARKETING, _("Offers and news"), _("New products, promotions, invitations.")),
    (Purpose.SERVICE, _("Service messages"), _("Reminders, receipts, answers to your questions.")),
)
Source = Consent.Source


@dataclass(frozen=True, slots=True)
class Switch:
    """One purpose on one way. `name` is that of its box."""

    purpose: str
    channel: str
    is_on: bool

    @property
    def name(self) -> str:
        return f"{self.purpose}-{self.channel}"

    @property
    def label(self) -> Any:
        return Medium(self.channel).label


@dataclass(frozen=True, slots=True)
class Part:
    """A purpose with its switches, and the words that are agreed to."""

    purpose: str
    label: Any
    about: Any
    text: ConsentText | None
    switches: list[Switch] = field(default_factory=list)


def channels_of(party: Party, address: str) -> list[str]:
    """Ways on which we know how to reach the customer, and the one the link came by."""
    kinds = set(ContactPoint._default_manager.filter(party=party).values_list("kind", flat=True))
    kinds.add(ContactPoint.Kind.EMAIL if "@" in address else ContactPoint.Kind.PHONE)
    return [str(channel) for kind, channels in BY_KIND.items() if kind in kinds for channel in channels]


def parts(party: Party, address: str, language: str) -> list[Part]:
    channels = channels_of(party, address)
    return [
        Part(
            purpose, label, about, consenting.text_in_force(purpose, language),
            [Switch(purpose, channel, is_allowed(party, purpose, channel)) for channel in channels],
        )
        for purpose, label, about in PURPOSES
    ]  # fmt: skip


def is_allowed(party: Party, purpose: str, channel: str) -> bool:
    """Offers only after a yes, service until a no."""
    line = consenting.standing(party, purpose, channel)
    if line is None:
        return purpose != Purpose.MARKETING
    is_given: bool = line.state == Consent.State.GIVEN
    return is_given


def is_not_to_be_called(party: Party) -> bool:
    return bool(_calls(party).exists())


@transaction.atomic
def choose(
    party: Party, *, address: str, language: str, chosen: Mapping[str, str], proof: Mapping[str, Any]
) -> int:
    """Write a line for everything that differs from what holds now; how many."""
    changed = 0
    for part in parts(party, address, language):
        for switch in part.switches:
            wanted = switch.name in chosen
            if wanted != switch.is_on:
                _switch(party, switch, part.text, wanted, address=address, proof=proof)
                changed += 1
    changed += _speak(party, chosen.get("language", ""))
    return changed + _call(party, "do_not_call" in chosen)


@transaction.atomic
def stop_offers(party: Party, *, address: str, proof: Mapping[str, Any]) -> None:
    """No more offers, on any way."""
    consenting.withdraw(
        party, by=None, source=Source.PREFERENCES, proof={**proof, "form": FORM}, address=address
    )


def _switch(
    party: Party, switch: Switch, text: ConsentText | None, wanted: bool, *, address: str,
    proof: Mapping[str, Any],
) -> None:  # fmt: skip
    shown = {"form": FORM, "shown": str(text) if text else ""}
    verb = consenting.give if wanted else consenting.withdraw
    verb(
        party, by=None, source=Source.PREFERENCES, purpose=switch.purpose, channel=switch.channel, text=text,
        proof={**proof, **shown}, address=address,
    )  # fmt: skip


def _speak(party: Party, language: str) -> int:
    if language not in ("id", "en") or language == party.language:
        return 0
    party.change(by=None, note=FORM, language=language)
    return 1


def _call(party: Party, unwanted: bool) -> int:
    barred = list(_calls(party))
    if unwanted and not barred:
        for number in _numbers(party):
            Suppression.add(
                channel="phone", address=number, reason=Suppression.Reason.DO_NOT_CALL, detail=FORM
            )
        return 1
    if not unwanted and barred:
        for row in barred:
            row.lift(by=None)
        return 1
    return 0


def _calls(party: Party) -> Any:
    rows: Any = Suppression._default_manager.in_force().filter(reason=Suppression.Reason.DO_NOT_CALL)
    return rows.filter(channel="phone", address__in=_numbers(party))


def _numbers(party: Party) -> list[str]:
    points = ContactPoint._default_manager.filter(party=party, kind=ContactPoint.Kind.PHONE)
    return [normal_address("phone", value) for value in points.values_list("value", flat=True)]
