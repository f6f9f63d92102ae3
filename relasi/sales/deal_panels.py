"""What the boxes beside a deal show, for one reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from relasi.activities.models import Activity, Kind
from relasi.kit.access.rights import may
from relasi.sales.models import Deal, ExitCriterion, Stage

SHOWN = 6
Context = Mapping[str, Any] | None


@dataclass(frozen=True, kw_only=True)
class Step:
    """A stage on the deal's way: how long it stood there, and what its checklist says."""

    stage: Stage
    is_current: bool
    is_passed: bool
    days: int | None
    criteria: tuple[tuple[ExitCriterion, bool], ...] = ()


def way(deal: Any, user: Any) -> Context:
    """Every stage with the time spent in it; the checklist of the one it stands in."""
    stages = list(Stage.objects.visible_to(user).filter(pipeline=deal.pipeline_id).order_by("order", "id"))
    spent = _time_spent(deal)
    met = set(deal.met.values_list("criterion_id", flat=True))
    criteria: dict[int, list[tuple[ExitCriterion, bool]]] = {}
    for criterion in ExitCriterion.objects.visible_to(user).filter(stage=deal.stage_id):
        criteria.setdefault(criterion.stage_id, []).append((criterion, criterion.pk in met))
    place = next((at for at, stage in enumerate(stages) if stage.pk == deal.stage_id), 0)
    steps = [
        Step(
            stage=stage,
            is_current=stage.pk == deal.stage_id,
            is_passed=at < place and stage.is_open,
            days=spent[stage.pk].days if stage.pk in spent else None,
            criteria=tuple(criteria.get(stage.pk, ())),
        )
        for at, stage in enumerate(stages)
        if stage.is_open or stage.pk == deal.stage_id
    ]
    can_change = deal.is_open and may(user, "change", deal)
    return {"deal": deal, "steps": steps, "can_change": can_change, "panel_url": panel_url(deal, "way")}


def _time_spent(deal: Deal) -> dict[int, timedelta]:
    now = timezone.now()
    spent: dict[int, timedelta] = {}
    for stay in deal.stays.all():
        spent[stay.stage_id] = spent.get(stay.stage_id, timedelta()) + (
            (stay.left_at or now) - stay.entered_at
        )
    return spent


def following(deal: Any, user: Any) -> Context:
    """What is planned, the soonest first, and a way to plan the next."""
    wanted = Q(about_noun="deal", about_id=deal.pk) | Q(about_noun="", party=deal.party_id)
    rows = Activity.objects.visible_to(user).open().filter(wanted).exclude(kind=Kind.NOTE)
    rows = rows.annotate(planned=Coalesce("due_at", "starts_at")).select_related("owner")
    found = list(rows.order_by(F("planned").asc(nulls_last=True), "id")[:SHOWN])
    return {
        "deal": deal,
        "activities": found,
        "now": timezone.now(),
        "rots_at": deal.rots_at if deal.is_open else None,
        "can_plan": deal.is_open and may(user, "change", deal),
        "panel_url": panel_url(deal, "following"),
    }


def credit(deal: Any, user: Any) -> Context:
    """Who has which share of the value."""
    splits = list(deal.splits.select_related("user"))
    shares = [(split.user, split.share, _part(deal.value, split.share)) for split in splits]
    if not shares and deal.owner:
        shares = [(deal.owner, Decimal(100), deal.value)]
    can_change = deal.is_open and may(user, "split", deal)
    return {"deal": deal, "shares": shares, "can_change": can_change, "panel_url": panel_url(deal, "credit")}


def rivals(deal: Any, user: Any) -> Context:
    """Who else is after it, and how to answer them."""
    rows = deal.competitors.select_related("competitor")
    can_change = deal.is_open and may(user, "add_competitor", deal)
    return {
        "deal": deal,
        "rivals": list(rows),
        "can_change": can_change,
        "panel_url": panel_url(deal, "rivals"),
    }


def products(deal: Any, user: Any) -> Context:
    """The lines, with tax and total."""
    from relasi.sales.models import DealLine

    if not user.rights.may("view", DealLine):
        return None
    lines = list(deal.lines.select_related("product", "product__unit"))
    tax = sum((line.amount * line.tax_rate / 100 for line in lines), Decimal(0))
    net = sum((line.amount for line in lines), Decimal(0))
    return {
        "deal": deal,
        "lines": lines,
        "net": net,
        "tax": tax,
        "total": net + tax,
        "can_change": deal.is_open and user.rights.may("add", DealLine) and may(user, "change", deal),
        "panel_url": panel_url(deal, "products"),
    }


def panel_url(deal: Deal, name: str) -> str:
    return reverse("resource_panel", args=["deals", deal.pk, name])


def _part(value: Decimal, share: Decimal) -> Decimal:
    return (value * share / 100).quantize(Decimal("0.01"))


def age_in_stage(deal: Deal, now: datetime) -> int:
    """Whole days in the stage it stands in."""
    return max((now - deal.stage_since).days, 0)
