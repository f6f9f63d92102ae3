"""The demo company's catalogue: products, two price books, rates by day, and two years of stock."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import Q

from relasi.catalog import stock
from relasi.catalog.models import (
    BundleItem,
    Category,
    EligibilityRule,
    ExchangeRate,
    Price,
    PriceBook,
    Product,
    StockLevel,
    StockMovement,
    StockPlace,
    Tax,
    Unit,
)
from relasi.kit.access.models import User
from relasi.kit.resources.indexing import index
from relasi.parties.models import Party
from relasi.site.bulk.pouring import Numbers, go_on_numbering, pour, sketch
from relasi.site.demo import goods
from relasi.site.demo.trail import Trail

YEARS = 2
CHUNK = 5000
SEASON = (
    1.0,
    0.9,
    1.3,
    1.1,
    0.95,
    0.9,
    0.9,
    1.0,
    1.15,
    1.3,
    1.1,
    1.2,
)  # by month; Lebaran and the hot months
POURED: list[type[Any]] = [Product, Price, ExchangeRate, StockLevel, StockMovement]
OPENED = {"USD": Decimal(15_600), "SGD": Decimal(11_750)}


@dataclass(frozen=True, kw_only=True)
class Sold:
    """A stocked product and how many of it go in an average month."""

    product: Product
    a_month: int
    is_whole: bool


@dataclass
class Shelf:
    """What lies where while the past is being told; nothing is ever below nothing."""

    lies: dict[tuple[int, int], Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    def take(self, product: int, place: int, wanted: Decimal) -> Decimal:
        part = min(wanted, self.lies[product, place])
        self.lies[product, place] -= part
        return part


def add(*, owner: User, staff: dict[str, User], now: datetime, more_products: int, is_told: bool) -> None:
    """All of it, from a seed. `more_products` of other brands stand beside those of `goods`."""
    dice = random.Random(31)  # noqa: S311
    keeper = staff["Agus Kurniawan"]
    units = {name: Unit.create(by=owner, name=name, symbol=s, is_whole=w) for name, s, w in goods.UNITS}
    categories = _categories(owner)
    sold = _products(dice, categories, units, more_products, now, keeper)
    by_sku = {product.sku: product for product in Product.objects.exclude(sku="").filter(archived_at=None)}
    _bundles(by_sku, categories, owner)
    _rules(by_sku, categories, owner)
    _price_books(sold, now, owner)
    _rates(dice, now)
    places = _places(owner)
    _stock(dice, sold, places, now, keeper if is_told else None)
    go_on_numbering(POURED)
    _reservations(dice, sold[: len(goods.GOODS)], now, staff)


def _categories(owner: User) -> dict[str, Category]:
    made: dict[str, Category] = {}
    for name, above in goods.CATEGORIES:
        made[name] = Category.create(by=owner, name=name, parent=made.get(above))
    return made


def _products(
    dice: random.Random,
    categories: dict[str, Category],
    units: dict[str, Unit],
    more: int,
    now: datetime,
    keeper: User,
) -> list[Sold]:
    """Plans and services, then what is kept in stock; returns the latter."""
    ppn, none = Tax.objects.get(name="PPN"), Tax.objects.get(name="Bebas PPN")
    began = now - timedelta(days=365 * YEARS + 30)
    numbers = Numbers(Product)
    rows: list[Product] = []

    def one(sku: str, name: str, category: str, unit: str, price: int, cost: int, **rest: Any) -> Product:
        at = began + timedelta(minutes=7 * len(rows))
        made = sketch(
            Product,
            id=numbers.take(),
            sku=sku,
            name=name,
            category_id=categories[category].pk,
            unit_id=units[unit].pk,
            list_price=Decimal(price),
            cost=Decimal(cost),
            created_at=at,
            updated_at=at,
            **rest,
        )
        rows.append(made)
        return made

    for sku, name, category, unit, price, cost, billing, term in goods.PLANS:
        one(
            sku,
            name,
            category,
            unit,
            price,
            cost,
            kind="plan",
            billing=billing,
            term_months=term,
            tax_id=none.pk,
        )
    for sku, name, category, unit, price, cost, billing in goods.SERVICES:
        one(sku, name, category, unit, price, cost, kind="service", billing=billing, tax_id=ppn.pk)
    sold = []
    for sku, name, category, unit, price, cost, a_month in _goods(dice, more):
        product = one(sku, name, category, unit, price, cost, kind="goods", is_stocked=True, tax_id=ppn.pk)
        sold.append(Sold(product=product, a_month=a_month, is_whole=units[unit].is_whole))
    _write(rows, keeper)
    return sold


def _goods(dice: random.Random, more: int) -> Iterator[tuple[str, str, str, str, int, int, int]]:
    """Those of the list, then others like them of other brands."""
    yield from goods.GOODS
    for number in range(more):
        sku, name, category, unit, price, cost, a_month = goods.GOODS[number % len(goods.GOODS)]
        brand = goods.BRANDS[number // len(goods.GOODS) % len(goods.BRANDS)]
        series = number // (len(goods.GOODS) * len(goods.BRANDS)) + 1
        factor = dice.uniform(0.8, 1.4)
        yield (
            f"{sku}-{brand[:2].upper()}{series}",
            f"{name} {brand} seri {series}",
            category,
            unit,
            round(price * factor / 500) * 500,
            round(cost * factor / 500) * 500,
            max(a_month // 4, 2),
        )


def _write(rows: list[Product], keeper: User) -> None:
    trail = Trail()
    stream = iter(rows)
    while chunk := list(islice(stream, CHUNK)):
        with transaction.atomic():
            pour(Product, chunk)
            for product in chunk:
                changes = {"name": [None, product.name], "sku": [None, product.sku]}
                trail.add(
                    "created", product, by=keeper, at=product.created_at, party_id=None, changes=changes
                )
            trail.write()
            index(chunk)


def _bundles(by_sku: dict[str, Product], categories: dict[str, Category], owner: User) -> None:
    ppn = Tax.objects.get(name="PPN")
    go_on_numbering([Product])
    for sku, name, price, parts in goods.BUNDLES:
        bundle = Product.create(
            by=owner,
            sku=sku,
            name=name,
            kind="service",
            category=categories["Paket"],
            list_price=Decimal(price),
            tax=ppn,
        )
        for part, quantity, optional in parts:
            BundleItem.create(
                by=owner,
                bundle=bundle,
                item=by_sku[part],
                quantity=Decimal(quantity),
                is_optional=optional,
            )


def _rules(by_sku: dict[str, Product], categories: dict[str, Category], owner: User) -> None:
    for name, category, sku, filter_, reason in goods.RULES:
        EligibilityRule.create(
            by=owner,
            name=name,
            category=categories.get(category),
            product=by_sku.get(sku),
            filter=filter_,
            reason=reason,
        )


def _price_books(sold: list[Sold], now: datetime, owner: User) -> None:
    """Retail for everybody with tax inside, wholesale for companies by quantity, and last Lebaran's offer."""
    retail = PriceBook.create(by=owner, name="Eceran", includes_tax=True, priority=10)
    trade = PriceBook.create(
        by=owner, name="Grosir dan perusahaan", filter="industry is not empty", priority=30
    )
    lebaran = PriceBook.create(
        by=owner,
        name="Promo Lebaran",
        includes_tax=True,
        priority=50,
        valid_from=date(now.year, 3, 1),
        valid_until=date(now.year, 3, 31),
    )
    numbers, rows = Numbers(Price), []

    def price(book: PriceBook, product: Product, least: int, share: str, tax: str = "1") -> None:
        amount = (product.list_price or Decimal(0)) * Decimal(share) * Decimal(tax)
        rounded = (amount / 500).quantize(Decimal(1)) * 500
        rows.append(
            sketch(
                Price,
                id=numbers.take(),
                book_id=book.pk,
                product_id=product.pk,
                min_quantity=Decimal(least),
                amount=rounded,
            )
        )

    for one in sold:
        price(retail, one.product, 1, "1", "1.11")
        for least, share in ((1, "0.95"), (10, "0.90"), (50, "0.85")):
            price(trade, one.product, least, share)
        if one.product.sku.startswith("TK-"):
            price(lebaran, one.product, 1, "0.92", "1.11")
    with transaction.atomic():
        pour(Price, rows)


