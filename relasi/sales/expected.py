"""Expected value and cost to serve: what a lead, a deal, a customer should bring, and what it takes.

Expected value is probability × margin. A deal's margin is that of its products; where a cost is not known,
the share that products on sale leave on the whole. A lead's probability is how many of the decided leads of
its channel were won in the last twelve months. Value per hour counts at least one hour.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from relasi.activities.models import Activity
from relasi.catalog.models import Product
from relasi.sales.models import CostEntry, Deal, DealLine, Lead, PartyWorth
from relasi.sales.models.reckoned import KEPT
from relasi.sales.rates import HourlyRates, hourly_rates
from relasi.sales.worth import worth

CENT, HOUR = Decimal("0.01"), 60
YEAR = timedelta(days=365)
ENOUGH = 20  # decided leads before a channel speaks for itself
FIRST_GUESS = Decimal("0.1")
About = tuple[str, int]


@dataclass
class Spent:
    """What the ledger and logged minutes say: by ("deal", 7), ("lead", 7), ("party", 7)."""

    cost: dict[About, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    minutes: dict[About, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, about: About, cost: Decimal, minutes: int) -> None:
        self.cost[about] += cost
        self.minutes[about] += minutes


def reckon(party_ids: Iterable[int]) -> None:
    """Keep the worth of these customers, their leads and deals. A fixed number of queries."""
    ids = set(party_ids)
    deals = list(Deal._default_manager.filter(party__in=ids))
    leads = list(Lead._default_manager.filter(party__in=ids).select_related("product"))
    spent = _spent(ids, hourly_rates(timezone.localdate()))
    usual = usual_share()
    costs = _costs(deals)
    chances = chances_of_leads() if any(lead.is_open for lead in leads) else {}
    changed_deals = [deal for deal in deals if _keep(deal, *_of_deal(deal, costs, usual), spent)]
    changed_leads = [lead for lead in leads if _keep(lead, *_of_lead(lead, chances, usual), spent)]
    Deal._default_manager.bulk_update(changed_deals, KEPT)
    Lead._default_manager.bulk_update(changed_leads, KEPT)
    _keep_parties(ids, deals, leads, spent)


def usual_share() -> Decimal:
    """What products on sale leave of their list price, on the whole; all of it where no cost is known."""
    rows = Product._default_manager.filter(is_active=True, cost__isnull=False, list_price__gt=0)
    found = rows.aggregate(price=Sum("list_price"), cost=Sum("cost"))
    if not found["price"]:
        return Decimal(1)
    return max((1 - Decimal(found["cost"]) / Decimal(found["price"])).quantize(Decimal("0.001")), Decimal(0))


def chances_of_leads() -> dict[str, Decimal]:
    """By channel, the share of the leads decided in the last twelve months that were won, or should be by
    the probability of their deal; "" for channels that saw too few.
    """
    decided = Lead._default_manager.filter(
        Q(status=Lead.Status.DISQUALIFIED) | Q(deal__isnull=False),
        received_at__gte=timezone.now() - YEAR,
    )
    won = Coalesce(Sum("deal__probability"), 0)
    counted = decided.order_by().values_list("channel").annotate(n=Count("pk"), won=won)
    rows = [(channel, n, Decimal(won) / 100) for channel, n, won in counted]
    total, won_total = sum(n for _c, n, _w in rows), sum((won for _c, _n, won in rows), Decimal(0))
    found = {channel: _share(won, n) for channel, n, won in rows if n >= ENOUGH}
    found[""] = _share(won_total, total) if total >= ENOUGH else FIRST_GUESS
    return found


def _share(part: Decimal, whole: int) -> Decimal:
    return (part / whole).quantize(Decimal("0.001"))


def _costs(deals: list[Deal]) -> dict[int, tuple[Decimal, Decimal]]:
    """By deal: (what its products cost, what of its amount they make), where every product has a cost in the
    deal's currency.
    """
    found: dict[int, tuple[Decimal, Decimal]] = {}
    unknown: set[int] = set()
    rows = (
        DealLine._default_manager.filter(deal__in=deals)
        .order_by()
        .values_list("deal_id", "quantity", "amount", "product__cost", "product__currency", "deal__currency")
    )
    for deal_id, quantity, amount, cost, currency, of_deal in rows:
        if cost is None or currency != of_deal:
            unknown.add(deal_id)
            continue
        before = found.get(deal_id, (Decimal(0), Decimal(0)))
        found[deal_id] = (before[0] + Decimal(quantity) * Decimal(cost), before[1] + Decimal(amount))
    return {pk: sums for pk, sums in found.items() if pk not in unknown}


def _of_deal(
    deal: Deal, costs: dict[int, tuple[Decimal, Decimal]], usual: Decimal
) -> tuple[Decimal, list[dict[str, Any]]]:
    """(expected value, its parts). A won deal brings its margin, a lost one nothing."""
    chance = Decimal(deal.probability) / 100
    if deal.pk in costs and costs[deal.pk][1]:
        cost, amount = costs[deal.pk]
        share = ((amount - cost) / amount).quantize(Decimal("0.001"))
        code = "margin_known"
    else:
        share, code = usual, "margin_usual"
    margin = (deal.value * share).quantize(CENT)
    parts = [
        {"code": code, "values": {"share": str(share), "value": str(deal.value), "margin": str(margin)}},
        {"code": "chance_stage", "values": {"chance": str(chance)}},
    ]
    return (margin * chance).quantize(CENT), parts


def _of_lead(lead: Lead, chances: dict[str, Decimal], usual: Decimal) -> tuple[Decimal, list[dict[str, Any]]]:
    """(expected value, its parts). What is decided is expected of its deal, or not at all."""
    if not lead.is_open:
        return Decimal(0), []
    chance = chances.get(lead.channel, chances[""])
    value = worth(lead.estimated_value or Decimal(0), lead.currency, timezone.localdate())
    product = lead.product
    if product and product.margin is not None and product.list_price:
        share, code = (product.margin / product.list_price).quantize(Decimal("0.001")), "margin_known"
    else:
        share, code = usual, "margin_usual"
    margin = (value * share).quantize(CENT)
    parts = [
        {"code": code, "values": {"share": str(share), "value": str(value), "margin": str(margin)}},
        {"code": "chance_channel", "values": {"chance": str(chance), "channel": lead.channel}},
    ]
    return (margin * chance).quantize(CENT), parts


def _spent(ids: set[int], rates: HourlyRates) -> Spent:
    spent = Spent()
    logged = Activity._default_manager.filter(party__in=ids, done_at__isnull=False, minutes__gt=0).order_by()
    told = logged.values_list("party_id", "about_noun", "about_id", "owner_id").annotate(sum=Sum("minutes"))
    for party_id, noun, about_id, owner_id, minutes in told:
        cost = rates.cost_of(minutes, owner_id)
        spent.add(("party", party_id), cost, minutes)
        if noun in ("deal", "lead") and about_id:
            spent.add((noun, about_id), cost, minutes)
    entries = CostEntry._default_manager.filter(party__in=ids).order_by()
    for party_id, deal_id, lead_id, cost, minutes in entries.values_list(
        "party_id", "deal_id", "lead_id", "cost", "minutes"
    ):
        for about in (("party", party_id), ("deal", deal_id), ("lead", lead_id)):
            if about[1]:
                spent.add(about, cost, minutes or 0)
    return spent


def per_hour(value: Decimal, minutes: int) -> Decimal:
    """At least one hour is counted."""
    return (value * HOUR / max(minutes, HOUR)).quantize(CENT)


def _keep(record: Any, expected: Decimal, parts: list[dict[str, Any]], spent: Spent) -> bool:
    """Set what is kept on a lead or deal; whether anything differs."""
    about = (record.noun, record.pk)
    minutes = spent.minutes.get(about, 0)
    values = {
        "expected_value": expected,
        "cost_to_serve": spent.cost.get(about, Decimal(0)),
        "minutes_spent": minutes,
        "value_per_hour": per_hour(expected, minutes) if record.is_open else None,
        "worth_parts": parts,
    }
    if all(getattr(record, name) == value for name, value in values.items()):
        return False
    for name, value in values.items():
        setattr(record, name, value)
    return True


def _keep_parties(ids: set[int], deals: list[Deal], leads: list[Lead], spent: Spent) -> None:
    """A customer: what open leads and deals should bring, and what won ones of a year brought."""
    since = timezone.localdate() - YEAR
    expected: dict[int, Decimal] = defaultdict(Decimal)
    earned: dict[int, Decimal] = defaultdict(Decimal)
    records: list[Any] = [*deals, *leads]
    for record in records:
        if record.is_open and record.archived_at is None:
            expected[record.party_id] += record.expected_value
    for deal in deals:
        if deal.is_won and deal.closed_on and deal.closed_on >= since:
            earned[deal.party_id] += deal.expected_value
    known = {deal.party_id for deal in deals} | {lead.party_id for lead in leads}
    known |= {pk for noun, pk in spent.cost if noun == "party"}
    rows = [_party_worth(pk, expected[pk], earned[pk], spent) for pk in sorted(known & ids)]
    PartyWorth._default_manager.bulk_create(
        rows, update_conflicts=True, unique_fields=["party"],
        update_fields=["expected_value", "cost_to_serve", "minutes_spent", "value_per_hour", "parts"],
    )  # fmt: skip
    PartyWorth._default_manager.filter(party__in=ids - known).delete()


def _party_worth(pk: int, expected: Decimal, earned: Decimal, spent: Spent) -> PartyWorth:
    minutes = spent.minutes.get(("party", pk), 0)
    parts = [
        {"code": "open_work", "values": {"value": str(expected)}},
        {"code": "earned", "values": {"value": str(earned)}},
    ]
    return PartyWorth(
        party_id=pk, expected_value=expected, cost_to_serve=spent.cost.get(("party", pk), Decimal(0)),
        minutes_spent=minutes, value_per_hour=per_hour(expected + earned, minutes), parts=parts,
    )  # fmt: skip
