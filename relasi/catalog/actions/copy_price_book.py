"""Next year's prices: a book like this one, every price raised or lowered."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction

from relasi.lib.money import Money

if TYPE_CHECKING:
    from relasi.catalog.models import PriceBook


@transaction.atomic
def copy_price_book(
    *, book: PriceBook, name: str, percent: Decimal, valid_from: date | None, by: Any
) -> PriceBook:
    """A new book with the same customers, currency and priority and all its prices, each changed by
    `percent` and rounded to the smallest coin. The old book stays as it is.
    """
    from relasi.catalog.models import Price, PriceBook

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
    factor = 1 + percent / 100
    for price in book.prices.order_by("id"):
        amount = Money(price.amount * factor, book.currency).rounded().amount
        Price.create(by=by, book=made, product=price.product, min_quantity=price.min_quantity, amount=amount)
    return made
