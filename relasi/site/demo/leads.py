"""Leads of the demo company: two years of them, the rules that gave them out, and the forms they came by."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from zoneinfo import ZoneInfo

import holidays
from django.db import transaction
from django.utils import timezone

from relasi.kit.access.models import User
from relasi.kit.resources.indexing import index
from relasi.parties.models import Party, Person
from relasi.sales.actions.list_name import list_name
from relasi.sales.actions.take_submission import take_submission
from relasi.sales.models import (
    AssignmentRule,
    Card,
    DayOff,
    Deal,
    FormField,
    FormSubmission,
    Lead,
    LeadAssignment,
    MarketName,
    ReferralAsk,
    ReferralLink,
    ResponseTarget,
    ScoreRule,
    Shift,
    Territory,
    TerritorySeller,
    WebForm,
)
from relasi.sales.models.response import working_time
from relasi.sales.scoring import score
from relasi.site.bulk.pouring import Numbers, go_on_numbering, pour, sketch
from relasi.site.demo.trail import Trail

ZONE = ZoneInfo("Asia/Jakarta")
CHUNK = 2000
SITE = "https://www.sahabat-selalu.example"
DAYS = 730
# by month: little in the fasting month and at Lebaran, much before the school year and at the year's end
SEASON = (1.0, 0.9, 0.7, 0.8, 1.0, 1.25, 1.3, 1.0, 0.95, 1.1, 1.2, 1.05)
CHANNELS = (
    ("web_form", 24, "Konsultasi gratis"),
    ("referral", 20, "Ajak teman"), ("whatsapp", 18, "WhatsApp kantor"),
    ("event", 10, "Pameran keuangan"), ("card", 9, "Kartu nama"), ("phone", 8, "Telepon masuk"),
    ("natural_market", 6, ""), ("walk_in", 5, "Toko"),
)  # fmt: skip
NEEDS = (
    ("Dana pendidikan anak pertama", 12_000_000), ("Asuransi kesehatan keluarga", 18_000_000),
    ("Asuransi jiwa, baru menikah", 9_000_000), ("Asuransi mobil, polis lama habis bulan depan", 6_500_000),
    ("Servis AC rumah, 4 unit", 1_200_000), ("Pensiun, umur 45", 24_000_000),
    ("Asuransi karyawan, 30 orang", 140_000_000), ("Perlindungan usaha toko", 15_000_000),
    ("Kontrak servis AC kantor", 48_000_000), ("Tabungan umrah dua orang", 30_000_000),
)  # fmt: skip
CAMPAIGNS = (
    ("instagram", "social", "sekolah"),
    ("google", "cpc", "kesehatan"),
    ("facebook", "social", "lebaran"),
)
REASONS = (
    "no_need",
    "no_money",
    "not_now",
    "not_now",
    "competitor",
    "unreachable",
    "wrong_data",
    "not_eligible",
)
TOPICS = ("Pendidikan", "Kesehatan", "Jiwa", "Kendaraan", "Pensiun")
CIRCLES = ("family", "friend", "friend", "neighbour", "colleague", "school", "faith", "club", "trade")
STEPS = ("Silaturahmi", "Telepon perkenalan", "Ajak ngopi", "Kirim ilustrasi", "Minta waktu bertemu")
EAST = ("Kota Surabaya", "Kota Malang", "Kota Denpasar", "Kota Makassar", "Kota Balikpapan", "Kota Jayapura",
        "Kota Ambon")  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Team:
    """Who gets leads: by territory."""

    west: list[User]
    east: list[User]
    lead: User


def add(
    *, owner: User, staff: dict[str, User], sellers: list[User], now: datetime, size: str, is_told: bool
) -> None:
    """Rules, doors, two years of leads, this week's with their clocks, and lists of names."""
    dice = random.Random(41)  # noqa: S311
    team = _team(staff, sellers)
    _rules(owner, team, now)
    forms = _forms(owner)
    _cards(owner, [owner, *sellers])
    _past(dice, team, now, {"small": 320, "medium": 6_000, "large": 60_000}[size], is_told)
    _submissions(dice, forms, now)
    _owners_leads(dice, owner, now)
    _market(dice, owner, [owner, *team.west[:2]], now)
    _asked(owner, now)


def _team(staff: dict[str, User], sellers: list[User]) -> Team:
    east = [user for user in sellers if user.team and user.team.name == "Agensi Timur"]
    west = [user for user in sellers if user not in east]
    return Team(west=west, east=east, lead=staff["Maya Anggraini"])


