"""What goes into bundles, however deep."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from relasi.catalog.models import BundleItem, Product

Parts = dict[int, list[tuple[int, Decimal]]]


def contents_of(product_ids: Iterable[int]) -> dict[int, dict[int, list[int]]]:
    """Bundle → part → the categories that part stands in; optional parts left out. Two queries a level."""
    wanted = list(product_ids)
    parts = _parts(wanted)
    inside = {
        pk: set(_leaves(pk, Decimal(1), parts, keep_bundles=True)) - {pk} for pk in wanted if pk in parts
    }
    ids = {pk for found in inside.values() for pk in found}
    products = Product._default_manager.filter(pk__in=ids).select_related("category")
    line = {one.pk: one.category.line if one.category else [] for one in products}
    return {pk: {part: line[part] for part in found} for pk, found in inside.items()}


def needs(product: Product, quantity: Decimal) -> dict[int, Decimal]:
    """Product → how many of it go out when so many are sold: itself, or the parts of a bundle."""
    return _leaves(product.pk, quantity, _parts([product.pk]))


def needs_many(product_ids: Iterable[int]) -> dict[int, dict[int, Decimal]]:
    """As `needs`, for one of each of many products."""
    wanted = list(product_ids)
    parts = _parts(wanted)
    return {pk: _leaves(pk, Decimal(1), parts) for pk in wanted}


def _parts(product_ids: Iterable[int]) -> Parts:
    found: Parts = defaultdict(list)
    waiting = set(product_ids)
    seen = set(waiting)
    while waiting:
        rows = BundleItem._default_manager.filter(bundle__in=waiting, is_optional=False).order_by("id")
        lines = list(rows.values_list("bundle_id", "item_id", "quantity"))
        for bundle, item, quantity in lines:
            found[bundle].append((item, quantity))
        waiting = {item for _bundle, item, _quantity in lines} - seen
        seen |= waiting
    return dict(found)


def _leaves(pk: int, quantity: Decimal, parts: Parts, *, keep_bundles: bool = False) -> dict[int, Decimal]:
    found: dict[int, Decimal] = defaultdict(Decimal)
    if pk not in parts or keep_bundles:
        found[pk] += quantity
    for item, each in parts.get(pk, []):
        for leaf, number in _leaves(item, quantity * each, parts, keep_bundles=keep_bundles).items():
            found[leaf] += number
    return dict(found)
