"""The demo company's offers: rules in its own words, and two years of what came of suggestions."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from relasi.catalog.models import Product
from relasi.kit.access.models import User
from relasi.kit.resources.indexing import index
from relasi.parties.models import Party
from relasi.sales.models import DealLine, Offer, OfferRule
from relasi.site.bulk.pouring import Numbers, go_on_numbering, pour, sketch
from relasi.site.demo.trail import Trail

OFFERS = {"small": 260, "medium": 5_000, "large": 40_000}
RULES = (
    # name, sku, customers with, ends within, points, reason (id), reason (en)
    ("Anak: dana pendidikan", "AJ-200", "relation = child", None, 30,
     "Punya anak: biaya sekolah perlu disiapkan sejak dini", "Has a child: save early for school"),
    ("Usia kerja: dana pendidikan", "AJ-200", "age >= 25 and age < 45", None, 10,
     "Usia saat anak biasanya mulai sekolah", "Of the age at which children start school"),
    ("Pencari nafkah: asuransi jiwa", "AJ-101", "age >= 25 and age < 50", None, 20,
     "Usia produktif: penghasilannya menjadi sandaran", "Of working age: others live on this income"),
    ("Berkeluarga: asuransi jiwa", "AJ-101", "household is not empty", None, 10,
     "Tinggal bersama keluarga", "Lives with a family"),
    ("Menjelang pensiun", "AJ-300", "age >= 40 and age < 56", None, 25,
     "Pensiun tinggal beberapa tahun lagi", "Retirement is a few years away"),
    ("Keluarga sudah punya: kesehatan", "AK-110", "family_holds ~ Sehat", None, 30,
     "Keluarganya sudah punya asuransi kesehatan kami", "The family has our health plan already"),
    ("Kesehatan perorangan", "AK-100", "age >= 18 and age < 60", None, 15,
     "Belum punya asuransi kesehatan dari kami", "Has no health plan with us yet"),
    ("Perpanjang kesehatan", "AK-100", "", 60, 60,
     "Polis kesehatannya segera berakhir", "The health plan ends soon"),
    ("Perpanjang kesehatan keluarga", "AK-110", "", 60, 60,
     "Polis kesehatan keluarga segera berakhir", "The family's health plan ends soon"),
    ("Perpanjang kendaraan", "AO-100", "", 45, 60,
     "Polis kendaraannya segera berakhir", "The car insurance ends soon"),
    ("Karyawan: kesehatan", "AK-200", "employees >= 5", None, 35,
     "Punya karyawan: jaminan kesehatan menahan mereka", "Has staff: health cover keeps them"),
    ("Kantor: perawatan AC", "SV-190", "industry is not empty", None, 25,
     "Kantor memakai AC setiap hari", "An office runs its air conditioners every day"),
    ("Pembeli AC: cuci berkala", "SV-101", 'holds ~ "AC split"', None, 30,
     "Membeli AC dari kami: perlu dicuci tiap tiga bulan", "Bought an air conditioner: clean it quarterly"),
    ("Pemilik rumah", "AR-100", "household is not empty", None, 20,
     "Tinggal bersama keluarga: rumah belum diasuransikan", "Lives with a family: the home is not insured"),
    ("Kipas angin", "TK-110", "rung >= first_time", None, 5,
     "Sudah pernah membeli; barang laris", "Has bought before; it sells well"),
)  # fmt: skip
WHYS = ("no_need", "too_dear", "has_it", "bad_time", "not_asked")


def add(*, owner: User, now: datetime, size: str, is_told: bool) -> None:
    """Rules, and suggestions that were taken up, refused or put off."""
    products = {product.sku: product for product in Product.objects.exclude(sku="")}
    rules = [_rule(owner, products[line[1]], line) for line in RULES]
    rows = [*_taken_up(rules, now), *_decided(rules, OFFERS[size], now)]
    numbers = Numbers(Offer)
    for row in rows:
        row.pk = numbers.take()
    pour(Offer, rows)
    go_on_numbering([Offer])
    if is_told:
        _tell(rows)
        index(rows)


def _rule(owner: User, product: Product, line: tuple[str, str, str, int | None, int, str, str]) -> OfferRule:
    name, _sku, asked, ends_within, points, in_indonesian, in_english = line
    made: OfferRule = OfferRule.create(
        by=owner, name=name, product=product, filter=asked, ends_within=ends_within, points=points,
        reason_id=in_indonesian, reason_en=in_english,
    )  # fmt: skip
    return made


def _offer(rule: OfferRule, party: Party, at: datetime, days: int, **more: object) -> Offer:
    reason = {"rule": rule.pk, "points": rule.points, "id": rule.reason_id, "en": rule.reason_en}
    made: Offer = sketch(
        Offer, party_id=party.pk, product_id=rule.product_id, name=f"{rule.product} – {party.name}"[:200],
        points=rule.points, reasons=[reason], shown_at=at, days_shown=days,
        last_shown_on=(at + timedelta(days=days)).date(), created_at=at, updated_at=at, **more,
    )  # fmt: skip
    return made


def _taken_up(rules: list[OfferRule], now: datetime) -> list[Offer]:
    """Deals with a product that a rule speaks for began with its offer."""
    by_product = {rule.product_id: rule for rule in rules}
    lines = DealLine.objects.filter(product__in=by_product).select_related("deal__party").order_by("id")
    found: dict[int, Offer] = {}
    for line in lines[:2000]:
        deal = line.deal
        found[deal.pk] = _offer(
            by_product[line.product_id], deal.party, deal.created_at - timedelta(days=2), 2, deal_id=deal.pk,
            outcome="accepted", decided_at=deal.created_at, decided_by_id=deal.owner_id,
        )  # fmt: skip
    return list(found.values())


def _decided(rules: list[OfferRule], count: int, now: datetime) -> list[Offer]:
    """What was refused or put off over two years, and what stands on offer."""
    dice = random.Random(88)  # noqa: S311
    parties = list(Party.objects.filter(archived_at=None, owner__isnull=False).order_by("id")[:20_000])
    open_pairs: set[tuple[int, int]] = set()
    rows = []
    for _n in range(count):
        rule, party = dice.choice(rules), dice.choice(parties)
        at, pair = now - timedelta(days=dice.randint(1, 720), hours=3), (party.pk, rule.product_id)
        if pair in open_pairs:
            continue
        open_pairs.add(pair)
        kind = dice.choice(("declined", "later", "later", "shown", "shown"))
        told: dict[str, object] = {"outcome": kind}
        if kind != "shown":
            told |= {"why": dice.choice(WHYS), "decided_at": at, "decided_by_id": party.owner_id}
        if kind == "later":
            told["again_on"] = (at + timedelta(days=dice.choice((30, 60, 90, 180)))).date()
        rows.append(_offer(rule, party, at, dice.randint(1, 6), **told))
    return rows


def _tell(rows: list[Offer]) -> None:
    """Each decision stands on the customer's timeline."""
    trail, users = Trail(), User.objects.in_bulk()
    for row in rows:
        if row.decided_at and row.decided_by_id in users:
            verb = "accepted" if row.outcome == "accepted" else "declined"
            trail.add(
                verb, row, by=users[row.decided_by_id], at=row.decided_at, party_id=row.party_id,
                changes={"outcome": ["shown", row.outcome]},
            )  # fmt: skip
    trail.write()
