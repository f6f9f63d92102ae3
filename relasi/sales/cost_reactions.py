"""Whatever happens to deals, leads, products on them, costs or minutes: the customer is reckoned anew."""

from __future__ import annotations

from relasi.kit.events.models import Event
from relasi.kit.events.reactions import on
from relasi.sales.expected import reckon


@on("deal.*", "dealline.*", "lead.*", "costentry.*", "activity.*", "party.merged")
def reckon_customer(event: Event) -> None:
    """Harmless when repeated. A customer who changed hands, both."""
    moved = {side for side in event.changes.get("party_id", ()) if side}
    if ids := {event.party_id, *moved} - {None}:
        reckon(ids)
