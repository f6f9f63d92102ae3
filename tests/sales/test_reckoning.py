"""Money is exact: lines make the total, and page, paper and API say the same, whatever the numbers."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relasi.lib.money import coin
from relasi.sales import quote_documents
from relasi.sales.models import Quote, QuoteLine
from relasi.sales.quote_links import token_of
from relasi.sales.reckoning import AMOUNT, PERCENT, amounts_of, reckon
from tests.world import World

CURRENCIES = ("IDR", "USD", "JPY", "SGD", "EUR")


@dataclass(frozen=True)
class Line:
    quantity: Decimal
    unit_price: Decimal
    discount: Decimal
    discount_in: str
    rate: Decimal
    parts: tuple[int, int]
    is_chosen: bool = True

    @property
    def tax_share(self) -> Fraction:
        return Fraction(self.rate) / 100 * Fraction(*self.parts)

    @property
    def tax_label(self) -> str:
        return f"{self.rate} {self.parts}"


def numbers(most: int, places: int) -> Any:
    return st.integers(0, most * 10**places).map(lambda n: Decimal(n).scaleb(-places))


LINES = st.builds(
    Line,
    quantity=numbers(500, 3).filter(bool),
    unit_price=numbers(90_000_000, 2),
    discount=numbers(100, 2),
    discount_in=st.sampled_from([PERCENT, AMOUNT]),
    rate=st.sampled_from([Decimal(0), Decimal(11), Decimal(12), Decimal("2.5"), Decimal("7.1234")]),
    parts=st.sampled_from([(1, 1), (11, 12), (1, 3)]),
    is_chosen=st.booleans(),
)


@settings(max_examples=300, deadline=None)
@given(lines=st.lists(LINES, max_size=12), currency=st.sampled_from(CURRENCIES))
def test_lines_make_the_total(lines: list[Line], currency: str) -> None:
    sums = reckon(lines, currency)
    chosen = [amounts for line, amounts in zip(lines, sums.lines, strict=True) if line.is_chosen]
    assert sums.total == sum((one.total for one in chosen), Decimal(0)) == sums.net + sums.tax
    assert sums.net == sums.gross - sums.discount
    assert sums.tax == sum((tax.tax for tax in sums.taxes), Decimal(0))


@settings(max_examples=300, deadline=None)
@given(line=LINES, currency=st.sampled_from(CURRENCIES))
def test_every_amount_is_whole_coins_and_within_half_a_coin(line: Line, currency: str) -> None:
    amounts, unit = amounts_of(line, currency), Fraction(coin(currency))
    for amount in (amounts.gross, amounts.discount, amounts.net, amounts.tax, amounts.total):
        assert (Fraction(amount) / unit).denominator == 1
    assert abs(Fraction(amounts.gross) - Fraction(line.quantity) * Fraction(line.unit_price)) <= unit / 2
    assert abs(Fraction(amounts.tax) - Fraction(amounts.net) * line.tax_share) <= unit / 2


def test_halves_are_rounded_away_from_zero() -> None:
    line = Line(Decimal("0.5"), Decimal("0.01"), Decimal(0), PERCENT, Decimal(0), (1, 1))
    assert amounts_of(line, "USD").gross == Decimal("0.01")


@pytest.mark.django_db
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(LINES, min_size=1, max_size=4), currency=st.sampled_from(CURRENCIES))
def test_page_paper_and_api_say_the_same(
    lines: list[Line], currency: str, world: World, sign_in: Any
) -> None:
    quote = _quote(world, lines, currency)
    sums = quote.reckoned()
    with translation.override("en"):
        paper = quote_documents.html_of(None, quote_documents.facts(quote))
    world.budi.change(by=world.ada, language="en")
    if not quote.lines.exists():
        return
    quote.send(by=world.ada)
    page = Client().get(f"/q/{token_of(quote)}/").content.decode()
    api = sign_in(world.ada).get(f"/api/v1/quotes/{quote.pk}/").json()
    with translation.override("en"):
        for amount in (sums.net, sums.total, *(line.net for line in sums.lines)):
            shown = quote_documents.exact(amount, currency)
            assert shown in paper and shown in page
    assert [Decimal(str(api[name])) for name in ("net", "tax_amount", "total")] == [
        sums.net, sums.tax, sums.total,
    ]  # fmt: skip


def _quote(world: World, lines: list[Line], currency: str) -> Quote:
    from relasi.sales.models import DiscountRule

    DiscountRule.objects.all().delete()
    quote: Quote = Quote.create(by=world.ada, name="Acak", party=world.budi, currency=currency)
    for number, line in enumerate(lines):
        gross = amounts_of(line, currency).gross
        if line.discount_in == AMOUNT and line.discount > gross:
            continue
        made = QuoteLine.create(
            by=world.ada, quote=quote, description=f"Baris {number}", quantity=line.quantity,
            unit_price=line.unit_price, discount=line.discount, discount_in=line.discount_in,
            kind="optional", is_chosen=line.is_chosen,
        )  # fmt: skip
        QuoteLine.objects.filter(pk=made.pk).update(
            tax_rate=line.rate, tax_part=line.parts[0], tax_whole=line.parts[1]
        )
    quote.follow_lines()
    quote.refresh_from_db()
    return quote
