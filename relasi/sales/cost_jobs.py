"""Worth and cost to serve are reckoned for everybody each night; chances, rates and probabilities move."""

from __future__ import annotations

from datetime import timedelta

from relasi.kit.jobs import every, job, progress, should_stop
from relasi.sales.expected import reckon
from relasi.sales.models import CostEntry, Deal, Lead, PartyWorth

CHUNK = 300


@every(daily_at="03:10")
@job(tries=3, lease=timedelta(minutes=30))
def reckon_all() -> None:
    """All customers with a deal, a lead or a cost."""
    last, done = 0, 0
    while ids := _after(last):
        reckon(ids)
        last, done = ids[-1], done + len(ids)
        progress(done)
        if should_stop():
            return


def _after(last: int) -> list[int]:
    """The next customers by number."""
    found: set[int] = set()
    for model in (Deal, Lead, CostEntry, PartyWorth):
        rows = model._default_manager.filter(party__gt=last).order_by("party_id")
        found.update(rows.values_list("party_id", flat=True).distinct()[:CHUNK])
    return sorted(found)[:CHUNK]
