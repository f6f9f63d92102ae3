"""Deals on Today: those that rot, those with nothing planned, those whose close date has passed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from relasi.activities.today import Action, TodayItem, register
from relasi.activities.visibility import load_parties
from relasi.kit.ui import formats
from relasi.sales.models import Deal

MOST = 20
ROTS = 32  # only these are due at a moment; the others are sorted by what an hour of them is worth


@register
def deals_to_look_after(user: Any, now: datetime) -> Iterable[TodayItem]:
    """One's own open deals, each once, by its most urgent reason. Six queries."""
    told: set[int] = set()
    today = timezone.localtime(now).date()
    own = Deal.objects.visible_to(user).filter(owner=user).select_related("stage")
    late = _fresh(own.overdue(today).order_by("expected_close_on"), told, user)
    rotting = _fresh(own.rotting(now).order_by("rots_at"), told, user)
    unplanned = _fresh(_wanting_plan(own), told, user)
    return [
        *(_overdue(deal, today) for deal in late),
        *(_rotting(deal, now) for deal in rotting),
        *(_unplanned(deal) for deal in unplanned),
    ]


def _wanting_plan(own: Any) -> QuerySet[Any]:
    rows: QuerySet[Any] = (
        own.unplanned()
        .filter(pipeline__needs_next_activity=True)
        .order_by(F("value_per_hour").desc(nulls_last=True), "-value")
    )
    return rows


def _fresh(rows: QuerySet[Any], told: set[int], user: Any) -> Iterable[Any]:
    """The first of the rows, without those told of already."""
    found = [deal for deal in rows[:MOST] if deal.pk not in told]
    load_parties(found, user)
    told.update(deal.pk for deal in found)
    return found


def _overdue(deal: Deal, today: Any) -> TodayItem:
    return _item(
        deal,
        rank=24,
        tone="red",
        reason=_("Close date passed on %(day)s") % {"day": formats.date(deal.expected_close_on)},
        actions=(
            _ask(deal, "push", _("Move the close date"), "calendar"),
            _ask(deal, "win", _("Won"), "trophy"),
        ),
    )


def _rotting(deal: Deal, now: datetime) -> TodayItem:
    days = (now - deal.stage_since).days
    said = ngettext("%(n)d day in “%(stage)s”", "%(n)d days in “%(stage)s”", days)
    reason = said % {"n": days, "stage": deal.stage}
    return _item(deal, rank=ROTS, tone="amber", reason=reason, actions=(_plan(deal),))


def _unplanned(deal: Deal) -> TodayItem:
    return _item(deal, rank=44, tone="grey", reason=_("Nothing is planned"), actions=(_plan(deal),))


def _item(deal: Deal, *, rank: int, tone: str, reason: str, actions: tuple[Action, ...]) -> TodayItem:
    return TodayItem(
        key=f"deal-{deal.pk}",
        rank=rank,
        icon="briefcase",
        tone=tone,
        title=str(deal),
        reason=reason,
        detail=formats.money(deal.value),
        url=reverse("resource_record", args=["deals", deal.pk]),
        at=deal.rots_at if rank == ROTS else None,
        weight=deal.value_per_hour or 0,
        party=deal.shown_party,
        actions=actions,
    )


def _plan(deal: Deal) -> Action:
    return _ask(deal, "plan", _("Plan the next activity"), "calendar-plus")


def _ask(deal: Deal, verb: str, label: str, icon: str) -> Action:
    url = reverse("resource_verb", args=["deals", deal.pk, verb])
    return Action(label=label, icon=icon, url=url, how="dialog", is_primary=True)
