"""A lead gets an owner: by hand, by a rule, or by the way it came; with the reasons kept."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from relasi.activities.models import Notification, notify
from relasi.kit.access.models import User
from relasi.kit.resources import sharing
from relasi.parties.models import Party
from relasi.sales.assignment import Reason, choose_now
from relasi.sales.models import AssignmentRule, Lead, LeadAssignment


@transaction.atomic
def give_lead(
    *,
    lead: Lead,
    to: User | None,
    by: Any,
    rule: AssignmentRule | None = None,
    reasons: list[Reason] | None = None,
    batch: str = "",
) -> None:
    """Make `to` the owner of the lead and, where nobody looks after the customer, of the customer too.

    Who may not see the customer gets to see them: the customer is shared with the new owner.
    """
    lead.change(by=by, verb="assigned", batch=batch, owner=to, assigned_at=timezone.now())
    _note(lead, to, by=by, rule=rule, reasons=reasons or [_by_hand(to, by)])
    if to is None:
        return
    _open_customer(lead, to, by=by)
    if getattr(by, "pk", None) != to.pk:
        _tell(lead, to, by=by)


def give_lead_by_rules(lead: Lead) -> None:
    """By the live rules; without anybody the lead waits, and the reasons say why."""
    choice = choose_now(lead)
    if choice.owner:
        give_lead(lead=lead, to=choice.owner, by=None, rule=choice.rule, reasons=list(choice.reasons))
        return
    waits: Reason = {"code": "waits", "values": {}}
    _note(lead, None, by=None, rule=None, reasons=[*choice.reasons, waits])


def note_first_owner(lead: Lead) -> None:
    """The owner a lead was made with: by whoever wrote it down, or by the way it came."""
    reasons = [{"code": "made", "values": {"user": str(lead.owner)}}]
    Lead.objects.filter(pk=lead.pk).update(assigned_at=lead.received_at)
    lead.assigned_at = lead.received_at
    _note(lead, lead.owner, by=None, rule=None, reasons=reasons)
    if lead.owner:
        _open_customer(lead, lead.owner, by=None)


def _note(
    lead: Lead, user: User | None, *, by: Any, rule: AssignmentRule | None, reasons: list[Reason]
) -> None:
    LeadAssignment.objects.create(lead=lead, user=user, rule=rule, by=by, reasons=reasons)


def _by_hand(to: User | None, by: Any) -> Reason:
    if to is None:
        return {"code": "waits", "values": {}}
    if getattr(by, "pk", None) == to.pk:
        return {"code": "taken", "values": {"user": str(to)}}
    return {"code": "by_hand", "values": {"user": str(to), "by": str(by or "Relasi")}}


def _open_customer(lead: Lead, user: User, *, by: Any) -> None:
    party = Party._default_manager.get(pk=lead.party_id)
    if party.owner_id is None:
        party.change(by=by, verb="changed", owner=user)
    elif not user.rights.may("view", party) and user.is_active:
        sharing.share(party, user, by=by, may_change=True)


def _tell(lead: Lead, user: User, *, by: Any) -> None:
    notify(
        users=[user.pk],
        kind=Notification.Kind.ASSIGNED,
        key=f"lead:{lead.pk}:{lead.version}",
        text=str(lead),
        url=f"/leads/{lead.pk}/",
        actor_name=str(by) if by else "",
        at=timezone.now(),
    )