def _rules(owner: User, team: Team, now: datetime) -> None:
    east = Territory.create(
        by=owner, name="Timur", condition=f"city in ({', '.join(_quoted(EAST))})", order=10
    )
    west = Territory.create(by=owner, name="Jabodetabek dan Barat", condition="", order=20)
    west.change(by=owner, condition="city is not empty")
    for territory, users in ((east, team.east), (west, team.west)):
        for user in users:
            TerritorySeller.create(by=owner, territory=territory, user=user)
    for number, user in enumerate([*team.east, *team.west]):
        skills = ("kesehatan, jiwa", "mobil, usaha", "pendidikan, jiwa")[number % 3]
        Shift.create(
            by=owner, owner=owner, user=user, name="Pagi sampai sore", weekdays="123456", starts_at=time(8),
            ends_at=time(18), capacity=60, skills=skills,
        )  # fmt: skip
    ResponseTarget.create(by=owner, name="Rujukan dulu", condition="channel = referral", minutes=15, order=1)
    ScoreRule.create(
        by=owner, name="Nilai besar", condition="estimated_value >= 25000000", points=20, order=5
    )
    live = (
        ("Nilai besar ke ketua tim", "estimated_value >= 100000000", "person", 10),
        ("Bergilir di wilayah", "", "territory", 20),
    )
    for name, condition, pool, order in live:
        rule = AssignmentRule.create(
            by=owner, owner=owner, name=name, condition=condition, pool=pool, order=order, on_shift=False,
            person=team.lead if pool == "person" else None,
        )  # fmt: skip
        rule.go_live(by=owner)
    AssignmentRule.create(
        by=owner, owner=owner, name="Kesehatan ke yang ahli (rencana)", condition="need ~ kesehatan",
        pool="team", team=team.lead.team, skill="kesehatan", pick="fewest", order=15,
    )  # fmt: skip
    years = range(now.year - 2, now.year + 2)
    for day, name in sorted(holidays.country_holidays("ID", years=years, language="id").items()):
        DayOff.create(by=owner, name=name[:120], on=day)


def _quoted(texts: tuple[str, ...]) -> list[str]:
    return [f'"{text}"' for text in texts]


def _forms(owner: User) -> list[WebForm]:
    asked = (
        ("name", "Nama Anda", "text", "party.name", True, ""),
        ("phone", "Telepon atau WhatsApp", "phone", "party.phone", True, ""),
        ("email", "Email", "email", "party.email", False, ""),
        ("city", "Kota", "text", "party.city", False, ""),
        ("need", "Tentang apa?", "choice", "lead.need", True, "\n".join(TOPICS)),
        ("budget", "Anggaran per tahun", "money", "lead.estimated_value", False, ""),
        ("consent", "Saya setuju dihubungi tentang hal ini.", "consent", "note", True, ""),
    )  # fmt: skip
    made = []
    for name, slug in (("Konsultasi gratis", "konsultasi"), ("Servis AC", "servis-ac")):
        form = WebForm.create(
            by=owner, owner=owner, name=name, slug=slug, intro="Kami menjawab dalam satu jam pada jam kerja.",
            thanks="Terima kasih. Kami segera menghubungi Anda.", origins=SITE,
        )  # fmt: skip
        for order, (key, label, kind, goes_to, needed, options) in enumerate(asked, start=1):
            FormField.create(
                by=owner, form=form, key=key, label=label, kind=kind, goes_to=goes_to, is_required=needed,
                options=options, order=order * 10,
            )  # fmt: skip
        made.append(form)
    return made


def _cards(owner: User, users: list[User]) -> None:
    for user in users:
        slug = "-".join(user.name.lower().split()[:2])
        Card.create(
            by=owner, owner=user, name=user.name, slug=slug[:40], job_title=user.job_title, email=user.email,
            phone=user.phone, about="Keluarga Anda, seperti keluarga saya.",
        )  # fmt: skip
    for party in (
        Person.objects.people().filter(rung__in=["advocate", "partner", "member"]).order_by("id")[:8]
    ):
        ReferralLink.create(by=owner, party=party, owner=party.owner)


