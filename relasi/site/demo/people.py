"""Invented customers: names, homes, work, families, and how far each climbed the ladder."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from faker import Faker

from relasi.parties.ladder import Rung
from relasi.parties.models import Party
from relasi.site.bulk.pouring import sketch
from relasi.site.demo import words

ZONE = ZoneInfo("Asia/Jakarta")
YEARS = 2
CLIMB = (0.82, 0.62, 0.6, 0.5, 0.42, 0.4, 0.3)  # share of those on a rung that reached the next
LEGAL = ("PT", "CV", "UD", "Toko", "Klinik", "Hotel")


@dataclass
class Pools:
    """Made once by Faker, then only drawn from: a million names in seconds."""

    female: list[str]
    male: list[str]
    last: list[str]

    @classmethod
    def of(cls, seed: int, size: int) -> Pools:
        fake = Faker("id_ID")
        fake.seed_instance(seed)
        return cls(
            female=[fake.first_name_female() for _ in range(size)],
            male=[fake.first_name_male() for _ in range(size)],
            last=[fake.last_name() for _ in range(size)],
        )


@dataclass
class Made:
    """A party with what hangs on it, not yet in the database."""

    party: Party
    owner: Any
    street: str = ""
    second_phone: str = ""
    moves: list[tuple[str, str, datetime]] = field(default_factory=list)
    anniversary: date | None = None


class Town:
    """Everybody of the demo company, drawn from one random source; `now` is where the two years end."""

    def __init__(self, *, seed: int, now: datetime, owners: list[Any], pools: Pools) -> None:
        self.dice = random.Random(seed)  # noqa: S311
        self.now, self.owners, self.pools = now, owners, pools
        self.start = now - timedelta(days=365 * YEARS)
        self.cities = [city for city in words.CITIES for _ in range(city[3])]
        self.religions = [key for key, weight in words.RELIGIONS for _ in range(weight)]
        self.serial = 0

    def people(self, count: int, *, company_ids: list[int], household_ids: list[int]) -> Iterator[Made]:
        for _ in range(count):
            yield self._person(company_ids, household_ids)

    def companies(self, count: int) -> Iterator[Made]:
        for _ in range(count):
            yield self._company()

    def households(self, count: int) -> Iterator[Made]:
        for _ in range(count):
            made = self._party("household", f"Keluarga {self.dice.choice(self.pools.last)}")
            yield made

    def moment(self, since: datetime | None = None) -> datetime:
        """An office hour between `since` and now."""
        start = since or self.start
        day = start + (self.now - start) * self.dice.random()
        hour = time(self.dice.randint(8, 17), self.dice.choice((0, 5, 10, 15, 20, 30, 40, 45, 50)))
        return min(datetime.combine(day.astimezone(ZONE).date(), hour, ZONE), self.now)

    def _person(self, company_ids: list[int], household_ids: list[int]) -> Made:
        dice = self.dice
        female = dice.random() < 0.52
        first = dice.choice(self.pools.female if female else self.pools.male)
        last = dice.choice(self.pools.last)
        name = first if dice.random() < 0.06 else f"{first} {last}"
        if dice.random() < 0.05:
            name = f"{dice.choice(('Dr.', 'Ir.', 'H.', 'Hj.' if female else 'Drs.'))} {name}"
        made = self._party("person", name)
        party = made.party
        party.given_name, party.family_name = first, last if last in name else ""
        party.gender = "female" if female else "male"
        party.salutation = "Ibu" if female else "Bapak"
        party.birth_on = date(self.now.year - dice.randint(19, 72), 1, 1) + timedelta(
            days=dice.randint(0, 364)
        )
        party.birthday_key = party.birth_on.month * 100 + party.birth_on.day
        party.job_title = dice.choice(words.JOBS)
        party.hobbies = ", ".join(dice.sample(words.HOBBIES, dice.randint(0, 3)))
        party.interests = ", ".join(dice.sample(words.INTERESTS, dice.randint(0, 2)))
        party.religion = dice.choice(self.religions) if dice.random() < 0.7 else ""
        party.channel = dice.choice(("whatsapp", "whatsapp", "whatsapp", "phone", "email", ""))
        party.household_id = dice.choice(household_ids) if household_ids and dice.random() < 0.45 else None
        party.company_id = dice.choice(company_ids) if company_ids and dice.random() < 0.3 else None
        party.custom = self._own_values(party)
        if dice.random() < 0.25:
            made.second_phone = self._phone()
        if dice.random() < 0.2:
            made.anniversary = date(self.now.year - dice.randint(1, 30), 1, 1) + timedelta(
                days=dice.randint(0, 364)
            )
        return made

    def _company(self) -> Made:
        dice = self.dice
        name = f"{dice.choice(LEGAL)} {dice.choice(words.COMPANY_CORES)} {dice.choice(self.pools.last)}"
        made = self._party("company", name)
        made.party.industry = dice.choice(words.INDUSTRIES)
        made.party.employees = dice.choice((4, 8, 15, 22, 45, 60, 120, 350))
        made.party.website = f"https://{_mailbox(name)}.example"
        return made

    def _email(self, name: str) -> str:
        """Most have an address, at a provider that does not exist."""
        if self.dice.random() >= 0.72:
            return ""
        return f"{_mailbox(name)}{self.serial}@{self.dice.choice(('surat', 'pos', 'kotak'))}.example"

    def _party(self, kind: str, name: str) -> Made:
        dice = self.dice
        self.serial += 1
        city, _province, zone, _weight = dice.choice(self.cities)
        joined = self.moment()
        rung, moves = self._climb(joined)
        owner = dice.choice(self.owners)
        party = sketch(
            Party, kind=kind, name=name, phone=self._phone(), city=city, time_zone=zone, rung=rung,
            email=self._email(name),
            source=dice.choice(words.SOURCES), owner_id=owner.pk,
            language="id" if dice.random() < 0.93 else "en",
            created_at=joined, updated_at=moves[-1][2] if moves else joined,
            rung_since=(moves[-1][2] if moves else joined).astimezone(ZONE).date(),
        )  # fmt: skip
        return Made(
            party, owner, street=f"{dice.choice(words.STREETS)} No. {dice.randint(1, 180)}", moves=moves
        )

    def _climb(self, joined: datetime) -> tuple[str, list[tuple[str, str, datetime]]]:
        rungs, at, moves, place = Rung.values, joined, [], 0
        while place < len(CLIMB) and self.dice.random() < CLIMB[place]:
            after = self.moment(at)
            if (self.now - at).days < 10 and place > 1:
                break
            moves.append((rungs[place], rungs[place + 1], after))
            place, at = place + 1, after
        return rungs[place], moves

    def _phone(self) -> str:
        prefix = self.dice.choice(
            ("811", "812", "813", "821", "822", "852", "853", "856", "857", "877", "878", "895", "896")
        )
        return f"+62{prefix}{self.dice.randint(10_000_000, 99_999_999)}"

    def _own_values(self, party: Party) -> dict[str, Any]:
        if Rung.values.index(party.rung) < 2:
            return {}
        premium = self.dice.choice((250_000, 350_000, 500_000, 750_000, 1_000_000, 1_500_000, 2_500_000))
        due = (self.now + timedelta(days=self.dice.randint(-20, 340))).date().isoformat()
        return {
            "premi_bulanan": premium,
            "jatuh_tempo": due,
            "cara_bayar": self.dice.choice(("bulanan", "bulanan", "triwulan", "semester", "tahunan")),
        }


def _mailbox(name: str) -> str:
    return (
        "".join(sign for sign in name.lower().replace(" ", ".") if sign.isalnum() or sign == ".")
        .strip(".")
        .replace("..", ".")
    )
