"""The demo company's costs: hourly rates, two years of campaigns and expenses, and what comes of them."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from decimal import Decimal

from relasi.kit.access.models import Role, User
from relasi.kit.resources.indexing import index
from relasi.sales.cost_jobs import reckon_all
from relasi.sales.models import CostEntry, CostRate, Deal, Lead
from relasi.site.bulk.pouring import Numbers, go_on_numbering, pour, sketch

ENTRIES = {"small": 240, "medium": 4_000, "large": 20_000}
CAMPAIGNS = (
    # what for, channel, a month in thousands
    ("Iklan Instagram dan Google", "web_form", 2_400),
    ("Stan pameran dan brosur", "event", 1_500),
    ("Hadiah untuk pemberi referensi", "referral", 900),
    ("Spanduk dan sewa meja toko", "walk_in", 1_100),
)
EXPENSES = (
    # what for, minutes, from and to in thousands
    ("Bensin dan parkir kunjungan", 45, 25, 90),
    ("Makan siang dengan pelanggan", 60, 120, 450),
    ("Menyusun penawaran", 90, 0, 0),
    ("Cetak dokumen dan meterai", 15, 20, 60),
    ("Survei lokasi", 120, 50, 200),
)


def add(*, owner: User, now: datetime, size: str, is_told: bool) -> None:
    """Rates since two years ago, the ledger, and everybody's worth."""
    began = (now - timedelta(days=730)).date()
    CostRate.create(by=owner, name="Semua rekan", hourly=Decimal(45_000), valid_from=began)
    for role, hourly in (("Seller", 65_000), ("Sales manager", 120_000)):
        found = Role.objects.filter(name=role).first()
        CostRate.create(by=owner, name=role, role=found, hourly=Decimal(hourly), valid_from=began)
    numbers = Numbers(CostEntry)
    rows = [*_campaigns(owner, now), *_expenses(ENTRIES[size], now)]
    for row in rows:
        row.pk = numbers.take()
    pour(CostEntry, rows)
    go_on_numbering([CostEntry])
    if is_told:
        index(CostEntry.objects.select_related("party"))
    reckon_all()


def _campaigns(owner: User, now: datetime) -> list[CostEntry]:
    """By channel, month for month."""
    dice = random.Random(91)  # noqa: S311
    rows = []
    for month in range(24):
        on = (now - timedelta(days=15 + month * 30)).date()
        for name, channel, thousands in CAMPAIGNS:
            amount = Decimal(round(thousands * dice.uniform(0.7, 1.4))) * 1000
            rows.append(
                sketch(
                    CostEntry, name=name, channel=channel, on=on, amount=amount, cost=amount,
                    owner_id=owner.pk,
                )
            )  # fmt: skip
    return rows


def _expenses(count: int, now: datetime) -> list[CostEntry]:
    """What sellers spent on deals and leads."""
    dice = random.Random(92)  # noqa: S311
    records = [*Deal.objects.order_by("-id")[: count * 2], *Lead.objects.order_by("-id")[:count]]
    rows = []
    for record in dice.sample(records, min(count, len(records))):
        name, minutes, low, high = dice.choice(EXPENSES)
        amount = Decimal(dice.randint(low, high)) * 1000
        on = min(record.created_at + timedelta(days=dice.randint(0, 12)), now).date()
        about = {"deal_id": record.pk} if isinstance(record, Deal) else {"lead_id": record.pk}
        channel = "" if isinstance(record, Deal) else record.channel
        rows.append(
            sketch(
                CostEntry, name=name, party_id=record.party_id, channel=channel, on=on, minutes=minutes,
                seller_id=record.owner_id, owner_id=record.owner_id, amount=amount or None,
                cost=amount + Decimal(65_000) * minutes / 60, **about,
            )
        )  # fmt: skip
    return rows
