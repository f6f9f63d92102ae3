"""Arithmetic of the products on a deal."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from relasi.catalog.models import Product
from relasi.catalog.pricing import price_of
from relasi.lib.money import Money

if TYPE_CHECKING:
    from relasi.parties.models import Party
    from relasi.sales.models import DealLine

PLACES = Decimal("0.01")


def amount_of(line: DealLine) -> Decimal:
    """Quantity times price less discount, without tax, to the smallest coin."""
    price = line.price or Decimal(0)
    whole = Decimal(line.quantity) * price * (100 - Decimal(line.discount)) / 100
    return Money(whole, line.currency).rounded().amount


def offer_price(line: DealLine) -> Decimal:
    """What the price books say for this customer today, without tax. Raises ValidationError where they say
    nothing.
    """
    return net_price(
        product=line.product, party=line.deal.party, quantity=line.quantity, currency=line.currency
    )


def net_price(
    *, product: Product, party: Party, quantity: Decimal, currency: str, field: str = "price"
) -> Decimal:
    """The same for anything with lines; `field` is what the problem is told beside."""
    offered = price_of(product=product, party=party, quantity=quantity, currency=currency)
    if offered is None:
        raise ValidationError({field: _("There is no price for this product; type one.")})
    if not offered.includes_tax:
        return offered.amount
    net = offered.amount * 100 / (100 + offered.tax_rate)
    return net.quantize(PLACES, ROUND_HALF_UP)  # finer than a rupiah, so that many pieces come to their price


def tax_rate_of(product: Product) -> Decimal:
    """In percent of the price, as it holds today; 0 for what is not taxed."""
    rate = product.tax.rate_on(timezone.localdate()) if product.tax else None
    return (
        (Decimal(rate.share.numerator) * 100 / rate.share.denominator).quantize(PLACES)
        if rate
        else Decimal(0)
    )
