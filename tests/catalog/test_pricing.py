"""What a product costs somebody: by segment, currency, day and quantity; taxes and exchange rates by day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from relasi.catalog.models import ExchangeRate, Price, PriceBook, Product, Tax, TaxRate
from relasi.catalog.pricing import Offered, price_of, prices_of
from relasi.catalog.rates import NoRate, Rates, convert
from relasi.kit.events.models import Event
from relasi.lib.money import Money
from tests.catalog.conftest import Shop

DAY = date(2026, 11, 20)


def book(shop: Shop, name: str = "Eceran", **fields: Any) -> PriceBook:
    return PriceBook.create(by=shop.world.ada, name=name, **fields)


def price(shop: Shop, in_book: PriceBook, amount: int | str, **fields: Any) -> Price:
    fields = {"product": shop.filter, **fields}
    return Price.create(by=shop.world.ada, book=in_book, amount=Decimal(amount), **fields)


def offered(shop: Shop, **asked: Any) -> Offered:
    found = price_of(**{"product": shop.filter, "on": DAY, **asked})
    assert found is not None
    return found


def test_the_list_price_holds_where_no_book_says_otherwise(shop: Shop) -> None:
    found = offered(shop)
    assert (found.money, found.book, found.reasons) == (Money(Decimal(85_000)), None, ("List price",))


def test_what_has_no_price_is_not_offered(shop: Shop) -> None:
    gift = Product.create(by=shop.world.ada, name="Hadiah", kind="goods")
    assert price_of(product=gift) is None


def test_a_book_for_everybody_comes_before_the_list_price(shop: Shop) -> None:
    price(shop, book(shop), 80_000)
    found = offered(shop)
    assert (found.amount, found.reasons) == (Decimal(80_000), ("Price book “Eceran”",))


def test_a_larger_quantity_has_its_own_price(shop: Shop) -> None:
    retail = book(shop)
    price(shop, retail, 80_000)
    price(shop, retail, 70_000, min_quantity=Decimal(10))
    amounts = [offered(shop, quantity=Decimal(n)).amount for n in (1, 9, 10, 50)]
    assert amounts == [80_000, 80_000, 70_000, 70_000]
    assert offered(shop, quantity=Decimal(10)).reasons == ("Price book “Eceran”", "from 10")


def test_a_segment_has_its_own_prices_and_nobody_else(shop: Shop) -> None:
    price(shop, book(shop), 80_000)
    price(shop, book(shop, "Klien", filter="rung >= client", priority=20), 75_000)
    by_party = {
        party: offered(shop, party=party).amount for party in (shop.world.budi, shop.world.siti, None)
    }
    assert list(by_party.values()) == [75_000, 80_000, 80_000]
    assert "the customer meets: rung >= client" in offered(shop, party=shop.world.budi).reasons


def test_a_segment_of_companies_leaves_people_out(shop: Shop) -> None:
    price(shop, book(shop, "Ritel", filter="industry = Retail"), 60_000)
    amounts = [offered(shop, party=party).amount for party in (shop.world.maju, shop.world.budi)]
    assert amounts == [60_000, 85_000]


def test_of_two_books_that_fit_the_higher_priority_decides(shop: Shop) -> None:
    price(shop, book(shop, "Biasa", priority=10), 80_000)
    price(shop, book(shop, "Promo", priority=50), 79_000)
    assert offered(shop).amount == 79_000


def test_a_book_without_the_product_leaves_it_to_the_next(shop: Shop) -> None:
    price(shop, book(shop, "Biasa", priority=10), 80_000)
    price(shop, book(shop, "Promo", priority=50), 10_000, product=shop.freon)
    assert offered(shop).amount == 80_000


def test_a_book_holds_from_its_first_to_its_last_day(shop: Shop) -> None:
    lebaran = book(shop, "Lebaran", valid_from=date(2026, 3, 1), valid_until=date(2026, 3, 31))
    price(shop, lebaran, 50_000)
    days = [date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1)]
    assert [offered(shop, on=day).amount for day in days] == [85_000, 50_000, 50_000, 85_000]


def test_books_that_are_put_away_or_out_of_use_do_not_hold(shop: Shop) -> None:
    retail = book(shop)
    price(shop, retail, 80_000)
    retail.archive(by=shop.world.ada)
    out = book(shop, "Lama", is_active=False)
    price(shop, out, 70_000)
    assert offered(shop).book is None


def test_a_book_in_dollars_is_for_who_asks_in_dollars(shop: Shop) -> None:
    price(shop, book(shop, "Export", currency="USD"), "5.25")
    assert offered(shop, currency="USD").money == Money(Decimal("5.25"), "USD")
    assert offered(shop).money == Money(Decimal(85_000), "IDR")


def test_without_a_book_the_list_price_is_converted_by_the_day(shop: Shop) -> None:
    rate(shop, "USD", date(2026, 11, 19), 17_000)
    found = offered(shop, currency="USD")
    assert found.money == Money(Decimal("5.00"), "USD")
    assert found.reasons == ("List price", "converted from IDR by the rate of 2026-11-20")


def test_many_lines_cost_the_same_queries_as_one(shop: Shop) -> None:
    price(shop, book(shop), 80_000)
    assert _queries([(shop.filter, Decimal(1))]) == _queries(
        [(product, Decimal(2)) for product in (shop.filter, shop.freon, shop.cleaning)]
    )


def test_a_book_that_ends_before_it_begins_is_refused(shop: Shop) -> None:
    with pytest.raises(ValidationError) as error:
        book(shop, valid_from=date(2026, 2, 1), valid_until=date(2026, 1, 1))
    assert error.value.message_dict == {"valid_until": ["The last day lies before the first."]}


def test_a_segment_that_cannot_be_read_is_refused_beside_its_field(shop: Shop) -> None:
    with pytest.raises(ValidationError) as error:
        book(shop, filter="colour = red")
    assert error.value.message_dict == {"filter": ["There is no field “colour” to filter by."]}


def test_a_book_is_copied_with_every_price_raised_to_the_smallest_coin(shop: Shop) -> None:
    retail = book(shop, filter="rung >= client")
    price(shop, retail, 80_333)
    price(shop, retail, 70_000, min_quantity=Decimal(10))
    copy = retail.copy(name="Eceran 2027", percent=Decimal(5), valid_from=date(2027, 1, 1), by=shop.world.ada)
    amounts = [(one.min_quantity, one.amount) for one in copy.prices.order_by("min_quantity")]
    assert amounts == [(1, Decimal(84_350)), (10, Decimal(73_500))]
    assert (copy.filter, retail.prices.count()) == ("rung >= client", 2)


def test_a_big_book_is_copied_by_a_few_statements_and_every_price_tells_of_it(
    shop: Shop, django_assert_max_num_queries
) -> None:
    retail = book(shop)
    for n in range(60):
        price(shop, retail, 1_000 + n, min_quantity=Decimal(n + 1))
    with django_assert_max_num_queries(20):
        copy = retail.copy(name="Eceran 2027", percent=Decimal(10), by=shop.world.ada)
    last = copy.prices.order_by("-min_quantity")[0]
    told = Event.objects.get(noun="price", record_id=last.pk, verb="created")
    assert (copy.prices.count(), last.amount, told.actor_id) == (60, Decimal(1_165), shop.world.ada.pk)
    one = Price.create(by=shop.world.ada, book=copy, product=shop.freon, amount=Decimal(5))
    assert told.changes.keys() == Event.objects.get(noun="price", record_id=one.pk).changes.keys()


def test_ppn_follows_the_law_of_the_day(shop: Shop) -> None:
    rates = {
        day: offered(shop, on=day).tax_rate
        for day in (date(2021, 5, 5), date(2022, 4, 1), date(2024, 12, 31), date(2026, 1, 1))
    }
    assert list(rates.values()) == [10, 11, 11, 11]
    assert str(shop.ppn.rate_on(date(2026, 1, 1))) == "12 % × 11/12"


def test_tax_on_top_and_tax_inside_agree(shop: Shop) -> None:
    rate = shop.ppn.rate_on(DAY)
    assert rate is not None
    net = Money(Decimal(1_000_000))
    tax = rate.on_top_of(net)
    assert (tax, rate.inside(net + tax)) == (Money(Decimal(110_000)), Money(Decimal(110_000)))


def test_a_new_law_is_a_new_line(shop: Shop) -> None:
    TaxRate.create(by=shop.world.ada, tax=shop.ppn, valid_from=date(2027, 1, 1), rate=Decimal(12))
    assert offered(shop, on=date(2027, 1, 1)).tax_rate == 12
    assert offered(shop, on=date(2026, 12, 31)).tax_rate == 11


def test_a_product_without_tax_bears_none(shop: Shop) -> None:
    assert offered(shop, product=shop.plan).tax_rate == 0


def test_more_than_the_whole_price_cannot_be_taxed(shop: Shop) -> None:
    with pytest.raises(ValidationError):
        TaxRate.create(
            by=shop.world.ada, tax=shop.ppn, valid_from=DAY, rate=Decimal(12), base_part=12, base_whole=11
        )


def test_the_newest_rate_up_to_the_day_is_taken(shop: Shop) -> None:
    rate(shop, "USD", date(2026, 11, 1), 16_000)
    rate(shop, "USD", date(2026, 11, 15), 16_500)
    ten = Money(Decimal(10), "USD")
    amounts = [convert(ten, to="IDR", on=date(2026, 11, day)).amount for day in (1, 14, 15, 30)]
    assert amounts == [160_000, 160_000, 165_000, 165_000]


def test_two_foreign_currencies_meet_in_the_companys_own(shop: Shop) -> None:
    rate(shop, "USD", DAY, 16_000)
    rate(shop, "SGD", DAY, 12_000)
    assert convert(Money(Decimal(30), "USD"), to="SGD", on=DAY) == Money(Decimal("40.00"), "SGD")


def test_without_a_rate_it_says_so(shop: Shop) -> None:
    with pytest.raises(NoRate) as error:
        convert(Money(Decimal(1), "EUR"), to="IDR", on=DAY)
    assert error.value.messages == ["There is no exchange rate of EUR on 2026-11-20 or before. Add one."]


def test_all_rates_of_a_day_are_one_query(shop: Shop) -> None:
    rate(shop, "USD", date(2026, 11, 1), 16_000)
    rate(shop, "USD", date(2026, 11, 15), 16_500)
    rate(shop, "SGD", date(2026, 11, 25), 12_000)
    with CaptureQueriesContext(connection) as seen:
        assert Rates(on=DAY).all() == {"IDR": 1, "USD": Decimal(16_500)}
    assert len(seen) == 1


def test_the_companys_own_currency_has_no_rate(shop: Shop) -> None:
    with pytest.raises(ValidationError) as error:
        rate(shop, "IDR", DAY, 1)
    assert list(error.value.message_dict) == ["currency"]


def rate(shop: Shop, currency: str, on: date, worth: int) -> ExchangeRate:
    return ExchangeRate.create(by=shop.world.ada, currency=currency, on=on, rate=Decimal(worth))


def _queries(lines: list[tuple[Product, Decimal]]) -> int:
    fresh = [(Product.objects.get(pk=product.pk), quantity) for product, quantity in lines]
    with CaptureQueriesContext(connection) as seen:
        prices_of(lines=fresh, on=DAY)
    return len(seen)


def test_luxury_goods_bear_the_full_rate_since_february_2025(shop: Shop) -> None:
    luxury = Tax.objects.get(name="PPN barang mewah")
    shares = [luxury.rate_on(day).share * 100 for day in (date(2025, 1, 31), date(2025, 2, 1))]
    assert shares == [11, 12]
