from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relasi.lib.money import Money, MoneyError, parse, show

AMOUNTS = st.decimals(min_value=-(10**12), max_value=10**12, places=2)


def rupiah(amount: str | int) -> Money:
    return Money(Decimal(amount), "IDR")


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("Rp1.250.000", "1250000"),
        ("1.250.000,50", "1250000.5"),
        ("IDR 1,250,000", "1250000"),
        ("1,5 jt", "1500000"),
        ("2 juta", "2000000"),
        ("3 rb", "3000"),
        ("Rp 5.000,-", "5000"),
        ("Rp. 2.500.000,00", "2500000"),
        ("(1.000)", "-1000"),
        ("-Rp1.000", "-1000"),
        ("1250", "1250"),
        ("0,5", "0.5"),
        ("1.250 juta", "1250000000"),
        ("5 M", "5000000000"),
    ],
)
def test_rupiah_are_read_as_people_write_them(text, amount):
    assert parse(text) == rupiah(amount)


def test_the_currency_in_the_text_wins():
    assert parse("US$ 1,250.50") == Money(Decimal("1250.50"), "USD")


def test_m_is_a_million_to_an_english_reader():
    assert parse("5 M", language="en") == rupiah(5_000_000)


@pytest.mark.parametrize(
    "text", ["", "abc", "1.2.3", "12,34,56", "Rp", "1 kambing", "1.25.000", "--5", "12 34x"]
)
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(MoneyError):
        parse(text)


def test_rupiah_show_no_decimals_unless_there_are_any():
    assert [show(rupiah(amount)) for amount in ("1250000.00", "1250000.5", "-1000")] == [
        "Rp1.250.000",
        "Rp1.250.000,50",
        "-Rp1.000",
    ]


def test_dollars_follow_the_language_of_the_reader():
    price = Money(Decimal("1250.5"), "USD")
    assert (show(price, "en"), show(price, "id")) == ("US$1,250.50", "US$1.250,50")


def test_two_currencies_do_not_add_up():
    with pytest.raises(MoneyError):
        rupiah(1) + Money(Decimal(1), "USD")


def test_floats_are_refused():
    for make in (lambda: Money(1.5), lambda: rupiah(1) * 1.5, lambda: rupiah(1) / 1.5):
        with pytest.raises(TypeError):
            make()


def test_amounts_can_be_summed_and_compared():
    assert sum([rupiah(1), rupiah(2)]) == rupiah(3)
    assert rupiah(1) < rupiah(2)


@given(AMOUNTS, st.sampled_from(["IDR", "USD", "EUR"]), st.sampled_from(["id", "en"]))
def test_what_is_shown_can_be_read_again(amount, currency, language):
    money = Money(amount, currency)
    assert parse(show(money, language), currency=currency, language=language) == money


@given(AMOUNTS, st.integers(min_value=1, max_value=50))
def test_the_parts_add_up_to_the_whole(amount, parts):
    shares = rupiah(amount).split(parts)
    assert sum(shares) == rupiah(amount).rounded()
    assert max(shares) - min(shares) <= rupiah(1)


def test_what_is_worked_out_in_rupiah_has_no_sen_and_what_is_read_keeps_them():
    assert rupiah("1250000.50").rounded() == rupiah(1_250_001)
    assert parse("Rp1.250.000,50") == rupiah("1250000.50")
