"""The demo company's deals: two years with the seasons of a year in Indonesia, quotas and forecasts."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db import transaction

from relasi.activities.models import Activity
from relasi.catalog.models import Product
from relasi.kit.access.models import Team, User
from relasi.kit.resources.indexing import index
from relasi.kit.resources.models import SavedView
from relasi.lib.periods import period_of
from relasi.parties.ladder import HEIGHT
from relasi.parties.models import Party
from relasi.sales.actions.follow_up_deals import follow_all_deals
from relasi.sales.actions.take_snapshot import take_snapshot
from relasi.sales.models import (
    CloseReason,
    Competitor,
    Deal,
    DealCompetitor,
    DealLine,
    DealSplit,
    ForecastCall,
    Pipeline,
    PipelineSnapshot,
    Quota,
    Stage,
    StageStay,
)
from relasi.site.bulk.pouring import Numbers, go_on_numbering, pour, sketch
from relasi.site.demo.trail import Trail

CHUNK = 5000
AMOUNTS = {"small": (280, 70), "medium": (6_000, 1_300), "large": (60_000, 50_000)}  # closed, open
LEBARAN = (date(2024, 4, 10), date(2025, 3, 31), date(2026, 3, 20), date(2027, 3, 10), date(2028, 2, 27))
MONTHS = (0.9, 0.9, 1.2, 1.1, 0.95, 0.9, 1.0, 1.0, 1.05, 1.1, 1.15, 1.3)
POURED: list[type[Any]] = [
    Deal,
    StageStay,
    DealLine,
    DealCompetitor,
    DealSplit,
    PipelineSnapshot,
    Activity,
    ForecastCall,
    Quota,
]
WHAT = (
    # what, from and to in millions, source
    ("Asuransi jiwa keluarga", 6, 60, "Referensi"),
    ("Dana pendidikan anak", 12, 90, "Referensi"),
    ("Asuransi kesehatan karyawan", 40, 400, "Website"),
    ("Asuransi armada mobil", 30, 260, "Telepon masuk"),
    ("Kontrak servis AC kantor", 8, 75, "Toko"),
    ("Pengadaan AC ruko", 10, 150, "Toko"),
    ("Paket umrah keluarga", 60, 180, "Komunitas"),
    ("Dana pensiun", 15, 120, "Pameran"),
    ("Asuransi rumah dan isi", 3, 25, "Instagram"),
)
RIVALS = (
    (
        "PT Asuransi Cahaya Utama",
        "Premi murah, iklan di mana-mana",
        "Klaim lambat, agen sering berganti",
        "Tunjukkan lama klaim kita dan nama agen yang tetap.",
    ),
    (
        "PT Proteksi Bersama",
        "Jaringan rumah sakit luas",
        "Tidak ada kunjungan",
        "Tawarkan kunjungan tiap triwulan.",
    ),
    ("Dingin Sejuk Servis", "Cepat datang", "Tanpa garansi tertulis", "Garansi 90 hari dan riwayat servis."),
    (
        "PT Griya Mapan Finansial",
        "Hubungan dengan bank",
        "Produk paket, sulit disesuaikan",
        "Susun manfaat sesuai kebutuhan keluarga.",
    ),
)
PLANS = (
    "Telepon tindak lanjut",
    "Kirim penawaran",
    "Bahas penawaran",
    "Temui pengambil keputusan",
    "Ingatkan batas waktu penawaran",
    "Minta dokumen",
)
VIEWS = (
    ("Transaksi saya", "status = open and owner = me", ["expected_close_on"]),
    ("Tutup bulan ini", 'status = open and expected_close_on = "this month"', ["-value"]),
    ("Membusuk", "is_rotting = yes", ["rots_at"]),
    ("Tanpa rencana", "status = open and has_next_activity = no", ["-value"]),
    ("Menang bulan ini", 'status = won and closed_on = "this month"', ["-value"]),
)


@dataclass
class Made:
    """A deal with what hangs on it. `closes`: the close dates it was given in turn, with the day of each."""

    deal: Deal
    stays: list[StageStay] = field(default_factory=list)
    closes: list[tuple[date, date]] = field(default_factory=list)


def add(*, owner: User, staff: dict[str, User], now: datetime, size: str, is_told: bool) -> None:
    """Deals over two years, what people said of them, and pictures of every night."""
    closed, still_open = AMOUNTS[size]
    inventor = Inventor(now, owner)
    rivals = _rivals(owner)
    writer = Writer(inventor, rivals, is_told)
    for stream in (inventor.closed(closed), inventor.open(still_open)):
        while made := list(islice(stream, CHUNK)):
            writer.write(made)
    go_on_numbering(POURED)
    _quotas(inventor, owner)
    go_on_numbering(POURED)
    for order, (name, asked, sort) in enumerate(VIEWS):
        SavedView.create(
            by=owner,
            resource="deals",
            name=name,
            filter=asked,
            sort=sort,
            scope="all",
            owner=owner,
            order=order,
        )
    if is_told:
        follow_all_deals()
    take_snapshot(on=now.date())


def season(day: date) -> float:
    """How lively selling is on a day: busy when the holiday allowance comes, still at Lebaran."""
    for feast in LEBARAN:
        days = (day - feast).days
        if -2 <= days <= 8:
            return 0.12
        if -30 <= days < -2:
            return 1.7
    return MONTHS[day.month - 1]


class Inventor:
    """Draws deals; the same seed and day give the same ones."""

    def __init__(self, now: datetime, owner: User) -> None:
        self.dice = random.Random(31)  # noqa: S311
        self.now, self.owner = now, owner
        rows = Party.objects.filter(archived_at__isnull=True, owner__isnull=False).order_by("id")
        self.parties = list(rows.values_list("pk", "owner_id", "name", "rung")[:20_000])
        self.buyers = [party for party in self.parties if HEIGHT[party[3]] >= HEIGHT["first_time"]]
        self.pipelines = list(Pipeline.objects.order_by("order"))
        stages = list(Stage.objects.order_by("order"))
        self.stages = {
            pipeline.pk: [stage for stage in stages if stage.pipeline_id == pipeline.pk]
            for pipeline in self.pipelines
        }
        self.reasons = {
            kind: list(CloseReason.objects.filter(kind=kind).order_by("order")) for kind in ("won", "lost")
        }
        self.products = list(Product.objects.filter(is_active=True, list_price__gt=0).order_by("id")[:40])
        self.users = User.objects.in_bulk()

    def closed(self, count: int) -> Iterator[Made]:
        for _n in range(count):
            won = self.dice.random() < 0.42
            yield self._walked(self._begin(), outcome="won" if won else "lost", party=self._party(won))

    def open(self, count: int) -> Iterator[Made]:
        for _n in range(count):
            days = min(int(self.dice.expovariate(1 / 28)), 150)
            yield self._walked(
                self.now - timedelta(days=days, minutes=37), outcome="", party=self._party(False)
            )

    def _begin(self) -> datetime:
        """A day of the last two years, by the season; long enough ago to be closed."""
        while True:
            moment = self.now - timedelta(days=self.dice.randint(9, 730), minutes=self.dice.randint(0, 500))
            if self.dice.random() * 1.7 < season(moment.date()) and moment.weekday() != 6:
                return moment

    def _party(self, won: bool) -> tuple[int, int, str, str]:
        found: tuple[int, int, str, str] = self.dice.choice(
            self.buyers if won and self.buyers else self.parties
        )
        return found

    def _walked(self, began: datetime, *, outcome: str, party: tuple[int, int, str, str]) -> Made:
        """Through the stages, a few days in each; to the end when there is an outcome."""
        dice = self.dice
        pipeline = self.pipelines[0 if dice.random() < 0.8 or len(self.pipelines) == 1 else 1]
        stages = [stage for stage in self.stages[pipeline.pk] if stage.is_open]
        reached = len(stages) if outcome == "won" else dice.randint(1, len(stages))
        what, low, high, source = dice.choice(WHAT)
        millions = dice.randint(low * 2, high * 2) / 2
        deal = sketch(
            Deal,
            name=f"{what} – {party[2]}"[:200],
            party_id=party[0],
            owner_id=party[1],
            pipeline_id=pipeline.pk,
            amount=Decimal(str(millions)) * 1_000_000,
            source=source,
            created_at=began,
        )
        made, at = Made(deal), began
        for stage in stages[:reached]:
            made.stays.append(sketch(StageStay, stage_id=stage.pk, entered_at=at, by_id=party[1]))
            stay = timedelta(days=1 + dice.expovariate(1 / 6), hours=dice.randint(0, 7))
            if at + stay >= self.now - timedelta(hours=2):
                break
            at = at + stay
            made.stays[-1].left_at = at
        self._end(made, stages, outcome, at)
        self._closes(made, began, at)
        return made

    def _end(self, made: Made, stages: list[Stage], outcome: str, at: datetime) -> None:
        deal, by_pk = made.deal, {stage.pk: stage for stage in self.stages[made.deal.pipeline_id or 0]}
        if outcome:
            stage = next(one for one in by_pk.values() if one.kind == outcome)
            made.stays[-1].left_at = at
            made.stays.append(sketch(StageStay, stage_id=stage.pk, entered_at=at, by_id=deal.owner_id))
            deal.closed_on = min(at, self.now).date()
            reasons = self.reasons[outcome]
            deal.close_reason_id = reasons[int(len(reasons) * self.dice.random() ** 1.6)].pk
        else:
            made.stays[-1].left_at = None
            stage = by_pk[made.stays[-1].stage_id]
        deal.stage_id, deal.status, deal.stage_since = stage.pk, stage.kind, made.stays[-1].entered_at
        deal.updated_at = deal.stage_since
        if not outcome and self.dice.random() < 0.08:
            deal.own_category = self.dice.choice(("commit", "best_case"))
        deal._state.fields_cache["stage"] = stage
        if self.dice.random() < 0.62 and not outcome:
            deal.next_activity_at = self.now + timedelta(
                days=self.dice.choice((-2, 0, 1, 1, 2, 3, 5, 8)), hours=2
            )
        deal.follow(stage)

    def _closes(self, made: Made, began: datetime, ended: datetime) -> None:
        """The day it was to close was moved now and then."""
        deal, dice = made.deal, self.dice
        first = (
            deal.closed_on
            or (self.now + timedelta(days=dice.choice((-6, 2, 5, 9, 14, 20, 32, 45, 60, 90)))).date()
        )
        moves = dice.choice((0, 0, 0, 1, 1, 2))
        days = max((min(ended, self.now) - began).days, 1)
        told = [(began.date(), first - timedelta(days=14 * moves))]
        for n in range(1, moves + 1):
            told.append(
                (
                    began.date() + timedelta(days=days * n // (moves + 1)),
                    first - timedelta(days=14 * (moves - n)),
                )
            )
        made.closes = told
        deal.expected_close_on = first


class Writer:
    """Puts deals and what hangs on them into their tables, thousands at a time."""

    def __init__(self, inventor: Inventor, rivals: list[Competitor], is_told: bool) -> None:
        self.inventor, self.rivals, self.is_told = inventor, rivals, is_told
        self.dice, self.trail = inventor.dice, Trail()
        self.numbers = {model: Numbers(model) for model in POURED}

    @transaction.atomic
    def write(self, made: list[Made]) -> None:
        lines: list[DealLine] = []
        for one in made:
            one.deal.pk = self.numbers[Deal].take()
            if self.is_told and self.dice.random() < 0.4 and self.inventor.products:
                lines += self._lines(one.deal)
        pour(Deal, (one.deal for one in made))
        self._pour(StageStay, (self._of(stay, one.deal) for one in made for stay in one.stays))
        self._pour(DealLine, iter(lines))
        self._pour(PipelineSnapshot, (row for one in made for row in self._snapshots(one)))
        self._around([one.deal for one in made if one.deal.status == "open"])
        if self.is_told:
            self._tell(made)
            index([one.deal for one in made])

    def _pour(self, model: type[Any], rows: Iterator[Any]) -> None:
        pour(model, (self._numbered(model, row) for row in rows))

    def _numbered(self, model: type[Any], row: Any) -> Any:
        row.pk = self.numbers[model].take()
        return row

    def _of(self, row: Any, deal: Deal) -> Any:
        row.deal_id = deal.pk
        return row

    def _lines(self, deal: Deal) -> list[DealLine]:
        """One to three products; the deal is worth what they make."""
        found = []
        for place in range(self.dice.randint(1, 3)):
            product = self.dice.choice(self.inventor.products)
            quantity, discount = Decimal(self.dice.randint(1, 6)), Decimal(self.dice.choice((0, 0, 5, 10)))
            price = product.list_price or Decimal(0)
            if product.currency != deal.currency:
                continue
            amount = (quantity * price * (100 - discount) / 100).quantize(Decimal("0.01"))
            found.append(
                sketch(
                    DealLine,
                    deal_id=deal.pk,
                    product_id=product.pk,
                    description=product.name,
                    quantity=quantity,
                    price=price,
                    discount=discount,
                    amount=amount,
                    order=(place + 1) * 10,
                    created_at=deal.created_at,
                    updated_at=deal.created_at,
                )
            )
        if found:
            deal.amount = sum((line.amount for line in found), Decimal(0))
            deal.follow(deal._state.fields_cache["stage"])
        return found

    def _snapshots(self, one: Made) -> Iterator[PipelineSnapshot]:
        """How it looked each morning: a row for each stage and close date, in turn."""
        deal, stages = one.deal, {s.pk: s for s in self.inventor.stages[one.deal.pipeline_id or 0]}
        turns = {stay.entered_at.date() + timedelta(days=1): stay.stage_id for stay in one.stays}
        days = sorted({*turns, *(day + timedelta(days=1) for day, _close in one.closes)})
        end = deal.closed_on + timedelta(days=1) if deal.closed_on else None
        days = [day for day in days if (end is None or day < end) and day < self.inventor.now.date()]
        stage_id = one.stays[0].stage_id
        for day, following in zip(days, [*days[1:], end][: len(days)], strict=True):
            stage_id = turns.get(day, stage_id)
            stage = stages[stage_id]
            closes = [close for since, close in one.closes if since < day]
            yield sketch(
                PipelineSnapshot,
                deal_id=deal.pk,
                from_on=day,
                until_on=following,
                owner_id=deal.owner_id,
                pipeline_id=deal.pipeline_id,
                stage_id=stage_id,
                category=stage.category,
                value=deal.value,
                weighted=(deal.value * stage.probability / 100).quantize(Decimal("0.01")),
                expected_close_on=closes[-1] if closes else deal.expected_close_on,
            )

    def _around(self, deals: list[Deal]) -> None:
        """Plans, competitors and shared credit of open deals."""
        dice, plans, rivals, splits = self.dice, [], [], []
        team = list(self.inventor.users)
        for deal in deals:
            if deal.next_activity_at:
                plans.append(
                    sketch(
                        Activity,
                        kind="task",
                        subject=dice.choice(PLANS),
                        party_id=deal.party_id,
                        about_noun="deal",
                        about_id=deal.pk,
                        owner_id=deal.owner_id,
                        at=deal.next_activity_at,
                        due_at=deal.next_activity_at,
                        created_at=deal.stage_since,
                        updated_at=deal.stage_since,
                    )
                )
            if dice.random() < 0.25:
                standing = dice.choice(("ahead", "level", "behind"))
                rivals.append(
                    sketch(
                        DealCompetitor,
                        deal_id=deal.pk,
                        competitor_id=dice.choice(self.rivals).pk,
                        standing=standing,
                    )
                )
            if dice.random() < 0.06 and (other := dice.choice(team)) != deal.owner_id:
                Deal.objects.filter(pk=deal.pk).update(is_split=True)
                for user, share in ((deal.owner_id, 70), (other, 30)):
                    splits.append(sketch(DealSplit, deal_id=deal.pk, user_id=user, share=Decimal(share)))
        self._pour(Activity, iter(plans))
        if self.is_told:
            index(Activity.objects.filter(pk__in=[one.pk for one in plans]).select_related("party"))
        self._pour(DealCompetitor, iter(rivals))
        self._pour(DealSplit, iter(splits))

    def _tell(self, made: list[Made]) -> None:
        for one in made:
            deal, user = one.deal, self.inventor.users[one.deal.owner_id or 0]
            changes: dict[str, Any] = {"name": [None, deal.name], "amount": [None, deal.amount]}
            self.trail.add(
                "created", deal, by=user, changes=changes, party_id=deal.party_id, at=deal.created_at
            )
            for before, stay in zip(one.stays, one.stays[1:], strict=False):
                is_last = stay is one.stays[-1] and deal.status != "open"
                moved = {"stage_id": [before.stage_id, stay.stage_id]}
                self.trail.add(
                    deal.status if is_last else "moved",
                    deal,
                    by=user,
                    changes=moved,
                    party_id=deal.party_id,
                    at=stay.entered_at,
                )
        self.trail.write()


def _rivals(owner: User) -> list[Competitor]:
    return [
        Competitor.create(by=owner, name=name, strengths=strong, weaknesses=weak, answer=answer)
        for name, strong, weak, answer in RIVALS
    ]


def _quotas(inventor: Inventor, owner: User) -> None:
    """A quota a month for each seller by the season, and what sellers and managers said."""
    dice, today = random.Random(77), inventor.now.date()  # noqa: S311
    sold: dict[tuple[int, date], Decimal] = {}
    rows = Deal.objects.won().exclude(owner=None).values_list("owner_id", "closed_on", "value")
    for user_id, closed_on, value in rows.iterator():
        key = (user_id, closed_on.replace(day=1))
        sold[key] = sold.get(key, Decimal(0)) + value
    usual: dict[int, list[Decimal]] = {}
    for (user_id, _month), value in sold.items():
        usual.setdefault(user_id, []).append(value)
    quotas, calls = [], []
    for user_id, values in sorted(usual.items()):
        typical = sum(values, Decimal(0)) / 24
        for month in _months(today):
            factor = Decimal(str(round(season(month.replace(day=15)) * 1.1, 2)))
            reached = Decimal(str(round(dice.uniform(0.75, 1.3), 2)))
            asked = max(typical * factor, sold.get((user_id, month), Decimal(0)) / reached)
            amount = max(round(asked / 1_000_000), 1) * Decimal(1_000_000)
            ends = period_of("month", month).end
            name = f"{inventor.users[user_id]}, {month:%Y-%m}"
            quotas.append(Quota(name=name, user_id=user_id, starts_on=month, ends_on=ends, amount=amount))
            if month <= today < ends or sold.get((user_id, month)):
                said = max(
                    round(
                        sold.get((user_id, month), amount) * Decimal(str(dice.uniform(0.8, 1.25))) / 1_000_000
                    ),
                    1,
                )
                calls.append(ForecastCall(user_id=user_id, starts_on=month, amount=Decimal(said) * 1_000_000))
    Quota.objects.bulk_create(quotas)
    for call in calls[::7]:
        call.override, call.override_by = (call.amount * 9 / 10).quantize(Decimal("0.01")), owner
        call.override_remark = "Satu transaksi besar mungkin mundur"
    ForecastCall.objects.bulk_create(calls)
    year = period_of("year", today)
    for team in Team.objects.filter(name="Agensi"):
        whole = sum((q.amount for q in quotas if year.start <= q.starts_on < year.end), Decimal(0))
        Quota.create(by=owner, team=team, unit="year", starts_on=today, amount=max(whole, Decimal(1)))


def _months(today: date) -> Iterator[date]:
    """The first of each month from two years ago until next month."""
    first = today.replace(year=today.year - 2, day=1)
    while first <= (today.replace(day=1) + timedelta(days=32)):
        yield first
        first = (first + timedelta(days=32)).replace(day=1)
