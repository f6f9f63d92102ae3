"""Write down how the pipeline stands this morning."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import transaction

from relasi.sales.models.deal import Deal
from relasi.sales.models.pipeline_snapshot import PipelineSnapshot

CHUNK = 2000
KEPT = ("owner_id", "pipeline_id", "stage_id", "category", "value", "weighted", "expected_close_on")


def take_snapshot(*, on: date, on_chunk: Callable[[int], bool] | None = None) -> int:
    """One row for each open deal that differs from its last; how many were written. Harmless when repeated.

    `on_chunk(looked at)` may answer True to stop between two chunks.
    """
    written, looked, last = _end_of_closed(on), 0, 0
    while True:
        rows = Deal._default_manager.open().filter(pk__gt=last).order_by("pk")
        deals = list(rows.values("pk", *KEPT)[:CHUNK])
        if not deals:
            return written
        last, looked = deals[-1]["pk"], looked + len(deals)
        written += _write(deals, on)
        if on_chunk and on_chunk(looked):
            return written


def _end_of_closed(on: date) -> int:
    """Deals that are open no more stood so until this morning."""
    current = PipelineSnapshot._default_manager.filter(until_on__isnull=True)
    gone = current.exclude(deal__in=Deal._default_manager.open().values("pk"))
    gone.filter(from_on=on).delete()
    return int(gone.update(until_on=on))


@transaction.atomic
def _write(deals: list[dict[str, Any]], on: date) -> int:
    ids = [deal["pk"] for deal in deals]
    current = {
        row.deal_id: row
        for row in PipelineSnapshot._default_manager.filter(deal__in=ids, until_on__isnull=True)
    }
    fresh, ended, again = [], [], []
    for deal in deals:
        row = current.get(deal["pk"])
        if row and all(getattr(row, name) == deal[name] for name in KEPT):
            continue
        told = {name: deal[name] for name in KEPT}
        if row and row.from_on == on:
            again.append(row.pk)
        elif row:
            ended.append(row.pk)
        fresh.append(PipelineSnapshot(deal_id=deal["pk"], from_on=on, **told))
    PipelineSnapshot._default_manager.filter(pk__in=again).delete()
    PipelineSnapshot._default_manager.filter(pk__in=ended).update(until_on=on)
    PipelineSnapshot._default_manager.bulk_create(fresh)
    return len(fresh)
