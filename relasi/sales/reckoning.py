"""What a quote or an order comes to: the one place where its amounts are reckoned.

Rounding: on every line the price, the discount and the tax are each rounded to the smallest coin of the
currency, halves away from zero. Everything else is a sum of rounded amounts, so lines and totals agree to the
coin wherever they are shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Protocol

from relasi.lib.money import coin

NOTHING = Decimal(0)
PERCENT, AMOUNT = "percent", "amount"


class Item(Protocol):
    """What is reckoned with: a line of a quote or of an order."""

    quantity: Any
    unit_price: Any
    discount: Any
    discount_in: Any
    is_chosen: Any

    @property
    def tax_share(self) -> Fraction: ...

    @property
    def tax_label(self) -> str: ...


@dataclass(frozen=True, kw_only=True)
class Amounts:
    """Of one line. `gross` − `discount` = `net`; `net` + `tax` = `total`."""

    gross: Decimal
    discount: Decimal
    net: Decimal
    tax: Decimal
    total: Decimal


@dataclass(frozen=True, kw_only=True)
class TaxSum:
    """One tax over all lines that bear it."""

    label: str
    base: Decimal
    tax: Decimal


@dataclass(frozen=True, kw_only=True)
class Reckoned:
    """The sums of the chosen lines, and the amounts of every line, chosen or not, in their order."""

    currency: str
    lines: tuple[Amounts, ...]
    gross: Decimal
    discount: Decimal
    net: Decimal
    tax: Decimal
    total: Decimal
    taxes: tuple[TaxSum, ...]

    @property
    def discount_share(self) -> Fraction:
        """The discount as a share of the price before it."""
        return Fraction(self.discount) / Fraction(self.gross) if self.gross else Fraction(0)


def reckon(items: Iterable[Item], currency: str) -> Reckoned:
    """The amounts of every line and the sums of the chosen ones."""
    items = list(items)
    lines = tuple(amounts_of(item, currency) for item in items)
    chosen = [(item, line) for item, line in zip(items, lines, strict=True) if item.is_chosen]
    sums = {
        name: sum((getattr(line, name) for _item, line in chosen), NOTHING)
        for name in ("gross", "discount", "net", "tax", "total")
    }
    return Reckoned(currency=currency, lines=lines, taxes=_taxes(chosen), **sums)


def amounts_of(item: Item, currency: str) -> Amounts:
    """One line, by its quantity, price, discount and tax."""
    gross = rounded(Fraction(item.quantity) * Fraction(item.unit_price or 0), currency)
    discount = discount_of(gross, item.discount or NOTHING, item.discount_in, currency)
    net = gross - discount
    tax = rounded(Fraction(net) * item.tax_share, currency)
    return Amounts(gross=gross, discount=discount, net=net, tax=tax, total=net + tax)


def discount_of(gross: Decimal, discount: Decimal, discount_in: str, currency: str) -> Decimal:
    """In money: a share of the price, or the amount itself."""
    share = Fraction(gross) * Fraction(discount) / 100 if discount_in == PERCENT else Fraction(discount)
    return rounded(share, currency)


def rounded(value: Fraction, currency: str) -> Decimal:
    """To the smallest coin, halves away from zero, without a detour over inexact numbers."""
    unit = coin(currency)
    coins = abs(value) / Fraction(unit)
    whole = (2 * coins.numerator + coins.denominator) // (2 * coins.denominator)
    return (whole if value >= 0 else -whole) * unit


def _taxes(chosen: list[tuple[Item, Amounts]]) -> tuple[TaxSum, ...]:
    sums: dict[str, TaxSum] = {}
    for item, line in chosen:
        if not item.tax_share:
            continue
        label = item.tax_label
        before = sums.get(label) or TaxSum(label=label, base=NOTHING, tax=NOTHING)
        sums[label] = TaxSum(label=label, base=before.base + line.net, tax=before.tax + line.tax)
    return tuple(sums[label] for label in sorted(sums))
