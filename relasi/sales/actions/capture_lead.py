"""A new name with a need: find the party it is, or make one, and a lead about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from relasi.kit.access.models import User
from relasi.parties.actions.find_or_make_party import Known, find_or_make_party
from relasi.parties.models import Party, Relation, RelationType
from relasi.sales.models import Lead, LeadAssignment


@dataclass(frozen=True, kw_only=True)
class Captured:
    """`is_new`: the party was made; else `why` names what agreed: phone, email, name."""

    lead: Lead
    party: Party
    is_new: bool
    why: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Giving:
    """Who should have the lead by the way it came, and the reason: {"code": …, "values": {…}}."""

    to: User | None = None
    reason: dict[str, Any] = field(default_factory=dict)


@transaction.atomic
def capture_lead(
    *, known: Known, by: Any, giving: Giving | None = None, channel: str = Lead.Channel.OTHER, **lead: Any
) -> Captured:
    """The lead, about the party there is or a new one. What is known of a party there is stays as it is.

    A customer somebody looks after is not handed to the owner of the form, card or link: rules decide then.
    """
    found = find_or_make_party(known=known, by=by, owner=giving.to if giving else None)
    owner = _owner(found.party, giving, is_new=found.is_new)
    made = Lead.create(
        by=by, party=found.party, owner=owner, channel=channel, matched_by=", ".join(found.why), **lead
    )
    if owner and giving and giving.reason:
        LeadAssignment.objects.filter(lead=made).update(reasons=[giving.reason])
    if made.referred_by_id:
        relate_referrer(made.referred_by, found.party, by=by)  # type: ignore[arg-type]
    return Captured(lead=made, party=found.party, is_new=found.is_new, why=found.why)


def relate_referrer(referrer: Party, party: Party, *, by: Any) -> None:
    """Note who brought whom; once, and nobody brings themselves."""
    kind = RelationType.objects.filter(key="referrer").first()
    if kind is None or referrer.pk == party.pk:
        return
    if not Relation.objects.filter(source=referrer.pk, target=party.pk, type=kind).exists():
        Relation.create(by=by, source=referrer, target=party, type=kind)


def _owner(party: Party, giving: Giving | None, *, is_new: bool) -> User | None:
    if giving is None or giving.to is None or not giving.to.is_active:
        return None
    if is_new or party.owner_id in (None, giving.to.pk):
        return giving.to
    return None
