"""What leads do when something happens to their customer: a call answers them, a close asks for names."""

from __future__ import annotations

from relasi.activities.models import Activity, Kind
from relasi.kit.access.models import User
from relasi.kit.events.models import Event
from relasi.kit.events.reactions import on
from relasi.sales.actions.ask_for_names import ask_for_names
from relasi.sales.models import Lead

TOUCHES = (Kind.CALL, Kind.MEETING, Kind.VISIT)
NOT_REACHED = ("no_answer", "busy", "wrong_number", "no_show", "cancelled")


@on("activity.created", "activity.finished", now=True)
def answer_leads(event: Event) -> None:
    """A call, meeting or visit that has happened is an answer to the customer's open leads."""
    activity = Activity._default_manager.filter(pk=event.record_id, done_at__isnull=False).first()
    if activity is None or activity.party_id is None or activity.kind not in TOUCHES:
        return
    actor = User._default_manager.filter(pk=event.actor_id).first()
    open_leads = Lead.objects.open().filter(party=activity.party_id, received_at__lte=activity.done_at)
    for lead in open_leads.exclude(first_response_at__gte=activity.done_at)[:20]:
        if lead.status == Lead.Status.NEW:
            reached = activity.outcome not in NOT_REACHED
            lead.respond(by=actor, at=activity.done_at, reached=reached)


@on("deal.won")
def ask_after_close(event: Event) -> None:
    """Every close asks: who else should I talk to?"""
    ask_for_names(deal_id=event.record_id)


@on("conversation.replied", now=True)
def answer_by_message(event: Event) -> None:
    """What a colleague writes to the customer answers the customer's open leads; what a machine sends does
    not.
    """
    if event.party_id is None or event.actor_id is None:
        return
    actor = User._default_manager.filter(pk=event.actor_id).first()
    waiting = Lead.objects.open().filter(
        party=event.party_id, status=Lead.Status.NEW, received_at__lte=event.at
    )
    for lead in waiting[:20]:
        lead.respond(by=actor, at=event.at, reached=False)