def _past(dice: random.Random, team: Team, now: datetime, count: int, is_told: bool) -> None:
    """Two years of leads about customers there are: the older, the more surely decided."""
    parties = list(Person.objects.people().filter(archived_at=None).order_by("id")[: count * 3])
    deals = {deal.party_id: deal for deal in Deal.objects.exclude(owner=None).order_by("-id")[: count // 3]}
    story = _Past(dice=dice, team=team, now=now, deals=deals)
    stream = story.leads(count, parties)
    lead_numbers, trail = Numbers(Lead), Trail() if is_told else None
    while chunk := list(islice(stream, CHUNK)):
        with transaction.atomic():
            for lead in chunk:
                lead.pk = lead_numbers.take()
            pour(Lead, chunk)
            LeadAssignment.objects.bulk_create(story.given(lead) for lead in chunk)
            if trail:
                _tell(trail, chunk)
            index(list(Lead.objects.filter(pk__in=[lead.pk for lead in chunk]).select_related("party")))
    go_on_numbering([Lead])
    for start in range(0, count, CHUNK):
        score(Lead.objects.order_by("id")[start : start + CHUNK])


@dataclass(kw_only=True)
class _Past:
    dice: random.Random
    team: Team
    now: datetime
    deals: dict[int, Deal]

    def __post_init__(self) -> None:
        self.territories = {one.name: one for one in Territory.objects.all()}
        self.rule = AssignmentRule.objects.get(name="Bergilir di wilayah")
        self.target = ResponseTarget.objects.order_by("-order")[0]
        self.hours = working_time()
        self.sellers = {user.pk: user for user in [*self.team.east, *self.team.west]}

    def leads(self, count: int, parties: list[Party]) -> Iterator[Lead]:
        days = sorted((self._day() for _ in range(count)), reverse=True)
        for back in days:
            yield self._lead(self.dice.choice(parties), back)

    def _day(self) -> int:
        """So many days ago; months weigh by season, and business grows."""
        while True:
            back = int(DAYS * self.dice.random() ** 1.2) + 1
            if self.dice.random() * 1.3 < SEASON[(self.now - timedelta(days=back)).month - 1]:
                return back

    def _lead(self, party: Party, back: int) -> Lead:
        local = (self.now - timedelta(days=back)).astimezone(ZONE)
        at = local.replace(hour=self.dice.randint(7, 19), minute=self.dice.randint(0, 59))
        need, value = self.dice.choice(NEEDS)
        channel, _weight, source = self.dice.choices(CHANNELS, [weight for _c, weight, _s in CHANNELS])[0]
        is_east = party.city in EAST
        lead = sketch(
            Lead, name=need, need=need, party_id=party.pk, channel=channel, source=source, received_at=at,
            estimated_value=Decimal(value * self.dice.randint(6, 16) // 10), created_at=at, updated_at=at,
            territory_id=self.territories["Timur" if is_east else "Jabodetabek dan Barat"].pk,
            owner_id=self.dice.choice(self.team.east if is_east else self.team.west).pk, assigned_at=at,
            target_id=self.target.pk, response_due_at=self.hours.after(at, 60), party=party,
        )  # fmt: skip
        if channel == "web_form":
            lead.utm_source, lead.utm_medium, lead.utm_campaign = self.dice.choice(CAMPAIGNS)
        self._answer(lead, back)
        return lead

    def _answer(self, lead: Lead, back: int) -> None:
        """Most are answered within the hour; what is older than a fortnight is decided."""
        if back <= 2 and self.dice.random() < 0.5:
            return
        minutes = int(self.dice.expovariate(1 / 45)) + 3
        answered = self.hours.after(lead.received_at, minutes)
        if answered is None or answered > self.now:
            return
        lead.first_response_at, lead.response_minutes, lead.attempts = (
            answered,
            minutes,
            self.dice.randint(1, 4),
        )
        lead.status = "working"
        if back > 14 or self.dice.random() < 0.4:
            self._decide(lead, answered)

    def _decide(self, lead: Lead, answered: datetime) -> None:
        moment = min(answered + timedelta(days=self.dice.randint(1, 12)), self.now)
        deal = self.deals.pop(lead.party_id, None)
        if deal and deal.created_at > lead.received_at:
            lead.status, lead.deal_id, lead.owner_id = "converted", deal.pk, deal.owner_id
            lead.qualified_at = lead.converted_at = min(deal.created_at, self.now)
        elif self.dice.random() < 0.25:
            lead.status, lead.qualified_at = "qualified", moment
        else:
            lead.status, lead.disqualified_at = "disqualified", moment
            lead.disqualify_reason = self.dice.choice(REASONS)
            if lead.disqualify_reason == "not_now":
                lead.recycle_on = (moment + timedelta(days=180)).date()
                if lead.recycle_on <= self.now.date():
                    lead.recycle_on = None

    def given(self, lead: Lead) -> LeadAssignment:
        """Why its owner got it then."""
        user, rule = self.sellers.get(lead.owner_id or 0), self.rule
        if user is None:
            kept = {"code": "pool_customer_owner", "values": {"user": str(lead.owner)}}
            return LeadAssignment(lead_id=lead.pk, user_id=lead.owner_id, at=lead.received_at, reasons=[kept])
        place = {"user": str(user), "territory": str(lead.territory)}
        reasons = [
            {"code": "rule_for_all", "values": {"rule": rule.name}},
            {"code": "pool_territory", "values": place},
        ]
        return LeadAssignment(lead_id=lead.pk, user=user, rule=rule, at=lead.received_at, reasons=reasons)


def _tell(trail: Trail, leads: list[Lead]) -> None:
    """How each came, and how it ended."""
    users = User.objects.in_bulk([lead.owner_id for lead in leads])
    for lead in leads:
        told = {"name": [None, lead.name], "channel": [None, lead.channel]}
        actor = users[lead.owner_id]
        trail.add("created", lead, by=actor, at=lead.received_at, party_id=lead.party_id, changes=told)
        ends = {
            "converted": lead.converted_at,
            "disqualified": lead.disqualified_at,
            "qualified": lead.qualified_at,
        }
        if at := ends.get(lead.status):
            steps = {"status": ["working", lead.status]}
            trail.add(lead.status, lead, by=actor, at=at, party_id=lead.party_id, changes=steps)
    trail.write()


def _submissions(dice: random.Random, forms: list[WebForm], now: datetime) -> None:
    """What came by the forms this week: most became leads, two wait to be mended, one is spam."""
    sent = (
        ("Ratna Wulandari", "0812 7001 1001", "Kesehatan", "received"),
        ("Tono Hartono", "0812 7001 1002", "Jiwa", "received"),
        ("Ketut Suarni", "0812 7001 1003", "Pensiun", "received"),
        ("Wahyu", "0812 70", "Kendaraan", "incomplete"),
        ("Nurul Aini", "08l2 7001 1005", "Pendidikan", "incomplete"),
        ("Best SEO", "0812 7001 1009", "Jiwa", "spam"),
    )  # fmt: skip
    for number, (name, phone, need, status) in enumerate(sent):
        answers = {"name": name, "phone": phone, "need": need, "city": "Jakarta Selatan", "consent": "on"}
        submission = FormSubmission.create(
            by=None, verb="received", form=forms[0], key=f"demo-{number}", answers=answers, raw=answers,
            status="spam" if status == "spam" else "received", name=name, utm={"utm_source": "instagram"},
            received_at=now - timedelta(hours=dice.randint(1, 30)), page_url=f"{SITE}/",
        )  # fmt: skip
        if status != "spam":
            take_submission(submission=submission, failed=status)


def _owners_leads(dice: random.Random, owner: User, now: datetime) -> None:
    """The director answers a few leads too: one late, two with the clock running, one to try again."""
    parties = list(Person.objects.people().filter(owner=owner, phone__gt="").order_by("id")[:4])
    for number, party in enumerate(parties):
        need, value = NEEDS[number]
        lead = Lead.create(
            by=owner, party=party, need=need, owner=owner, channel="referral" if number else "web_form",
            estimated_value=Decimal(value), received_at=now - timedelta(minutes=(200, 10, 4, 3000)[number]),
        )  # fmt: skip
        if number == 3:
            lead.respond(by=owner, at=now - timedelta(hours=20), reached=False)
            Lead.objects.filter(pk=lead.pk).update(next_at=now + timedelta(hours=1))


def _market(dice: random.Random, owner: User, users: list[User], now: datetime) -> None:
    """Lists of names, half worked through."""
    for at, user in enumerate(users):
        known = list(Person.objects.people().filter(owner=user).order_by("id")[: (38, 61, 17)[at]])
        for number, party in enumerate(known):
            need, value = dice.choice(NEEDS)
            stage = dice.choice(("listed", "listed", "listed", "contacted", "appointment", "not_now"))
            due = (
                (now + timedelta(days=dice.randint(-2, 20))).date()
                if stage != "not_now" and number % 3 == 0
                else None
            )
            MarketName.create(
                by=user, owner=user, party=party, name=party.name, circle=dice.choice(CIRCLES), need=need,
                estimated_value=Decimal(value), stage=stage, next_on=due,
                next_step=dice.choice(STEPS) if due else "",
            )  # fmt: skip
    list_name(owner=owner, by=owner, name="Bu RT", circle="neighbour", need="Asuransi kesehatan keluarga")


def _asked(owner: User, now: datetime) -> None:
    """Customers of the director who just bought, to be asked for names."""
    for party in Person.objects.people().filter(owner=owner).order_by("-id")[:3]:
        ReferralAsk.create(
            by=owner, owner=owner, party=party, name=f"Polis {party.name}", ask_on=timezone.localdate(now)
        )
