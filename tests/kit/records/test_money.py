"""Amounts of money on records: shown in the currency that stands beside them."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace

from relasi.kit.access.models import User
from relasi.kit.records.money import CurrencyField, MoneyField, currency_of
from relasi.kit.resources import cells
from relasi.kit.resources.fields import Field


def _shown(currency: str) -> str:
    column = MoneyField()
    field = Field(name="amount", label="Amount", kind="money", path="amount", model_field=column)
    record = SimpleNamespace(amount=Decimal("1250.50"), currency=currency)
    return str(cells.writer(field, User(is_owner=True), resource=None)(record))


def test_an_amount_is_shown_in_its_own_currency() -> None:
    assert [_shown("USD"), _shown("SGD")] == ["US$1,250.50", "S$1,250.50"]


def test_an_amount_without_one_is_in_the_currency_of_the_company() -> None:
    assert currency_of(MoneyField(), SimpleNamespace()) == "IDR"
    assert currency_of(MoneyField(currency=""), SimpleNamespace(currency="USD")) == "IDR"


def test_a_new_record_starts_with_the_currency_of_the_company() -> None:
    assert CurrencyField().get_default() == "IDR"


def test_a_column_of_money_is_rebuilt_with_its_currency() -> None:
    name, path, args, kwargs = MoneyField(currency="book").deconstruct()
    assert MoneyField(*args, **kwargs).currency == "book"
