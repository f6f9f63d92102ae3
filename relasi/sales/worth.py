"""What an amount is worth in the company's own currency."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from relasi.catalog.rates import convert
from relasi.kit.records.money import own_currency
from relasi.lib.money import Money


def worth(amount: Decimal, currency: str, on: date) -> Decimal:
    """By the rate of that day, to the cent."""
    home = own_currency()
    if currency == home or not amount:
        return Decimal(amount).quantize(Decimal("0.01"))
    return convert(Money(Decimal(amount), currency), to=home, on=on).rounded().amount
