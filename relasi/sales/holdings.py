"""What a customer holds: the products on won deals, and until when those with a term run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from dateutil.relativedelta import relativedelta

from relasi.sales.models import Deal, DealLine

if TYPE_CHECKING:
    from relasi.parties.models import Party


@dataclass(frozen=True, kw_only=True)
class Holding:
    """`ends_on` is None for what has no term."""

    product_id: int
    since: date
    ends_on: date | None

    def is_over(self, today: date) -> bool:
        return self.ends_on is not None and self.ends_on <= today


def holdings_of(party: Party) -> dict[int, Holding]:
    """By product, the one that was bought last. One query."""
    rows = DealLine._default_manager.filter(deal__in=Deal.objects.won().filter(party=party.pk))
    found: dict[int, Holding] = {}
    for product_id, since, months in rows.order_by("deal__closed_on", "id").values_list(
        "product_id", "deal__closed_on", "product__term_months"
    ):
        ends_on = since + relativedelta(months=months) if months else None
        found[product_id] = Holding(product_id=product_id, since=since, ends_on=ends_on)
    return found
