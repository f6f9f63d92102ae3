"""Deals follow what is planned and done with their customers, at once."""

from __future__ import annotations

from relasi.activities.models import Activity
from relasi.kit.events.models import Event
from relasi.kit.events.reactions import on
from relasi.sales import call_backs, cost_reactions, lead_reactions, sequence_reactions
from relasi.sales.models.deal import Deal
from relasi.sales.planning import deals_touched_by, follow_activities

# read at start with this file:
__all__ = ["call_backs", "cost_reactions", "lead_reactions", "sequence_reactions"]
OPEN_DEALS = 200


@on("activity.*", now=True)
def follow_activity(event: Event) -> None:
    """The next and the last activity of the customer's open deals. Harmless when repeated."""
    parties = [side for side in event.changes.get("party_id", ()) if side]
    activity = Activity._default_manager.filter(pk=event.record_id).first()
    if activity is None:
        activity = Activity(party_id=event.party_id, about_noun="")
    ids = deals_touched_by(activity, party_ids=parties)
    if ids:
        follow_activities(ids)


@on("party.merged", now=True)
def follow_merge(event: Event) -> None:
    """Two customers are one: so are their plans."""
    rows = Deal._default_manager.open().filter(party=event.record_id)
    follow_activities(rows.values_list("pk", flat=True)[:OPEN_DEALS])
