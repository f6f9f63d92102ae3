"""From one currency to another, by the rates of a day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from relasi.catalog.models import ExchangeRate
from relasi.kit.records.money import own_currency
from relasi.lib.money import Money


class NoRate(ValidationError):
    """No rate of a currency is known for a day."""


def convert(money: Money, *, to: str, on: date | None = None) -> Money:
    """The same worth in another currency, to its smallest coin, by the newest rates up to that day.

    Raises NoRate.
    """
    if money.currency == to:
        return money
    return Rates(on=on).convert(money, to=to)


class Rates:
    """The rates of one day, asked for once for each currency; for many amounts."""

    def __init__(self, *, on: date | None = None) -> None:
        self.on = on or timezone.localdate()
        self._known: dict[str, Decimal] = {own_currency(): Decimal(1)}

    def convert(self, money: Money, *, to: str) -> Money:
        """As `convert` above."""
        if money.currency == to:
            return money
        return Money(money.amount * self.of(money.currency) / self.of(to), to).rounded()

    def of(self, currency: str) -> Decimal:
        """What one of it is worth in the company's own currency. Raises NoRate."""
        if currency not in self._known:
            self._known[currency] = self._newest(currency)
        return self._known[currency]

    def all(self) -> dict[str, Decimal]:
        """Every currency that has a rate by that day, the company's own with 1; for sums in the database."""
        rows = ExchangeRate._default_manager.filter(on__lte=self.on).order_by("currency", "on")
        return {own_currency(): Decimal(1), **dict(rows.values_list("currency", "rate"))}

    def _newest(self, currency: str) -> Decimal:
        rows = ExchangeRate._default_manager.filter(currency=currency, on__lte=self.on)
        rate: Decimal | None = rows.order_by("-on").values_list("rate", flat=True).first()
        if rate is None:
            raise NoRate(
                _("There is no exchange rate of %(currency)s on %(day)s or before. Add one.")
                % {"currency": currency, "day": self.on.isoformat()}
            )
        return rate
