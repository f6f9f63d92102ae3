"""What changed in the pipeline between two mornings, and which deals slipped."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Min, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from relasi.lib.periods import Period
from relasi.sales.models import Deal, Outcome, PipelineSnapshot

SHOWN = 50
STEPS: tuple[tuple[str, Any, int], ...] = (  # name, label, whether it adds or takes away
    ("new", _("New"), 1),
    ("reopened", _("Opened again"), 1),
    ("pulled_in", _("Pulled in"), 1),
    ("increased", _("Increased"), 1),
    ("decreased", _("Decreased"), -1),
    ("pushed_out", _("Pushed out"), -1),
    ("won", _("Won"), -1),
    ("lost", _("Lost"), -1),
    ("removed", _("Removed"), -1),
)


@dataclass
class Step:
    """One bar: what it adds (below zero: takes away), and the deals behind it."""

    name: str
    label: Any
    amount: Decimal = Decimal(0)
    deal_ids: list[int] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.deal_ids)


@dataclass(frozen=True, kw_only=True)
class Waterfall:
    """`start` plus all steps is `end`, to the cent."""

    since: date
    until: date
    start: Decimal
    end: Decimal
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Slip:
    """A deal that closes later than was said."""

    deal: Deal
    before: date
    after: date
    times: int

    @property
    def days(self) -> int:
        return (self.after - self.before).days


def snapshot_days() -> tuple[date, date] | None:
    """The first and the last morning there is a picture of."""
    rows = PipelineSnapshot._default_manager
    first = rows.order_by("from_on").values_list("from_on", flat=True).first()
    newest = rows.order_by("-from_on").values_list("from_on", flat=True).first()
    ended = (
        rows.filter(until_on__isnull=False).order_by("-until_on").values_list("until_on", flat=True).first()
    )
    return (first, max(newest, ended or newest)) if first and newest else None


def waterfall(
    *, since: date, until: date, reader: Any, closing: Period | None = None, pipeline: int | None = None
) -> Waterfall:
    """Of the open value on `since` what became until `until`; with `closing` only what is to close in that
    period. Five queries, over the deals the reader may see.
    """
    seen = _seen(reader, pipeline)
    before, after = _differing(seen, since, until)
    steps = {name: Step(name, label) for name, label, _sign in STEPS}
    fates = _fates(before.keys() | after.keys())
    for deal_id in before.keys() | after.keys():
        _tell(steps, deal_id, before.get(deal_id), after.get(deal_id), fates.get(deal_id), since, closing)
    return Waterfall(
        since=since,
        until=until,
        start=_sum(seen.as_of(since), closing),
        end=_sum(seen.as_of(until), closing),
        steps=tuple(steps.values()),
    )


def slipped(*, since: date, until: date, reader: Any, pipeline: int | None = None) -> list[Slip]:
    """Open deals whose close date moved to later between two mornings, the largest first. Three queries."""
    before, after = _differing(_seen(reader, pipeline), since, until)
    moved = {
        pk: (before[pk].closes, row.closes)
        for pk, row in after.items()
        if pk in before and row.closes > before[pk].closes
    }
    deals = Deal.objects.visible_to(reader).filter(pk__in=moved).select_related("owner", "party")
    found = list(deals.order_by("-value")[:SHOWN])
    times = _times_pushed([deal.pk for deal in found])
    return [Slip(deal, *moved[deal.pk], times.get(deal.pk, 1)) for deal in found]


@dataclass(frozen=True)
class _State:
    value: Decimal
    closes: date

    def counts(self, closing: Period | None) -> bool:
        return closing is None or self.closes in closing


def _seen(reader: Any, pipeline: int | None) -> Any:
    rows = PipelineSnapshot.objects.all()
    if pipeline:
        rows = rows.filter(pipeline=pipeline)
    if reader.rights.scope("deal", "view") == "all":
        return rows
    return rows.filter(deal__in=Deal.objects.visible_to(reader).values("pk"))


def _differing(seen: Any, since: date, until: date) -> tuple[dict[int, _State], dict[int, _State]]:
    """Rows that held on one of the mornings and not on the other."""
    gone = seen.as_of(since).filter(until_on__lte=until)
    come = seen.as_of(until).filter(from_on__gt=since)
    return _states(gone), _states(come)


def _states(rows: QuerySet[Any]) -> dict[int, _State]:
    told = rows.values_list("deal_id", "value", "expected_close_on")
    return {deal_id: _State(value, closes) for deal_id, value, closes in told}


def _fates(ids: Iterable[int]) -> dict[int, tuple[str, date]]:
    """Outcome of deals and the first morning they were seen."""
    rows = Deal._default_manager.filter(pk__in=list(ids), archived_at__isnull=True)
    told = rows.annotate(first=Min("snapshots__from_on")).values_list("pk", "status", "first")
    return {pk: (status, first) for pk, status, first in told}


def _tell(
    steps: dict[str, Step],
    deal_id: int,
    before: _State | None,
    after: _State | None,
    fate: tuple[str, date] | None,
    since: date,
    closing: Period | None,
) -> None:
    was = before if before and before.counts(closing) else None
    now = after if after and after.counts(closing) else None
    if was and now:
        difference = now.value - was.value
        if difference:
            _add(steps["increased" if difference > 0 else "decreased"], deal_id, difference)
    elif now:
        name = "pulled_in" if before else "new" if fate is None or fate[1] > since else "reopened"
        _add(steps[name], deal_id, now.value)
    elif was:
        _add(steps["pushed_out" if after else _end(fate)], deal_id, -was.value)


def _end(fate: tuple[str, date] | None) -> str:
    ends = {Outcome.WON.value: "won", Outcome.LOST.value: "lost"}
    return ends.get(fate[0], "removed") if fate else "removed"


def _add(step: Step, deal_id: int, amount: Decimal) -> None:
    step.amount += amount
    step.deal_ids.append(deal_id)


def _sum(rows: QuerySet[Any], closing: Period | None) -> Decimal:
    if closing is not None:
        rows = rows.filter(expected_close_on__gte=closing.start, expected_close_on__lt=closing.end)
    total = rows.aggregate(total=Sum("value"))["total"]
    return round(Decimal(str(total)), 2) if total is not None else Decimal(0)


def _times_pushed(ids: list[int]) -> dict[int, int]:
    """How often each deal was moved to a later day, over its whole life."""
    days: dict[int, list[date]] = {}
    rows = PipelineSnapshot._default_manager.filter(deal__in=ids).order_by("deal", "from_on")
    for deal_id, closes in rows.values_list("deal_id", "expected_close_on"):
        days.setdefault(deal_id, []).append(closes)
    return {
        deal_id: sum(later > earlier for earlier, later in zip(told, told[1:], strict=False))
        for deal_id, told in days.items()
    }
