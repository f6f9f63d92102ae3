"""What makes the demo company believable at any size: families, beneficiaries, mentions, duplicates, an
import to mend.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from relasi.activities.models import Activity
from relasi.kit.access.models import User
from relasi.kit.records.models import Tag, Tagging
from relasi.kit.resources import commenting
from relasi.kit.resources.importing import engine, starting
from relasi.kit.resources.indexing import index
from relasi.kit.resources.models import SavedView
from relasi.kit.resources.registry import find
from relasi.parties.models import DuplicatePair, Party, Person, Relation, RelationType
from relasi.site.demo.stories import Story

PAY_MODES = (("bulanan", "Bulanan", "blue"), ("triwulan", "Triwulan", "teal"),
             ("semester", "Semester", "violet"),
             ("tahunan", "Tahunan", "amber"))  # fmt: skip
VIEWS = (
    ("people", "Pelanggan saya", "owner = me", ["name"]),
    ("people", "Klien ke atas", "rung >= client", ["-last_activity_at"]),
    (
        "people",
        "Lama tidak dihubungi",
        "rung >= first_time and last_activity_at < -90d",
        ["last_activity_at"],
    ),
    ("people", "Jatuh tempo bulan ini", 'own.jatuh_tempo = "this month"', ["own.jatuh_tempo"]),
    ("companies", "Perusahaan besar", "employees >= 100", ["-employees"]),
)
BROKEN_FILE = """Nama,No HP,Email,Kota,Tanggal Lahir
Ferdinand Sihombing,0812 9000 1001,ferdi@surat.example,Kota Medan,12/05/1984
Laksmi Puspitasari,081290001002,laksmi@surat,Kota Bandung,03/11/1990
Gusti Bagus Oka,0812-9000-1003,gusti@surat.example,Kota Denpasar,31/02/1979
Yohanes Mandacan,12,yohanes@surat.example,Kota Jayapura,21/07/1988
Aminah Tuasikal,0813 9000 1004,aminah@surat.example,Kota Ambon,09/09/1992
"""


def add(*, owner: User, staff: dict[str, User], sellers: list[User], now: datetime, size: str) -> None:
    """Families and colleagues for some hundred customers, and the small things every page wants to show."""
    dice = random.Random(7)  # noqa: S311
    people = list(Person.objects.people().exclude(household=None).order_by("id")[:400])
    _families(dice, people, owner)
    _birthdays(dice, sellers, now)
    _tags(dice)
    _views(owner)
    _mentions(people, staff, owner)
    _duplicates(dice)
    _owners_day(dice, owner, now)
    _import_to_mend(owner)


def _families(dice: random.Random, people: list[Party], owner: User) -> None:
    types = {one.key: one for one in RelationType.objects.all()}
    by_household: dict[int, list[Party]] = {}
    for person in people:
        by_household.setdefault(person.household_id or 0, []).append(person)
    rows = []
    for members in by_household.values():
        adults = sorted(members, key=lambda person: person.birth_on or timezone.localdate())[:2]
        if len(adults) == 2:
            rows.append(Relation(source=adults[0], target=adults[1], type=types["spouse"]))
            rows.append(
                Relation(source=adults[0], target=adults[1], type=types["beneficiary"], share=Decimal(60))
            )
        for child in sorted(members, key=lambda person: person.birth_on or timezone.localdate())[2:4]:
            rows.append(Relation(source=adults[0], target=child, type=types["parent"]))
            rows.append(
                Relation(source=adults[0], target=child, type=types["beneficiary"], share=Decimal(20))
            )
    for one, other in zip(people[::9], people[4::9], strict=False):
        rows.append(Relation(source=one, target=other, type=types["referrer"]))
    Relation.objects.bulk_create(rows, ignore_conflicts=True)


def _birthdays(dice: random.Random, sellers: list[User], now: datetime) -> None:
    """Somebody always has a birthday this week."""
    for days in range(8):
        day = (now + timedelta(days=days)).date()
        for party in (
            Person.objects.people()
            .filter(rung__in=["client", "member", "repeat"])
            .order_by("id")[days * 2 : days * 2 + 2]
        ):
            born = (
                day.replace(year=day.year - dice.randint(28, 60)) if (day.month, day.day) != (2, 29) else day
            )
            Party.objects.filter(pk=party.pk).update(birth_on=born, birthday_key=day.month * 100 + day.day)


def _tags(dice: random.Random) -> None:
    tags = list(Tag.objects.all())
    ids = list(Party.objects.order_by("id").values_list("pk", flat=True)[:2000])
    rows = [
        Tagging(noun="party", record_id=pk, tag=tag)
        for pk in ids
        for tag in dice.sample(tags, dice.choice((0, 0, 0, 1, 1, 2)))
    ]
    Tagging.objects.bulk_create(rows, ignore_conflicts=True)


def _views(owner: User) -> None:
    for order, (resource, name, text, sort) in enumerate(VIEWS):
        SavedView.create(
            by=owner,
            resource=resource,
            name=name,
            filter=text,
            sort=sort,
            scope="all",
            owner=owner,
            order=order,
        )


def _mentions(people: list[Party], staff: dict[str, User], owner: User) -> None:
    said = (
        ("Maya Anggraini", "Mohon persetujuan diskon untuk Bapak ini, sudah tiga tahun bersama kita."),
        ("Dewi Lestari", "Pelanggan menanyakan klaim, agen belum menjawab sejak kemarin."),
        ("Rizal Ramadhan", "Servis selesai, tetapi pelanggan minta bicara dengan pimpinan."),
    )
    for person, (name, text) in zip(people[3::17], said, strict=False):
        mention = f'<span class="mention" data-type="mention" data-id="{owner.pk}">@{owner.name}</span>'
        commenting.write(person, f"<p>{mention} {text}</p>", by=staff[name])


def _duplicates(dice: random.Random) -> None:
    """Some customers were written down twice, a little differently."""
    for party in list(Person.objects.people().filter(phone__gt="").order_by("id")[10:250:20]):
        twin = Person.create(
            by=party.owner, name=_misspelt(party.name), phone=party.phone, city=party.city,
            owner=dice.choice([party.owner]), source="WhatsApp", birth_on=party.birth_on,
        )  # fmt: skip
        DuplicatePair.objects.create(
            left_id=party.pk,
            right_id=twin.pk,
            score=round(dice.uniform(0.86, 0.99), 3),
            why=["phone", "name"],
        )


def _owners_day(dice: random.Random, owner: User, now: datetime) -> None:
    """The director looks after a few customers too, so that the first sign-in opens on a full Today and
    calendar.
    """
    mine = list(Person.objects.people().filter(rung__in=["client", "member", "advocate"]).order_by("id")[:24])
    Party.objects.filter(pk__in=[person.pk for person in mine]).update(owner=owner)
    for days, person in enumerate(mine[:5]):
        day = (now + timedelta(days=days)).date()
        born = day.replace(year=day.year - dice.randint(35, 60), day=min(day.day, 28))
        Party.objects.filter(pk=person.pk).update(birth_on=born, birthday_key=born.month * 100 + born.day)
    story = Story(seed=11, now=now)
    known = [(person.pk, owner.pk, person.created_at, person.name) for person in mine]
    activities = list(story.activities(60, known))
    for place, activity in enumerate(activities[:14]):
        story.plan(activity, days=place % 7 - 2)
    made = Activity.objects.bulk_create(activities)
    index(Activity.objects.filter(pk__in=[one.pk for one in made]).select_related("party"))


def _misspelt(name: str) -> str:
    swaps: tuple[tuple[str, str], ...] = (("dh", "d"), ("i", "y"), ("u", "oe"), ("j", "dj"), ("a", "aa"))
    for old, new in swaps:
        if old in name[1:]:
            return name[0] + name[1:].replace(old, new, 1)
    return name.upper()


def _import_to_mend(owner: User) -> None:
    resource: Any = find("people")
    run = starting.receive(
        resource=resource, name="kontak-pameran.csv", chunks=[BROKEN_FILE.encode()], by=owner
    )
    starting.start(run, by=owner)
    engine.carry_on(run)
