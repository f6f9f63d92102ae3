"""The demo company's quotes and orders: two years of what was sold, and some on the way today."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils import timezone

from relasi.catalog.models import Product
from relasi.kit.access.models import User
from relasi.kit.resources.indexing import index
from relasi.sales.actions.accept_quote import Signature, accept_quote
from relasi.sales.models import Deal, NumberSeries, Order, OrderLine, Quote, QuoteLine, QuoteTemplate
from relasi.site.bulk.pouring import Numbers, go_on_numbering, pour, sketch
from relasi.site.demo.trail import Trail

POURED: list[type[Any]] = [Quote, QuoteLine, Order, OrderLine]
CHUNK = 2000
LIVE = {"small": 7, "medium": 24, "large": 24}
SENDER = "PT Sahabat Selalu\nJl. Kemang Raya 12, Jakarta Selatan 12730\nNPWP 01.234.567.8-012.000"
LEAST = 1_000_000  # rupiah of a deal that gets one of the quotes of today
TERMS = "Harga berlaku sampai tanggal di atas. Pembayaran 14 hari setelah barang diterima."
REASONS = ("Harga di atas anggaran", "Sudah membeli di tempat lain", "Ditunda sampai tahun depan", "")
CARRIERS = ("JNE", "J&T Cargo", "SiCepat", "Armada sendiri")


def add(*, owner: User, now: datetime, size: str, is_told: bool) -> None:
    """Orders of won deals, quotes of lost ones, and a few of today with everything that belongs to them."""
    QuoteTemplate.objects.update(sender=SENDER)
    historian = Historian(now, is_told)
    closed = Deal.objects.exclude(closed_on=None).exclude(owner=None).order_by("closed_on", "id")
    rows = closed.iterator(chunk_size=CHUNK)
    while chunk := list(islice(rows, CHUNK)):
        historian.write(chunk)
    historian.number()
    go_on_numbering(POURED)
    _today(owner, LIVE[size])


class Historian:
    """What became of deals that are closed, poured in bulk."""

    def __init__(self, now: datetime, is_told: bool) -> None:
        self.now, self.is_told = now, is_told
        self.dice, self.trail = random.Random(53), Trail()  # noqa: S311
        self.numbers = {model: Numbers(model) for model in POURED}
        self.series: Counter[str] = Counter()
        self.users = User.objects.in_bulk()

    @transaction.atomic
    def write(self, deals: list[Deal]) -> None:
        orders, quotes = [], []
        for deal in deals:
            if deal.status == "won" and deal.amount:
                orders.append(self._order(deal))
            elif deal.status == "lost" and self.dice.random() < 0.5 and deal.amount:
                quotes.append(self._quote(deal))
        pour(Order, orders)
        pour(OrderLine, list(self._lines(OrderLine, "order_id", orders)))
        pour(Quote, quotes)
        pour(QuoteLine, list(self._lines(QuoteLine, "quote_id", quotes)))
        if self.is_told:
            self._tell(orders, quotes)
            index([*orders, *quotes])

    def number(self) -> None:
        """Whoever makes the next goes on from here."""
        NumberSeries.objects.bulk_create(
            NumberSeries(key=key, last=last) for key, last in self.series.items()
        )

    def _order(self, deal: Deal) -> Order:
        at = self._moment(deal.closed_on or self.now.date())
        order: Order = self._begun(Order, "SO", deal, at)
        order.ordered_at = order.reserved_at = at
        days = self.dice.randint(2, 9)
        sent, there = at + timedelta(days=days), at + timedelta(days=days + self.dice.randint(1, 4), hours=3)
        order.status = "reserved"
        if sent < self.now:
            order.status, order.picked_at, order.shipped_at = "shipped", sent - timedelta(hours=5), sent
            order.carrier = self.dice.choice(CARRIERS)
            order.tracking_number = (
                "" if order.carrier == CARRIERS[-1] else f"{self.dice.randint(10**10, 10**11)}"
            )
        if there < self.now:
            order.status, order.delivered_at = "delivered", there
        return order

    def _quote(self, deal: Deal) -> Quote:
        ended = self._moment(deal.closed_on or self.now.date())
        sent = ended - timedelta(days=self.dice.randint(4, 16))
        quote: Quote = self._begun(Quote, "Q", deal, sent)
        quote.sent_at, quote.valid_until, quote.terms = sent, (sent + timedelta(days=14)).date(), TERMS
        quote.status = self.dice.choice(("declined", "expired"))
        if quote.status == "declined":
            quote.decided_at, quote.decline_reason = ended, self.dice.choice(REASONS)
        return quote

    def _begun(self, model: type[Any], prefix: str, deal: Deal, at: datetime) -> Any:
        key = f"{prefix}-{at.year}"
        self.series[key] += 1
        tax = (deal.amount * 11 / 100).quantize(Decimal("0.01"))
        return sketch(
            model, id=self.numbers[model].take(), name=deal.name, number=f"{key}-{self.series[key]:04d}",
            party_id=deal.party_id, deal_id=deal.pk, owner_id=deal.owner_id, currency=deal.currency,
            net=deal.amount, tax_amount=tax, total=deal.amount + tax, created_at=at, updated_at=at,
        )  # fmt: skip

    def _lines(self, model: type[Any], via: str, wholes: list[Any]) -> Iterator[Any]:
        for whole in wholes:
            yield sketch(
                model, id=self.numbers[model].take(), description=whole.name[:300], quantity=Decimal(1),
                unit_price=whole.net, net=whole.net, tax_rate=Decimal(12), tax_part=11, tax_whole=12,
                tax_amount=whole.tax_amount, total=whole.total, created_at=whole.created_at,
                updated_at=whole.created_at, **{via: whole.pk},
                **({"is_chosen": True} if model is QuoteLine else {}),
            )  # fmt: skip

    def _moment(self, day: date) -> datetime:
        at = datetime(day.year, day.month, day.day, 9, tzinfo=self.now.tzinfo)
        return min(at + timedelta(minutes=self.dice.randint(0, 480)), self.now - timedelta(minutes=5))

    def _tell(self, orders: list[Order], quotes: list[Quote]) -> None:
        for order in orders:
            steps = [
                ("created", order.ordered_at),
                ("shipped", order.shipped_at),
                ("delivered", order.delivered_at),
            ]
            self._say(order, steps)
        for quote in quotes:
            self._say(quote, [("sent", quote.sent_at), (quote.status, quote.decided_at)])
        self.trail.write()

    def _say(self, record: Any, steps: list[tuple[str, datetime | None]]) -> None:
        for verb, at in steps:
            if at:
                self.trail.add(
                    verb, record, by=self.users[record.owner_id], at=at, party_id=record.party_id,
                    changes={"total": [None, record.total]} if verb == "created" else {},
                )  # fmt: skip


def _today(owner: User, count: int) -> None:
    """Quotes of open deals in every state, made as people make them; the first few become orders."""
    dice = random.Random(59)  # noqa: S311
    products = list(
        Product.objects.filter(is_active=True, list_price__gt=0, currency="IDR").order_by("id")[:30]
    )
    deals = Deal.objects.open().filter(currency="IDR").exclude(owner=None).select_related("party", "owner")
    if not products:
        return
    small = deals.filter(value__gte=LEAST).order_by("value", "id")
    for at, deal in enumerate(small[:count]):
        quote = _quote_of(deal, products, dice, needs_approval=at % 7 == 2)
        if at % 7 == 2:
            quote.submit(by=deal.owner)
        elif at % 7 != 6:
            quote.send(by=deal.owner)
        if at in (0, 1, 3):
            order = accept_quote(
                quote=quote, signature=Signature(name=str(deal.party), address="203.0.113.9")
            )
            if at == 1 and order.may_be_shipped:
                order.ship(by=owner, carrier="JNE", tracking_number="8012345678")
        elif at == 4:
            _talk(quote, deal)


def _quote_of(deal: Deal, products: list[Product], dice: random.Random, *, needs_approval: bool) -> Quote:
    quote: Quote = Quote.create(
        by=deal.owner, name=deal.name, party=deal.party, deal=deal, owner=deal.owner, terms=TERMS,
        valid_until=timezone.localdate() + timedelta(days=dice.choice((1, 2, 7, 14, 21))),
    )  # fmt: skip
    first, second, third = (dice.choice(products) for _n in range(3))
    by: Any = {"by": deal.owner, "quote": quote}
    discount = Decimal(18 if needs_approval else dice.choice((0, 0, 5, 10)))
    QuoteLine.create(**by, product=first, quantity=dice.randint(1, 3), discount=discount)
    for product, years in ((second, 1), (second, 2)):
        words = f"{product.name}, {years} tahun"
        QuoteLine.create(
            **by, product=product, description=words, quantity=years, kind="alternative", group="Masa berlaku"
        )
    QuoteLine.create(**by, product=third, quantity=1, kind="optional", order_no=30)
    quote.refresh_from_db()
    return quote


def _talk(quote: Quote, deal: Deal) -> None:
    from relasi.sales.quote_doors import say

    say(quote, name=str(deal.party), text="Apakah bisa dibayar dua kali?")
    quote.reply(by=deal.owner, text="Bisa, Pak/Bu: setengah di awal, sisanya setelah diterima.")
