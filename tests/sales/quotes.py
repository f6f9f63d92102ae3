"""Quotes for tests: goods with tax and stock, and quotes of people everybody knows."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from relasi.catalog.models import Product, StockLevel, StockMovement, StockPlace, Tax
from relasi.sales.actions.accept_quote import Signature, accept_quote
from relasi.sales.models import Order, Quote, QuoteLine
from tests.world import World

SIGNED = Signature(name="Budi Santoso", address="203.0.113.7")


def make_goods(world: World, *, pieces: int = 10, **fields: Any) -> Product:
    """An air conditioner for four million before tax, with so many in the store."""
    values = {
        "name": "AC 1 PK", "kind": "goods", "is_stocked": True, "list_price": 4_000_000, "cost": 3_000_000,
        "tax": Tax.objects.order_by("id").first(),
    }  # fmt: skip
    product: Product = Product.create(by=world.ada, **{**values, **fields})
    place = StockPlace.objects.first() or StockPlace.create(by=world.ada, name="Gudang")
    if pieces and product.is_stocked:
        StockMovement.create(
            by=world.ada, kind="receipt", product=product, place=place, quantity=Decimal(pieces)
        )
    return product


def make_quote(world: World, *, lines: bool = True, **fields: Any) -> Quote:
    """Bob's quote for Budi, with two air conditioners."""
    values = {"name": "AC untuk rumah", "party": world.budi, "owner": world.bob}
    quote: Quote = Quote.create(by=world.bob, **{**values, **fields})
    if lines:
        add_line(world, quote, product=make_goods(world), quantity=2)
    quote.refresh_from_db()
    return quote


def add_line(world: World, quote: Quote, **fields: Any) -> QuoteLine:
    line: QuoteLine = QuoteLine.create(by=world.bob, quote=quote, **fields)
    quote.refresh_from_db()
    return line


def sent_quote(world: World, **fields: Any) -> Quote:
    quote = make_quote(world, **fields)
    quote.send(by=world.bob)
    return quote


def signed_order(world: World, **fields: Any) -> Order:
    quote = sent_quote(world, **fields)
    return accept_quote(quote=quote, signature=SIGNED)


def available(product: Product) -> Decimal:
    return Decimal(StockLevel.objects.get(product=product).available)
