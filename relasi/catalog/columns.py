"""Computed columns and filters of the catalogue."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from relasi.catalog import stock
from relasi.catalog.models import Category, PriceBook, Product, StockLevel
from relasi.catalog.models.stock_level import plain
from relasi.kit.resources import Column, Filter
from relasi.kit.resources.filtering import FilterError
from relasi.lib.money import Money

YES = {"yes", "true", "1", "ya"}


def asks_yes(operator: str, values: list[Any]) -> bool:
    """Whether `field = yes` or `field != no` was asked."""
    return (str(values[0]).lower() in YES) == (operator != "!=") if values else True


def _load_available(products: list[Any], _user: Any) -> None:
    free = stock.available_many([product.pk for product in products])
    for product in products:
        product.available_now = free[product.pk]


AVAILABLE = Column(
    name="available",
    label=gettext_lazy("Available"),
    kind="number",
    value=lambda product: getattr(product, "available_now", None),
    preload=_load_available,
)


def _margin(product: Product) -> Any:
    return None if product.margin is None else Money(product.margin, product.currency)


MARGIN = Column(name="margin", label=gettext_lazy("Margin"), kind="money", value=_margin)
OPTIONAL = Column(
    name="optional",
    label=gettext_lazy("Optional"),
    value=lambda part: _("optional") if part.is_optional else "",
)
LEAST = Column(
    name="least",
    label=gettext_lazy("From quantity"),
    value=lambda price: (
        _("from %(quantity)s") % {"quantity": plain(price.min_quantity)} if price.min_quantity > 1 else ""
    ),
)


def _in_stock(operator: str, values: list[Any], _user: Any) -> Q:
    """Of what is kept in stock: whether any of it is available."""
    there = StockLevel.objects.sellable().order_by().values("product").annotate(free=Sum("available"))
    found = Q(pk__in=there.filter(free__gt=0).values("product"))
    return Q(is_stocked=True) & (found if asks_yes(operator, values) else ~found)


def _is_low(operator: str, values: list[Any], _user: Any) -> Q:
    low = Q(minimum__isnull=False, available__lt=F("minimum"))
    return low if asks_yes(operator, values) else ~low


def _within(operator: str, values: list[Any], user: Any) -> Q:
    """`within = "Spare parts"`: the category and those below it, by name or number."""
    if operator not in {"=", "in", "!=", "not in"}:
        raise FilterError(_("Categories are asked for as within = “name”."))
    wanted = Q(pk__in=[])
    for value in values:
        wanted |= (
            Q(pk=int(value)) if str(value).isdecimal() and len(str(value)) < 19 else Q(name__iexact=value)
        )
    found = Q(pk__in=[])
    for category in Category.objects.visible_to(user).filter(wanted):
        found |= Q(category__path__startswith=category.path)
    return ~found if operator in {"!=", "not in"} else found


def _is_bundle(operator: str, values: list[Any], _user: Any) -> Q:
    bundle = Q(pk__in=Product._default_manager.filter(parts__isnull=False).values("pk"))
    return bundle if asks_yes(operator, values) else ~bundle


def _is_valid(operator: str, values: list[Any], _user: Any) -> Q:
    valid = Q(pk__in=PriceBook.objects.valid_on(timezone.localdate()).values("pk"))
    return valid if asks_yes(operator, values) else ~valid


IN_STOCK = Filter(name="in_stock", label=gettext_lazy("In stock"), query=_in_stock)
IS_LOW = Filter(name="is_low", label=gettext_lazy("Below the minimum"), query=_is_low)
WITHIN = Filter(name="within", label=gettext_lazy("In the category or below"), query=_within, kind="text")
IS_BUNDLE = Filter(name="is_bundle", label=gettext_lazy("Is a bundle"), query=_is_bundle)
IS_VALID = Filter(name="is_valid", label=gettext_lazy("Valid today"), query=_is_valid)
