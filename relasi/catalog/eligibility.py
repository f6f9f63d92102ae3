"""Who may have what, and why not."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING

from django.db.models import Q, prefetch_related_objects

from relasi.catalog.bundles import contents_of
from relasi.catalog.models import EligibilityRule, Product
from relasi.catalog.segments import meets_many
from relasi.kit.resources.declaration import Resource
from relasi.parties.actions.climb_ladder import condition, system_reader

if TYPE_CHECKING:
    from relasi.parties.models import Party


def why_not(*, product: Product, party: Party) -> tuple[str, ...]:
    """The reasons why a customer may not have a product, in the company's words; none: they may."""
    return why_not_many(products=[product], party=party)[product.pk]


def why_not_many(*, products: Iterable[Product], party: Party) -> dict[int, tuple[str, ...]]:
    """The reasons by product, for many at once in a fixed number of queries."""
    wanted = list(products)
    prefetch_related_objects(wanted, "category")
    rules = _rules()
    parts = contents_of(product.pk for product in wanted)
    about = {product.pk: {product.pk: _line(product), **parts.get(product.pk, {})} for product in wanted}
    hold = {pk: [rule for rule in rules if _holds_for(rule, lines)] for pk, lines in about.items()}
    answers = meets_many(party, (rule.filter for found in hold.values() for rule in found))
    return {
        pk: tuple(dict.fromkeys(rule.reason for rule in found if not answers[rule.filter]))
        for pk, found in hold.items()
    }


def eligible(product: Product, resource: Resource) -> Q:
    """The customers of one kind (people, companies …) who may have a product, as a filter of their rows."""
    about = {product.pk: _line(product), **contents_of([product.pk]).get(product.pk, {})}
    reader = system_reader()
    asked = [condition(rule.filter, resource, reader) for rule in _rules() if _holds_for(rule, about)]
    if any(one is None for one in asked):
        return Q(pk__in=[])
    return reduce(and_, (one for one in asked if one is not None), Q())


def _rules() -> list[EligibilityRule]:
    return list(EligibilityRule._default_manager.filter(is_active=True).order_by("name", "id"))


def _line(product: Product) -> list[int]:
    return product.category.line if product.category else []


def _holds_for(rule: EligibilityRule, about: dict[int, list[int]]) -> bool:
    """Whether a rule speaks of one of these products (number → its categories)."""
    if rule.product_id:
        return rule.product_id in about
    if rule.category_id:
        return any(rule.category_id in line for line in about.values())
    return True
