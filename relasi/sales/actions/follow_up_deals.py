"""Bring what open deals derive from elsewhere up to date: rates, stages, activities."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from relasi.catalog.rates import NoRate
from relasi.sales.models.deal import Deal
from relasi.sales.planning import follow_activities

CHUNK = 500
DERIVED = ("value", "weighted", "probability", "category", "rots_at")


def follow_all_deals(*, on_chunk: Callable[[int], bool] | None = None) -> int:
    """Every open deal; how many differed. `on_chunk(looked at)` may answer True to stop. Harmless again."""
    return _follow(Deal._default_manager.open(), on_chunk)


def follow_deals_of_stage(*, stage_id: int) -> int:
    """The open deals of one stage."""
    return _follow(Deal._default_manager.open().filter(stage=stage_id), None)


def _follow(rows: QuerySet[Any], on_chunk: Callable[[int], bool] | None) -> int:
    changed, looked, last = 0, 0, 0
    while ids := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        last, looked = ids[-1], looked + len(ids)
        changed += follow_activities(ids) + _derive(ids)
        if on_chunk and on_chunk(looked):
            break
    return changed


def _derive(ids: list[int]) -> int:
    differing = []
    for deal in Deal._default_manager.filter(pk__in=ids).select_related("stage"):
        before = [getattr(deal, name) for name in DERIVED]
        try:
            deal.follow(deal.stage)
        except NoRate:
            continue  # it keeps the value of the last day with a rate
        if before != [getattr(deal, name) for name in DERIVED]:
            differing.append(deal)
    Deal._default_manager.bulk_update(differing, DERIVED)
    return len(differing)
