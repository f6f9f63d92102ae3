"""A small shop in the world everybody knows: filters for air conditioners, a service, a plan, two places."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pytest

from relasi.catalog.models import (
    BundleItem,
    Category,
    Product,
    StockLevel,
    StockMovement,
    StockPlace,
    Tax,
    Unit,
)
from tests.world import World


@dataclass
class Shop:
    world: World
    parts: Category
    filters: Category
    piece: Unit
    ppn: Tax
    filter: Product
    freon: Product
    cleaning: Product
    plan: Product
    package: Product
    warehouse: StockPlace
    store: StockPlace
    broken: StockPlace

    def receive(self, product: Product, place: StockPlace, quantity: int | str) -> StockMovement:
        return StockMovement.create(
            by=self.world.ada, kind="receipt", product=product, place=place, quantity=Decimal(quantity)
        )

    def level(self, product: Product, place: StockPlace) -> StockLevel:
        return StockLevel.objects.get(product=product, place=place)


@pytest.fixture
def shop(world: World) -> Shop:
    """Nothing lies anywhere yet."""
    ada = world.ada
    parts = Category.create(by=ada, name="Suku cadang")
    filters = Category.create(by=ada, name="Saringan", parent=parts)
    piece = Unit.create(by=ada, name="Buah", symbol="bh")
    kilo = Unit.create(by=ada, name="Kilogram", symbol="kg", is_whole=False)
    ppn = Tax.objects.get(name="PPN")
    goods = {"kind": "goods", "tax": ppn, "is_stocked": True, "by": ada}
    filter_ = Product.create(
        name="Saringan AC", sku="SA-1", category=filters, unit=piece, list_price=Decimal(85_000), **goods
    )
    freon = Product.create(
        name="Freon R32", sku="FR-32", category=parts, unit=kilo, list_price=Decimal(140_000), **goods
    )
    cleaning = Product.create(by=ada, name="Cuci AC", kind="service", list_price=Decimal(90_000), tax=ppn)
    plan = Product.create(
        by=ada, name="Asuransi Jiwa Sahabat", kind="plan", billing="monthly", list_price=Decimal(350_000)
    )
    package = Product.create(by=ada, name="Paket rawat AC", kind="service", list_price=Decimal(300_000))
    BundleItem.create(by=ada, bundle=package, item=filter_, quantity=Decimal(2))
    BundleItem.create(by=ada, bundle=package, item=cleaning)
    BundleItem.create(by=ada, bundle=package, item=freon, quantity=Decimal("0.5"))
    return Shop(
        world=world,
        parts=parts,
        filters=filters,
        piece=piece,
        ppn=ppn,
        filter=filter_,
        freon=freon,
        cleaning=cleaning,
        plan=plan,
        package=package,
        warehouse=StockPlace.create(by=ada, name="Gudang Bekasi"),
        store=StockPlace.create(by=ada, name="Toko Tebet"),
        broken=StockPlace.create(by=ada, name="Barang rusak", is_sellable=False),
    )
