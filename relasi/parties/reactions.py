"""After what can change a rung: climb soon, once for many changes of the same customer."""

from __future__ import annotations

from datetime import timedelta

from relasi.kit.events.models import Event
from relasi.kit.events.reactions import on
from relasi.parties import jobs

SOON = timedelta(seconds=20)


@on("party.created", "party.changed", "party.tagged", "relation.created", now=True)
def climb_soon(event: Event) -> None:
    """Changes written in bulk (imports) wait for the night."""
    if event.party_id and not event.batch:
        jobs.climb.later(party_ids=[event.party_id], _key=f"party-{event.party_id}", _delay=SOON)
