"""Columns of money: an exact amount, and beside it the currency it is in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from relasi.lib.money import CURRENCIES, Money


def own_currency() -> str:
    """The currency the company keeps its books in."""
    return str(settings.RELASI_CURRENCY)


class CurrencyField(models.CharField):  # type: ignore[type-arg]
    """An ISO 4217 code; a new record starts with the company's own currency."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("verbose_name", _("Currency"))
        kwargs.setdefault("max_length", 3)
        kwargs.setdefault("choices", [(code, code) for code in CURRENCIES])
        kwargs.setdefault("default", own_currency)
        super().__init__(*args, **kwargs)


class MoneyField(models.DecimalField):  # type: ignore[type-arg]
    """An exact amount of at most 15 digits, which both databases keep and compare exactly.

    `currency`: the attribute of the record that says in what; a record without it, the company's own.
    """

    relasi_kind = "money"

    def __init__(self, *args: Any, currency: str = "currency", **kwargs: Any) -> None:
        self.currency = currency
        kwargs.setdefault("max_digits", 15)
        kwargs.setdefault("decimal_places", 2)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "currency": self.currency}


def currency_of(column: Any, record: Any) -> str:
    """What a record's amount in `column` (a model field or none) is in."""
    name = getattr(column, "currency", "")
    return str((getattr(record, name, "") if name else "") or own_currency())


def money_of(record: Any, name: str) -> Money | None:
    """A record's amount with its currency; None where nothing stands."""
    amount = getattr(record, name)
    return None if amount is None else Money(amount, currency_of(record._meta.get_field(name), record))
