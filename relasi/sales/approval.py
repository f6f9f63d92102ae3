"""Which discount rules a quote meets, and who may approve it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from relasi.catalog.rates import NoRate, Rates
from relasi.lib.money import Money
from relasi.sales.models.discount_rule import DiscountRule
from relasi.sales.models.quote import Quote
from relasi.sales.reckoning import PERCENT

CENT = Decimal("0.01")


@dataclass(frozen=True, kw_only=True)
class Demand:
    """A rule that asks for approval, and why in words."""

    rule: DiscountRule
    reason: str


def demands(quote: Quote) -> tuple[Demand, ...]:
    """Every rule in use that asks somebody to approve this quote."""
    rules = list(
        DiscountRule._default_manager.filter(archived_at__isnull=True).select_related("role", "approver")
    )
    if not rules:
        return ()
    lines = quote.ordered_lines()
    highest = max((_discount_share(line) for line in lines), default=Fraction(0)) * 100
    margin = _margin(quote, lines) if any(rule.margin_below is not None for rule in rules) else None
    return tuple(
        Demand(rule=rule, reason=reason) for rule in rules if (reason := _reason(rule, highest, margin))
    )


def may_approve(user: Any, quote: Quote) -> bool:
    """Whether the rules that ask name this person. The right to approve is asked besides."""
    if user.is_owner:
        return True
    return all(demand.rule.names(user) for demand in demands(quote))


def _reason(rule: DiscountRule, highest: Fraction, margin: Fraction | None) -> str:
    if rule.above is not None and highest > Fraction(rule.above):
        return _("A discount of %(discount)s %% is more than %(most)s %%.") % {
            "discount": _plain(highest),
            "most": _plain(Fraction(rule.above)),
        }
    if rule.margin_below is not None and margin is not None and margin < Fraction(rule.margin_below):
        return _("It leaves a margin of less than %(least)s %%.") % {
            "least": _plain(Fraction(rule.margin_below))
        }
    return ""


def _discount_share(line: Any) -> Fraction:
    """As it was typed; of a discount in money, its share of the price."""
    if line.discount_in == PERCENT:
        return Fraction(line.discount) / 100
    amounts = line.amounts
    return Fraction(amounts.discount) / Fraction(amounts.gross) if amounts.gross else Fraction(0)


def _margin(quote: Quote, lines: list[Any]) -> Fraction | None:
    """Per cent of the net price of the chosen lines that is left after cost; None where no cost is known."""
    rates = Rates()
    net, cost, is_known = Fraction(0), Fraction(0), False
    for line in lines:
        if not line.is_chosen:
            continue
        net += Fraction(line.amounts.net)
        if line.product is None or line.product.cost is None:
            continue
        try:
            each = rates.convert(Money(line.product.cost, line.product.currency), to=quote.currency)
        except NoRate:
            continue
        is_known = True
        cost += Fraction(each.amount) * Fraction(line.quantity)
    return (net - cost) / net * 100 if is_known and net else None


def _plain(share: Fraction) -> str:
    return f"{(Decimal(share.numerator) / Decimal(share.denominator)).quantize(CENT).normalize():f}"
