"""Is it there? And: keep it for me."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from relasi.catalog.bundles import needs, needs_many
from relasi.catalog.models import Product, Reservation, StockLevel, StockMovement, StockPlace
from relasi.catalog.models.stock_level import NotThere, plain
from relasi.kit.events.models import noun_of

if TYPE_CHECKING:
    from relasi.parties.models import Party

Line = tuple[Product, Decimal]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Whether so many are there. `available` is None for what is not counted, such as a service; `places`
    are (place, available) with something in them, the fullest first.
    """

    is_there: bool
    available: Decimal | None
    places: tuple[tuple[StockPlace, Decimal], ...]
    text: str


def available(*, product: Product, place: StockPlace | None = None) -> Decimal | None:
    """On hand less reserved, over all places goods are sold from, or in one place. Of a bundle, how many can
    be made up. None for what is not kept in stock.
    """
    return available_many([product.pk], place=place)[product.pk]


def available_many(
    product_ids: Iterable[int], *, place: StockPlace | None = None
) -> dict[int, Decimal | None]:
    """As `available`, by product, in a fixed number of queries for each depth of bundles."""
    recipes = needs_many(product_ids)
    leaves = {leaf for recipe in recipes.values() for leaf in recipe}
    stocked = Product._default_manager.filter(pk__in=leaves, is_stocked=True)
    free = dict.fromkeys(stocked.values_list("pk", flat=True), Decimal(0))
    rows = StockLevel.objects.sellable().filter(product__in=free)
    rows = rows.filter(place=place) if place else rows
    free |= dict(rows.order_by().values_list("product").annotate(free=Sum("available")))
    return {pk: _makes(recipe, free) for pk, recipe in recipes.items()}


def is_there(*, product: Product, quantity: Decimal, place: StockPlace | None = None) -> Answer:
    """Whether so many can be had now, and where, in words."""
    found = available(product=product, place=place)
    if found is None:
        return Answer(
            is_there=True, available=None, places=(), text=_("Not kept in stock: always to be had.")
        )
    rows = StockLevel.objects.sellable().filter(product=product, available__gt=0).select_related("place")
    rows = rows.filter(place=place) if place else rows
    places = tuple((level.place, level.available) for level in rows.order_by("-available", "place__name"))
    return Answer(
        is_there=found >= quantity, available=found, places=places, text=_said(found, quantity, places)
    )


def reserve(
    *,
    product: Product,
    quantity: Decimal,
    by: Any,
    place: StockPlace | None = None,
    party: Party | None = None,
    reference: str = "",
    about: models.Model | None = None,
    expires_at: datetime | None = None,
) -> list[Reservation]:
    """Keep so many for somebody: all of it or nothing. As `reserve_many` with one line."""
    return reserve_many(
        lines=[(product, quantity)],
        by=by,
        place=place,
        party=party,
        reference=reference,
        about=about,
        expires_at=expires_at,
    )


@transaction.atomic
def reserve_many(
    *,
    lines: Iterable[Line],
    by: Any,
    place: StockPlace | None = None,
    party: Party | None = None,
    reference: str = "",
    about: models.Model | None = None,
    expires_at: datetime | None = None,
    owner: Any = None,
) -> list[Reservation]:
    """Keep everything on these lines for somebody, or nothing. Bundles are kept by their parts; what is not
    kept in stock needs no reservation. Without `place`, from one place where one has it all, else from
    several. `about` is the record that asks, such as an order; `owner` who looks after it, else `by`. Raises
    NotThere.
    """
    wanted = _wanted(lines)
    products = Product.objects.stocked().select_related("unit").in_bulk(list(wanted))
    told: dict[str, Any] = {
        "party": party,
        "reference": reference,
        "expires_at": expires_at,
        "owner": owner or by,
    }
    if about is not None:
        told |= {"about_noun": noun_of(type(about)), "about_id": about.pk}
    made: list[Reservation] = []
    for pk in sorted(products):  # always in the same order, so that two buyers never wait for each other
        made += _reserve(products[pk], wanted[pk], place, by=by, told=told)
    return made


def release_all(*, about: models.Model, by: Any) -> int:
    """Let go of whatever a record still holds; how many reservations that were."""
    held = list(Reservation.objects.about(noun_of(type(about)), about.pk).held().order_by("product", "id"))
    for reservation in held:
        reservation.release(by=by)
    return len(held)


