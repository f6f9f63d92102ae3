"""The forecast by model: what the pipeline yielded from this day of past periods on, and how far it was off.

Method: pipeline yield. On the same day of each past period the open value is read from the snapshots, by
stage and by whether it was to close within the period; what was won of it until the period's end, in per
cent, is its yield, and what was won from deals that were not open then is new business. This period is given
what is won so far, the yields of its open value, and the mean of new business. Each past period is forecast
the same way from the others alone, and compared with what came (leave-one-out).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db.models import BooleanField, Case, Q, QuerySet, Sum, When
from django.utils import timezone

from relasi.lib.periods import Period, period_of
from relasi.sales.models import Category, Deal, Outcome, PipelineSnapshot
from relasi.sales.models.quota import unit_of
from relasi.sales.waterfall import snapshot_days

PAST = {"month": 12, "quarter": 8, "year": 4}
FEWEST = 3
ZERO = Decimal(0)
Key = tuple[int, bool]  # the stage, and whether it was to close within the period


@dataclass
class Standing:
    """A period on one of its mornings: what was won before, what was open, and what became of it."""

    period: Period
    won_before: Decimal = ZERO
    won_after: Decimal = ZERO
    weighted: Decimal = ZERO
    open: dict[Key, Decimal] = field(default_factory=dict)
    won_of: dict[Key, Decimal] = field(default_factory=dict)

    @property
    def won(self) -> Decimal:
        return self.won_before + self.won_after

    @property
    def won_new(self) -> Decimal:
        """From deals that were not open on that morning."""
        return max(self.won_after - sum(self.won_of.values(), ZERO), ZERO)


@dataclass(frozen=True, kw_only=True)
class Tried:
    """A past period: what the model and the probabilities of the stages would have said, and what came."""

    period: Period
    model: Decimal
    weighted: Decimal
    won: Decimal

    @property
    def model_error(self) -> float | None:
        """(Forecast − actual) ÷ actual; None where nothing was won."""
        return float((self.model - self.won) / self.won) if self.won else None

    @property
    def weighted_error(self) -> float | None:
        return float((self.weighted - self.won) / self.won) if self.won else None


@dataclass(frozen=True, kw_only=True)
class ModelForecast:
    """`error` and `weighted_error`: how far the model and the weighted pipeline were off in the past periods
    together, the sum of the misses without their signs ÷ the sum of what came (WAPE); None where nothing
    came. `tried` is newest first.
    """

    amount: Decimal
    won: Decimal
    from_open: Decimal
    from_new: Decimal
    tried: tuple[Tried, ...]
    error: float | None
    weighted_error: float | None

    @property
    def low(self) -> Decimal:
        return max(self.amount * Decimal(1 - (self.error or 0)), self.won)

    @property
    def high(self) -> Decimal:
        return self.amount * Decimal(1 + (self.error or 0))


def model_forecast(period: Period, *, reader: Any, pipeline: int | None = None) -> ModelForecast | None:
    """Over the deals the reader may see, two queries a past period. None for a period that is over or is no
    month, quarter or year, and where fewer than three past ones have snapshots.
    """
    today, unit = timezone.localdate(), unit_of(period)
    if not unit or period.end <= today:
        return None
    deals = Deal.objects.visible_to(reader).filter(archived_at__isnull=True)
    rows = PipelineSnapshot.objects.visible_to(reader).filter(deal__archived_at__isnull=True)
    if pipeline:
        deals, rows = deals.filter(pipeline=pipeline), rows.filter(pipeline=pipeline)
    mornings = islice(_mornings(period, unit, today), PAST[unit])
    past = [_past(deals, rows, one, morning) for one, morning in mornings]
    if len(past) < FEWEST:
        return None
    tried = tuple(_tried(one, [other for other in past if other is not one]) for one in past)
    now = _now(deals, period)
    return ModelForecast(
        amount=now.won_before + _from_open(now, past) + _from_new(past),
        won=now.won_before,
        from_open=_from_open(now, past),
        from_new=_from_new(past),
        tried=tried,
        error=_missed([(one.model, one.won) for one in tried]),
        weighted_error=_missed([(one.weighted, one.won) for one in tried]),
    )


def _mornings(period: Period, unit: str, today: date) -> Iterator[tuple[Period, date]]:
    """Past periods of the same kind with the morning that is as far into them as today is into this one."""
    known = snapshot_days()
    if known is None:
        return
    into, one = today - period.start, period
    while True:
        one = period_of(unit, one.start - timedelta(days=1))
        morning = min(one.start + into, one.end - timedelta(days=1))
        if morning < known[0]:
            return
        if one.end <= today:
            yield one, morning


def _past(deals: QuerySet[Any], rows: QuerySet[Any], period: Period, morning: date) -> Standing:
    """Two queries."""
    came = Q(deal__status=Outcome.WON, deal__closed_on__gte=morning, deal__closed_on__lt=period.end)
    found = Standing(period)
    told = (
        rows.as_of(morning)  # type: ignore[attr-defined]
        .exclude(category=Category.OMITTED)
        .annotate(within=_within(period))
        .order_by()
        .values_list("stage", "within")
        .annotate(v=Sum("value"), w=Sum("weighted"), came=Sum("deal__value", filter=came))
    )
    for stage, within, value, weighted, won in told:
        found.open[stage, within] = value or ZERO
        found.won_of[stage, within] = won or ZERO
        found.weighted += (weighted or ZERO) if within else ZERO
    won_in = deals.filter(status=Outcome.WON, closed_on__gte=period.start, closed_on__lt=period.end)
    sums = won_in.aggregate(
        before=Sum("value", filter=Q(closed_on__lt=morning)),
        after=Sum("value", filter=Q(closed_on__gte=morning)),
    )
    found.won_before, found.won_after = sums["before"] or ZERO, sums["after"] or ZERO
    found.weighted += found.won_before
    return found


def _now(deals: QuerySet[Any], period: Period) -> Standing:
    found = Standing(period)
    rows = deals.filter(status=Outcome.OPEN).exclude(category=Category.OMITTED)
    told = rows.annotate(within=_within(period)).order_by().values_list("stage", "within")
    found.open = {(stage, within): value or ZERO for stage, within, value in told.annotate(v=Sum("value"))}
    won = deals.filter(status=Outcome.WON, closed_on__gte=period.start, closed_on__lt=period.end)
    found.won_before = won.aggregate(value=Sum("value"))["value"] or ZERO
    return found


def _within(period: Period) -> Case:
    """Those that are late are to close at once, so within."""
    return Case(
        When(expected_close_on__lt=period.end, then=True), default=False, output_field=BooleanField()
    )


def _tried(one: Standing, others: list[Standing]) -> Tried:
    said = one.won_before + _from_open(one, others) + _from_new(others)
    return Tried(period=one.period, model=said, weighted=one.weighted, won=one.won)


def _from_open(now: Standing, past: list[Standing]) -> Decimal:
    yields, whole = _yields(past)
    return sum((value * yields.get(key, whole) for key, value in now.open.items()), ZERO)


def _yields(past: list[Standing]) -> tuple[dict[Key, Decimal], Decimal]:
    """By stage and nearness, and of all open value together for what was never seen before."""
    was: dict[Key, Decimal] = defaultdict(Decimal)
    came: dict[Key, Decimal] = defaultdict(Decimal)
    for one in past:
        for key, value in one.open.items():
            was[key] += value
            came[key] += one.won_of[key]
    whole = sum(was.values(), ZERO)
    yields = {key: came[key] / value for key, value in was.items() if value}
    return yields, sum(came.values(), ZERO) / whole if whole else ZERO


def _from_new(past: list[Standing]) -> Decimal:
    return sum((one.won_new for one in past), ZERO) / len(past)


def _missed(pairs: list[tuple[Decimal, Decimal]]) -> float | None:
    came = sum((won for _said, won in pairs), ZERO)
    return float(sum((abs(said - won) for said, won in pairs), ZERO) / came) if came else None
