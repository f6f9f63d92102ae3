"""What happens to every lead that arrives, whatever the way: territory, clock, score, an owner."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from relasi.sales.conditions import met
from relasi.sales.models.lead import Lead
from relasi.sales.models.lead_rules import Territory
from relasi.sales.models.response import ResponseTarget, due, first_target, working_time

RESCORED_BY = {
    "party_id", "status", "channel", "source", "need", "estimated_value", "referred_by_id", "custom",
    "utm_source", "utm_medium", "utm_campaign", "territory_id", "attempts",
}  # fmt: skip


def arrive(lead: Lead) -> None:
    """Place, time, weigh and give a new lead, in the transaction that made it."""
    from relasi.sales.actions.give_lead import give_lead_by_rules, note_first_owner
    from relasi.sales.scoring import score

    if not lead.is_open:
        return
    _place(lead)
    start_clock(lead, now=lead.received_at)
    score([lead])
    if lead.owner_id:
        note_first_owner(lead)
    else:
        give_lead_by_rules(lead)


def keep(lead: Lead, fields: set[str]) -> None:
    """What follows from a change."""
    from relasi.sales.scoring import score

    if fields & RESCORED_BY:
        score([lead])


def start_clock(lead: Lead, *, now: datetime) -> None:
    """Until when the lead is to be answered: by the first response time whose condition it meets."""
    targets = list(ResponseTarget.objects.filter(is_active=True))
    answers = met({target.pk: target.condition for target in targets}, [lead.pk])
    lead.target = first_target(targets, answers.get(lead.pk, set()))
    lead.response_due_at = due(lead.target, now, working_time()) if lead.target else None
    Lead.objects.filter(pk=lead.pk).update(target=lead.target, response_due_at=lead.response_due_at)


def _place(lead: Lead) -> None:
    """Into the first territory whose condition it meets, unless somebody chose one."""
    if lead.territory_id:
        return
    territories = list(Territory.objects.filter(is_active=True))
    answers = met({one.pk: one.condition for one in territories if one.condition}, [lead.pk])
    lead.territory = next((one for one in territories if one.pk in answers.get(lead.pk, set())), None)
    if lead.territory:
        Lead.objects.filter(pk=lead.pk).update(territory=lead.territory)


def answered_late(lead: Lead) -> bool:
    return lead.is_breached(timezone.now())