def fulfil_all(*, about: models.Model, by: Any) -> int:
    """Send out whatever a record holds; how many reservations that were."""
    held = list(Reservation.objects.about(noun_of(type(about)), about.pk).held().order_by("product", "id"))
    for reservation in held:
        reservation.fulfil(by=by)
    return len(held)


def differing() -> list[tuple[StockLevel, Decimal, Decimal]]:
    """Rows of stock that do not agree with their ledger: (row, sum of movements, sum held). Always empty,
    unless somebody wrote past the program.
    """
    moved = _sums(StockMovement._default_manager.all())
    held = _sums(Reservation.objects.held())
    found = []
    for level in StockLevel._default_manager.select_related("product", "place").order_by("pk"):
        key = (level.product_id, level.place_id)
        on_hand, reserved = moved.get(key, Decimal(0)), held.get(key, Decimal(0))
        if (level.on_hand, level.reserved, level.available) != (on_hand, reserved, on_hand - reserved):
            found.append((level, on_hand, reserved))
    return found


def _sums(rows: Any) -> dict[tuple[int, int], Decimal]:
    summed = rows.order_by().values_list("product", "place").annotate(sum=Sum("quantity"))
    return {(product, place): total for product, place, total in summed}


def _makes(recipe: dict[int, Decimal], free: dict[int, Decimal]) -> Decimal | None:
    """How many of it there are, or could be made up; None when nothing of it is counted."""
    counted = {pk: each for pk, each in recipe.items() if pk in free}
    if not counted:
        return None
    if len(recipe) == 1 and set(recipe.values()) == {Decimal(1)}:
        return free[next(iter(counted))]
    return min((free[pk] / each).quantize(Decimal(1), ROUND_FLOOR) for pk, each in counted.items())


def _wanted(lines: Iterable[Line]) -> dict[int, Decimal]:
    wanted: dict[int, Decimal] = defaultdict(Decimal)
    for product, quantity in lines:
        for pk, number in needs(product, quantity).items():
            wanted[pk] += number
    return wanted


def _reserve(
    product: Product, quantity: Decimal, place: StockPlace | None, *, by: Any, told: dict[str, Any]
) -> list[Reservation]:
    if place is not None:
        return [Reservation.create(by=by, product=product, place=place, quantity=quantity, **told)]
    rows = list(_where(product))
    for level in rows:
        if level.available >= quantity and (kept := _try(level, quantity, by=by, told=told)):
            return [kept]
    return _from_several(product, rows, quantity, by=by, told=told)


def _where(product: Product) -> Any:
    rows = StockLevel.objects.sellable().filter(Q(available__gt=0), product=product)
    return rows.select_related("place", "product").order_by("-available", "pk")


def _from_several(
    product: Product, rows: list[StockLevel], quantity: Decimal, *, by: Any, told: dict[str, Any]
) -> list[Reservation]:
    if sum((level.available for level in rows), Decimal(0)) < quantity:
        raise NotThere({"quantity": _too_little(product, quantity, rows)})
    made, left = [], quantity
    for level in sorted(rows, key=lambda level: level.pk):
        part = min(left, level.available)
        if part and (kept := _try(level, part, by=by, told=told)):
            made.append(kept)
            left -= part
    if left:
        raise NotThere({"quantity": _too_little(product, quantity, list(_where(product)))})
    return made


def _try(level: StockLevel, quantity: Decimal, *, by: Any, told: dict[str, Any]) -> Reservation | None:
    """A reservation here; None when somebody was faster."""
    try:
        return Reservation.create(by=by, product=level.product, place=level.place, quantity=quantity, **told)
    except NotThere:
        return None


def _too_little(product: Product, quantity: Decimal, rows: list[StockLevel]) -> str:
    found = sum((level.available for level in rows), Decimal(0))
    return _("%(wanted)s of “%(product)s” are wanted, %(available)s are available.") % {
        "wanted": plain(quantity),
        "product": product,
        "available": plain(found),
    }


def _said(found: Decimal, quantity: Decimal, places: tuple[tuple[StockPlace, Decimal], ...]) -> str:
    where = ", ".join(f"{place}: {plain(number)}" for place, number in places)
    if found >= quantity:
        return _("There: %(available)s available. %(where)s") % {"available": plain(found), "where": where}
    return _("Not enough: %(available)s available, %(wanted)s wanted. %(where)s") % {
        "available": plain(found),
        "wanted": plain(quantity),
        "where": where,
    }
