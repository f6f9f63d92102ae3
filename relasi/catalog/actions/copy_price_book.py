"""Next year's prices: a book like this one, every price raised or lowered."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db import transaction

from relasi.kit.events.bulk import insert_objects
from relasi.kit.events.writing import Draft, emit_many
from relasi.lib.money import Money

if TYPE_CHECKING:
    from relasi.catalog.models import Price, PriceBook

MANY = 1000


@transaction.atomic
def copy_price_book(
    *, book: PriceBook, name: str, percent: Decimal, valid_from: date | None, by: Any
) -> PriceBook:
    """A new book with the same customers, currency and priority and all its prices, each changed by
    `percent` and rounded to the smallest coin. The old book stays as it is.
    """
    from relasi.catalog.models import PriceBook

    made = PriceBook.create(
        by=by,
        name=name,
        currency=book.currency,
        filter=book.filter,
        valid_from=valid_from,
        priority=book.priority,
        includes_tax=book.includes_tax,
        description=book.description,
    )
    _copy_prices(book, made, 1 + percent / 100, by)
    return made


def _copy_prices(book: PriceBook, made: PriceBook, factor: Decimal, by: Any) -> None:
    """All prices by a few statements for each thousand, with an event for each."""
    from relasi.catalog.models import Price

    known = book.prices.select_related("product").order_by("id").iterator(MANY)
    while some := list(islice(known, MANY)):
        prices = [
            Price(
                book=made,
                product=price.product,
                min_quantity=price.min_quantity,
                amount=Money(price.amount * factor, book.currency).rounded().amount,
            )
            for price in some
        ]
        insert_objects(prices)
        emit_many(Draft(verb="created", record=price, by=by, changes=_news(price)) for price in prices)


def _news(price: Price) -> dict[str, list[Any]]:
    """As an event of one price tells it."""
    return {
        name: [None, getattr(price, name)] for name in ("book_id", "product_id", "min_quantity", "amount")
    }
