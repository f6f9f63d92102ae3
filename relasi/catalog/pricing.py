"""What a product costs somebody: by segment, currency, day and quantity."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import F, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _

from relasi.catalog.models import Price, PriceBook, Product, TaxRate
from relasi.catalog.models.stock_level import plain
from relasi.catalog.rates import Rates
from relasi.catalog.segments import meets_many
from relasi.kit.records.money import own_currency
from relasi.lib.money import Money

if TYPE_CHECKING:
    from relasi.parties.models import Party

Line = tuple[Product, Decimal]


@dataclass(frozen=True, kw_only=True)
class Offered:
    """The price of one, and why it is this one. `book` and `price` are None where the list price holds;
    `tax` is the rate of the day, None for a product without tax; `includes_tax` as the book says.
    """

    amount: Decimal
    currency: str
    book: PriceBook | None
    price: Price | None
    tax: TaxRate | None
    includes_tax: bool
    reasons: tuple[str, ...]

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def tax_rate(self) -> Decimal:
        """The tax on the price in per cent, as it works out: 11 for 12 % of 11/12."""
        if self.tax is None:
            return Decimal(0)
        share = self.tax.share * 100
        return Decimal(share.numerator) / Decimal(share.denominator)


def price_of(
    *,
    product: Product,
    party: Party | None = None,
    quantity: Decimal = Decimal(1),
    currency: str = "",
    on: date | None = None,
) -> Offered | None:
    """What one of `product` costs when so many are bought; None when it has no price at all.

    `currency` empty: the company's own. Raises NoRate when only a price in another currency is known and no
    rate of the day.
    """
    return prices_of(lines=[(product, quantity)], party=party, currency=currency, on=on)[0]


def prices_of(
    *, lines: Iterable[Line], party: Party | None = None, currency: str = "", on: date | None = None
) -> list[Offered | None]:
    """As `price_of`, for many lines in a fixed number of queries."""
    wanted, currency, day = list(lines), currency or own_currency(), on or timezone.localdate()
    prefetch_related_objects([product for product, _quantity in wanted], "tax__rates")
    books = books_for(party=party, currency=currency, on=day)
    prices = _prices(books, [product for product, _quantity in wanted])
    rates = Rates(on=day)
    return [_offered(line, books, prices, currency, rates) for line in wanted]


def books_for(*, party: Party | None, currency: str, on: date) -> list[PriceBook]:
    """The price books that hold for a customer on a day, the one that decides first. Without a customer,
    those for everybody.
    """
    rows = PriceBook.objects.valid_on(on).filter(currency=currency)
    ordered = rows.order_by("-priority", F("valid_from").desc(nulls_last=True), "-id")
    books = list(ordered)
    if party is None:
        return [book for book in books if not book.filter.strip()]
    met = meets_many(party, (book.filter for book in books))
    return [book for book in books if met[book.filter]]


def _prices(books: list[PriceBook], products: list[Product]) -> dict[tuple[int, int], list[Price]]:
    """(book, product) → its prices, the largest quantity first."""
    found: dict[tuple[int, int], list[Price]] = defaultdict(list)
    rows = Price._default_manager.filter(book__in=books, product__in={product.pk for product in products})
    for price in rows.order_by("-min_quantity"):
        found[price.book_id, price.product_id].append(price)
    return found


def _offered(
    line: Line,
    books: list[PriceBook],
    prices: dict[tuple[int, int], list[Price]],
    currency: str,
    rates: Rates,
) -> Offered | None:
    product, quantity = line
    tax = product.tax.rate_on(rates.on) if product.tax else None
    for book in books:
        for price in prices.get((book.pk, product.pk), []):
            if price.min_quantity <= quantity:
                return Offered(
                    amount=price.amount,
                    currency=currency,
                    book=book,
                    price=price,
                    tax=tax,
                    includes_tax=book.includes_tax,
                    reasons=_reasons(book, price),
                )
    return _listed(product, tax, currency, rates)


def _reasons(book: PriceBook, price: Price) -> tuple[str, ...]:
    reasons = [_("Price book “%(book)s”") % {"book": book}]
    if book.filter.strip():
        reasons.append(_("the customer meets: %(filter)s") % {"filter": book.filter})
    if price.min_quantity > 1:
        reasons.append(_("from %(quantity)s") % {"quantity": plain(price.min_quantity)})
    return tuple(reasons)


def _listed(product: Product, tax: TaxRate | None, currency: str, rates: Rates) -> Offered | None:
    """The list price, in the currency asked for."""
    if product.list_price is None:
        return None
    money = rates.convert(Money(product.list_price, product.currency), to=currency)
    reasons = [_("List price")]
    if currency != product.currency:
        rate = _("converted from %(currency)s by the rate of %(day)s")
        reasons.append(rate % {"currency": product.currency, "day": rates.on.isoformat()})
    return Offered(
        amount=money.amount,
        currency=currency,
        book=None,
        price=None,
        tax=tax,
        includes_tax=False,
        reasons=tuple(reasons),
    )
