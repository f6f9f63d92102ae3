"""Deals for tests: pipelines, stages and reasons by what they are, and deals of people everybody knows."""

from __future__ import annotations

from typing import Any

from relasi.sales.models import CloseReason, CriterionMet, Deal, ExitCriterion, Pipeline, Stage
from tests.world import World


def pipeline(place: int = 0) -> Pipeline:
    """The first is for new sales, the second for renewals."""
    return Pipeline.objects.order_by("order")[place]


def stage(place: int, of: Pipeline | None = None) -> Stage:
    """The open stages in their order, from 0."""
    return Stage.objects.open().filter(pipeline=of or pipeline()).order_by("order")[place]


def reason(kind: str = "lost") -> CloseReason:
    return CloseReason.objects.filter(kind=kind).order_by("order")[0]


def make_deal(world: World, **fields: Any) -> Deal:
    """Bob's deal with Budi over a hundred million."""
    values = {"name": "Dana pendidikan", "party": world.budi, "amount": 100_000_000, "owner": world.bob}
    deal: Deal = Deal.create(by=world.bob, **{**values, **fields})
    return deal


def meet_all(deal: Deal, by: Any) -> None:
    """Tick every exit criterion of the deal's pipeline."""
    for criterion in ExitCriterion.objects.filter(stage__pipeline=deal.pipeline):
        if not CriterionMet.objects.filter(deal=deal, criterion=criterion).exists():
            deal.meet(criterion, by=by)