def _rates(dice: random.Random, now: datetime) -> None:
    """Every working day of two years."""
    numbers, rows, worth = Numbers(ExchangeRate), [], dict(OPENED)
    for back in range(365 * YEARS, -1, -1):
        day = now.date() - timedelta(days=back)
        if day.weekday() > 4:
            continue
        for currency in worth:
            worth[currency] *= Decimal(str(round(dice.gauss(1.00012, 0.0028), 6)))
            rate = worth[currency].quantize(Decimal(1))
            rows.append(
                sketch(
                    ExchangeRate,
                    id=numbers.take(),
                    currency=currency,
                    on=day,
                    rate=rate,
                    source="Bank Indonesia",
                )
            )
    with transaction.atomic():
        pour(ExchangeRate, rows)


def _places(owner: User) -> list[StockPlace]:
    return [
        StockPlace.create(by=owner, name=name, code=code, city=city, address=address, is_sellable=sellable)
        for name, code, city, address, sellable in goods.PLACES
    ]


def _stock(
    dice: random.Random, sold: list[Sold], places: list[StockPlace], now: datetime, teller: User | None
) -> None:
    """Two years of receipts, transfers, sales, losses and counts, and what is left of them."""
    shelf, trail, numbers = Shelf(), Trail(), Numbers(StockMovement)
    stream = (row for one in sold for row in _history(dice, one, places, shelf, numbers, now))
    while chunk := list(islice(stream, CHUNK)):
        with transaction.atomic():
            pour(StockMovement, chunk)
            for row in chunk if teller else ():
                changes = {"kind": [None, row.kind], "quantity": [None, str(row.quantity)]}
                trail.add("created", row, by=teller, at=row.at, party_id=None, changes=changes)
            trail.write()
    levels = Numbers(StockLevel)
    minimum = {one.product.pk: Decimal(max(one.a_month // 4, 1)) for one in sold}
    with transaction.atomic():
        pour(
            StockLevel,
            (
                sketch(
                    StockLevel,
                    id=levels.take(),
                    product_id=product,
                    place_id=place,
                    on_hand=lies,
                    available=lies,
                    minimum=minimum[product] if place == places[0].pk else None,
                )
                for (product, place), lies in shelf.lies.items()
            ),
        )


def _history(
    dice: random.Random,
    one: Sold,
    places: list[StockPlace],
    shelf: Shelf,
    numbers: Numbers,
    now: datetime,
) -> Iterator[StockMovement]:
    """Month by month: goods come to the warehouse, go on to the shop or the van, and are sold there."""
    warehouse, shop, van, broken = (place.pk for place in places)
    outlet = shop if one.product.sku.startswith("TK-") else van
    product = one.product.pk

    def line(
        kind: str, place: int, quantity: Decimal, at: datetime, reason: str, **rest: Any
    ) -> StockMovement:
        return sketch(
            StockMovement,
            id=numbers.take(),
            kind=kind,
            product_id=product,
            place_id=place,
            quantity=quantity,
            at=at,
            reason=reason,
            created_at=at,
            updated_at=at,
            **rest,
        )

    def moved(
        source: int, target: int, wanted: Decimal, at: datetime, reason: str
    ) -> Iterator[StockMovement]:
        if part := shelf.take(product, source, wanted):
            first = line("transfer", source, -part, at, reason, other_place_id=target)
            yield first
            shelf.lies[product, target] += part
            yield line("transfer", target, part, at, reason, other_place_id=source, twin_id=first.pk)

    for month in range(12 * YEARS, 0, -1):
        begins = now - timedelta(days=30.4 * month)
        need = Decimal(max(round(one.a_month * SEASON[begins.month - 1] * dice.uniform(0.7, 1.3)), 1))
        if shelf.lies[product, warehouse] < need * 3:
            bought = need * 3
            shelf.lies[product, warehouse] += bought
            yield line(
                "receipt",
                warehouse,
                bought,
                _at(begins, dice, 1, 3),
                f"Kiriman {dice.choice(goods.SUPPLIERS)}",
            )
        wanted = max(need * 2 - shelf.lies[product, outlet], Decimal(0))
        yield from moved(warehouse, outlet, wanted, _at(begins, dice, 4, 6), "Isi ulang")
        for week in range(4):
            share = max((need / 4).quantize(Decimal(1)), Decimal(1))
            if part := shelf.take(product, outlet, share):
                reason = "Penjualan toko" if outlet == shop else "Dipakai teknisi"
                yield line("issue", outlet, -part, _at(begins, dice, 7 + week * 5, 11 + week * 5), reason)
        if dice.random() < 0.06:
            yield from moved(outlet, broken, Decimal(1), _at(begins, dice, 27, 28), "Rusak di rak")
        if (
            month == 6
            and one.is_whole
            and (part := shelf.take(product, warehouse, Decimal(dice.choice((0, 0, 1)))))
        ):
            yield line("count", warehouse, -part, _at(begins, dice, 28, 29), "Opname pertengahan tahun")


def _at(begins: datetime, dice: random.Random, first: int, last: int) -> datetime:
    """In shop hours of one of these days."""
    day = begins + timedelta(days=dice.uniform(first, last))
    return day.replace(hour=dice.randint(2, 9), minute=dice.choice((5, 20, 35, 50)), second=0, microsecond=0)


def _reservations(dice: random.Random, sold: list[Sold], now: datetime, staff: dict[str, User]) -> None:
    """What is promised today, some of it already handed out or let go."""
    buyers = list(
        Party.objects.filter(Q(kind="person", rung__in=["client", "member", "repeat"])).order_by("id")[:24]
    )
    sellers = [staff["Putri Maharani"], staff["Rizal Ramadhan"]]
    for number, buyer in enumerate(buyers):
        product = Product.objects.get(pk=dice.choice(sold).product.pk)
        if not (stock.available(product=product) or Decimal(0)) > 2:
            continue
        kept = stock.reserve(
            product=product,
            quantity=Decimal(dice.choice((1, 1, 2))),
            by=sellers[number % 2],
            party=buyer,
            reference=f"Titipan {number + 1:03d}",
            expires_at=now + timedelta(days=dice.randint(1, 10)),
        )
        if number % 4 == 3:
            kept[0].fulfil(by=sellers[number % 2])
        elif number % 6 == 5:
            kept[0].release(by=sellers[number % 2])
