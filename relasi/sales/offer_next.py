"""Which products to offer a customer next, the best first, each with its reasons; and why not the others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from relasi.catalog.eligibility import why_not_many
from relasi.catalog.models import Product
from relasi.catalog.pricing import Offered, prices_of
from relasi.catalog.rates import NoRate
from relasi.catalog.segments import meets_many
from relasi.catalog.stock import available_many
from relasi.kit.ui import formats
from relasi.sales.holdings import Holding, holdings_of
from relasi.sales.models import DealLine, Offer, OfferRule

if TYPE_CHECKING:
    from relasi.parties.models import Party

SHOWN = 3


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """`reasons` as an Offer keeps them; `available` is None for what is not kept in stock."""

    product: Product
    points: int
    reasons: tuple[dict[str, Any], ...]
    available: Decimal | None
    price: Offered | None = None
    holding: Holding | None = None


@dataclass(frozen=True, kw_only=True)
class Withheld:
    """A product that rules speak for and that is not offered all the same."""

    product: Product
    why: str


@dataclass(frozen=True, kw_only=True)
class Offering:
    suggestions: tuple[Suggestion, ...]
    withheld: tuple[Withheld, ...]


def offering(*, party: Party, today: date | None = None) -> Offering:
    """Products the customer lacks or is about to lose, by the points of the rules that hold, at most
    `SHOWN`. Costs the same queries for few and many rules and products.
    """
    today = today or timezone.localdate()
    held = holdings_of(party)
    spoken = _spoken_for(party, held, today)
    products = {rules[0].product_id: rules[0].product for rules in spoken.values()}
    held_back = _held_back(party, products, today)
    free = available_many(products) if products else {}
    for pk, why in _out_of_reach(party, products, free).items():
        held_back.setdefault(pk, why)
    fitting = [
        _suggestion(rules, free[pk], held.get(pk)) for pk, rules in spoken.items() if pk not in held_back
    ]
    ranked = sorted(fitting, key=lambda one: (-one.points, one.product.name, one.product.pk))
    withheld = [Withheld(product=products[pk], why=why) for pk, why in held_back.items()]
    return Offering(suggestions=_priced(ranked[:SHOWN], party), withheld=tuple(withheld))


def _spoken_for(party: Party, held: dict[int, Holding], today: date) -> dict[int, list[OfferRule]]:
    """By product, the rules that hold for this customer; only where they speak for it on the whole."""
    rules = OfferRule.objects.in_use().select_related("product__category", "product__tax")
    near = [rule for rule in rules.order_by("-points", "id") if _is_in_time(rule, held, today)]
    met = meets_many(party, (rule.filter for rule in near))
    found: dict[int, list[OfferRule]] = defaultdict(list)
    for rule in near:
        if met[rule.filter]:
            found[rule.product_id].append(rule)
    return {pk: rules for pk, rules in found.items() if sum(rule.points for rule in rules) > 0}


def _is_in_time(rule: OfferRule, held: dict[int, Holding], today: date) -> bool:
    """Whether the customer lacks the product; of a rule about its end, whether that is near."""
    holding = held.get(rule.product_id)
    if holding is None or holding.is_over(today):
        return rule.ends_within is None
    if rule.ends_within is None or holding.ends_on is None:
        return False
    return (holding.ends_on - today).days <= rule.ends_within


def _held_back(party: Party, products: Iterable[int], today: date) -> dict[int, str]:
    """What stands on an open deal, and what was declined, with the words for it. Two queries."""
    rows = DealLine._default_manager.filter(
        deal__party=party.pk, deal__status="open", deal__archived_at=None, product__in=products
    )
    found = {pk: _("On the deal “%(deal)s”") % {"deal": name} for pk, name in _named(rows)}
    said = Offer._default_manager.filter(party=party.pk, product__in=products).order_by("id")
    for offer in said.holding_back(today):
        found.setdefault(offer.product_id, _no_of(offer))
    return found


def _named(rows: Any) -> Iterable[tuple[int, str]]:
    named: Iterable[tuple[int, str]] = rows.order_by("id").values_list("product_id", "deal__name")
    return named


def _no_of(offer: Offer) -> str:
    words = {"why": offer.get_why_display(), "day": formats.date(offer.again_on) if offer.again_on else ""}
    if offer.again_on:
        return _("Not before %(day)s: %(why)s") % words
    return _("Declined: %(why)s") % words


def _out_of_reach(
    party: Party, products: dict[int, Product], free: dict[int, Decimal | None]
) -> dict[int, str]:
    """What the customer may not have, and what is not there."""
    if not products:
        return {}
    found = {
        pk: " ".join(reasons)
        for pk, reasons in why_not_many(products=products.values(), party=party).items()
        if reasons
    }
    for pk, number in free.items():
        if number is not None and number <= 0:
            found.setdefault(pk, _("Not in stock"))
    return found


def _suggestion(rules: list[OfferRule], free: Decimal | None, holding: Holding | None) -> Suggestion:
    reasons = tuple(
        {"rule": rule.pk, "points": rule.points, "id": rule.reason_id, "en": rule.reason_en} for rule in rules
    )
    return Suggestion(
        product=rules[0].product,
        points=sum(rule.points for rule in rules),
        reasons=reasons,
        available=free,
        holding=holding,
    )


def _priced(suggestions: list[Suggestion], party: Party) -> tuple[Suggestion, ...]:
    """With what the price books say for this customer."""
    try:
        prices = prices_of(lines=[(one.product, Decimal(1)) for one in suggestions], party=party)
    except NoRate:
        return tuple(suggestions)
    return tuple(replace(one, price=price) for one, price in zip(suggestions, prices, strict=True))
