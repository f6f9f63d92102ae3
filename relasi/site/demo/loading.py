"""Putting the demo company into the database, in bulk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

from relasi.activities.models import Activity
from relasi.administration.builtin_roles import ensure_builtin_roles
from relasi.kit.access.models import Team, User
from relasi.kit.events.models import Event, Seal
from relasi.kit.events.sealing import seal_events
from relasi.kit.records.models import CustomField, Tag
from relasi.kit.records.record import EMPTY
from relasi.kit.resources.indexing import entry_of, index
from relasi.kit.search.folding import body_of
from relasi.kit.search.models import Entry
from relasi.parties.models import Address, ContactPoint, ImportantDate, Party, RungMove
from relasi.parties.models.party import match_key
from relasi.parties.resources import companies, households, people
from relasi.site.bulk.pouring import Numbers, bulk, go_on_numbering, pour, sketch
from relasi.site.demo import catalog, costs, deals, extras, leads, offers, quotes, talks, words
from relasi.site.demo.people import Made, Pools, Town
from relasi.site.demo.sizes import SIZES, Size
from relasi.site.demo.stories import Story
from relasi.site.demo.trail import Trail

CHUNK = 5000
SEED = 20240817
Told = Callable[[str], None]
Known = tuple[int, int, datetime, str]
POURED: list[type[models.Model]] = [
    Party,
    ContactPoint,
    Address,
    RungMove,
    ImportantDate,
    Entry,
    Event,
    Seal,
    Activity,
]
PROVINCES = {city: province for city, province, _zone, _weight in words.CITIES}
RESOURCES = {"person": people, "company": companies, "household": households}


def load(
    size: str, owner: User, *, seed: int = SEED, now: datetime | None = None, say: Told = lambda text: None
) -> None:
    """Fill an empty database. The same seed and day give the same company."""
    wanted, now = SIZES[size], (now or timezone.now()).replace(second=0, microsecond=0)
    staff = _staff(owner)
    _settings(owner)
    sellers = [user for user in staff.values() if user.job_title in {"Agen", "Kepala Toko"}]
    pools = Pools.of(seed, 400 if wanted.people < 10_000 else 3000)
    town = Town(seed=seed, now=now, owners=sellers, pools=pools)
    with bulk(POURED, is_large=wanted.parties > 100_000):
        say("Inventing customers")
        known = Writer().parties(town, wanted, say)
        go_on_numbering(POURED)
        _activities(Story(seed=seed, now=now), wanted, known, say)
        _remember_last_activity()
        say("Indexes")
    extras.add(owner=owner, staff=staff, sellers=sellers, now=now, size=size)
    say("Products and stock")
    catalog.add(owner=owner, staff=staff, now=now, more_products=wanted.more_products, is_told=wanted.told)
    say("Deals")
    deals.add(owner=owner, staff=staff, now=now, size=size, is_told=wanted.told)
    say("Leads")
    leads.add(owner=owner, staff=staff, sellers=sellers, now=now, size=size, is_told=wanted.told)
    say("Offers")
    offers.add(owner=owner, now=now, size=size, is_told=wanted.told)
    say("Quotes and orders")
    quotes.add(owner=owner, now=now, size=size, is_told=wanted.told)
    say("Conversations")
    talks.add(owner=owner, staff=staff, now=now, size=size, is_told=wanted.told)
    say("Costs")
    costs.add(owner=owner, now=now, size=size, is_told=wanted.told)
    say("Sealing the audit trail")
    seal_events()


def _staff(owner: User) -> dict[str, User]:
    roles = ensure_builtin_roles()
    teams: dict[str, Team] = {}
    for name, above in words.TEAMS:
        teams[name] = Team.create(by=owner, name=name, parent=teams.get(above))
    staff = {}
    for name, title, team, role in words.STAFF:
        email = f"{name.split()[0].lower()}.{name.split()[-1].lower()}@sahabat-selalu.example"
        user = User.objects.create_user(
            email, None, name=name, job_title=title, team=teams.get(team), by=owner
        )
        user.give_roles([roles[role]], by=owner)
        staff[name] = user
    return staff


def _settings(owner: User) -> None:
    for name, colour in words.TAGS:
        Tag.create(by=owner, name=name, colour=colour)
    choices = [{"value": key, "label": label, "colour": colour} for key, label, colour in extras.PAY_MODES]
    fields: tuple[dict[str, Any], ...] = (
        {"key": "premi_bulanan", "label": "Premi bulanan", "kind": "money"},
        {"key": "jatuh_tempo", "label": "Jatuh tempo berikutnya", "kind": "date"},
        {"key": "cara_bayar", "label": "Cara bayar", "kind": "choice", "options": choices},
    )
    for order, field in enumerate(fields):
        CustomField.create(by=owner, noun="party", order=order, **field)


class Writer:
    """Puts invented customers and what hangs on them into their tables, thousands at a time."""

    def __init__(self) -> None:
        self.trail = Trail()
        self.numbers: dict[type[models.Model], Numbers] = {
            model: Numbers(model) for model in (Party, ContactPoint, Address, RungMove, ImportantDate, Entry)
        }

    def parties(self, town: Town, wanted: Size, say: Told) -> list[Known]:
        """Everybody, in chunks; returns (id, owner id, known since, name) of all."""
        known: list[Known] = []
        ids: dict[str, list[int]] = {"company": [], "household": []}
        streams: Iterable[tuple[str, Iterator[Made]]] = (
            ("company", town.companies(wanted.companies)),
            ("household", town.households(wanted.households)),
            (
                "person",
                town.people(wanted.people, company_ids=ids["company"], household_ids=ids["household"]),
            ),
        )
        for kind, stream in streams:
            while made := list(islice(stream, CHUNK)):
                self._write(made)
                known += [(one.party.pk, one.owner.pk, one.party.created_at, one.party.name) for one in made]
                if kind in ids:
                    ids[kind] += [one.party.pk for one in made]
                say(f"{len(known):,} of {wanted.parties:,} customers")
        return known

    @transaction.atomic
    def _write(self, made: list[Made]) -> None:
        for one in made:
            one.party.id = self.numbers[Party].take()
            one.party.match_key = match_key(one.party.kind, one.party.name)
            _tell(self.trail, one)
        pour(Party, (one.party for one in made))
        self._pour(ContactPoint, (point for one in made for point in _points(one)))
        self._pour(Address, (_address(one) for one in made))
        self._pour(RungMove, (move for one in made for move in _moves(one)))
        self._pour(ImportantDate, (_anniversary(one) for one in made if one.anniversary))
        self._pour(Entry, (_entry(one.party) for one in made))
        self.trail.write()

    def _pour(self, model: type[models.Model], rows: Iterable[models.Model]) -> None:
        pour(model, (self._numbered(row) for row in rows))

    def _numbered(self, row: models.Model) -> models.Model:
        row.pk = self.numbers[type(row)].take()
        return row


def _points(one: Made) -> Iterator[ContactPoint]:
    given = [
        ("phone", one.party.phone, True),
        ("email", one.party.email, True),
        ("phone", one.second_phone, False),
    ]
    for kind, value, primary in given:
        if value:
            yield sketch(
                ContactPoint, party_id=one.party.pk, kind=kind, value=value, is_primary=primary,
                is_whatsapp=kind == "phone", created_at=one.party.created_at, updated_at=one.party.created_at,
            )  # fmt: skip


def _address(one: Made) -> Address:
    digits = sum(map(ord, one.street + one.party.name))
    return sketch(
        Address, party_id=one.party.pk, street=one.street, rt=str(digits % 14 + 1), rw=str(digits % 9 + 1),
        city=one.party.city, kelurahan=words.KELURAHAN[digits % len(words.KELURAHAN)],
        province=PROVINCES[one.party.city], postal_code=str(10110 + digits % 80000), is_primary=True,
        created_at=one.party.created_at, updated_at=one.party.created_at,
    )  # fmt: skip


def _moves(one: Made) -> Iterator[RungMove]:
    for before, after, at in one.moves:
        yield sketch(
            RungMove, party_id=one.party.pk, before=before, after=after, at=at, reason=words.MOVES[after]
        )


def _anniversary(one: Made) -> ImportantDate:
    day = one.anniversary or timezone.localdate()
    return sketch(
        ImportantDate, party_id=one.party.pk, kind="wedding", on=day, month_day=day.month * 100 + day.day,
        created_at=one.party.created_at, updated_at=one.party.created_at,
    )  # fmt: skip


def _entry(party: Party) -> Entry:
    data = entry_of(party, RESOURCES[party.kind])
    return sketch(
        Entry, noun=data.noun, resource=data.resource, record_id=data.record_id, party_id=data.party_id,
        title=data.title[:200], subtitle=data.subtitle[:200], body=body_of(data.noun, data.title, data.more),
    )  # fmt: skip


def _tell(trail: Trail, one: Made) -> None:
    """How the customer came, and each step on the ladder."""
    party = one.party
    changes = {name: [None, value] for name, value in party._snapshot().items() if value not in EMPTY}
    told = party._logged(changes)
    told["rung"] = [None, one.moves[0][0] if one.moves else party.rung]
    trail.add("created", party, by=one.owner, changes=told, party_id=party.pk, at=party.created_at)
    for before, after, at in one.moves:
        steps = {"rung": [before, after]}
        trail.add(
            "moved", party, by=one.owner, changes=steps, note=words.MOVES[after], party_id=party.pk, at=at
        )


def _activities(story: Story, wanted: Size, known: list[Known], say: Told) -> None:
    stream, done = story.activities(wanted.activities, known), 0
    numbers, trail, names = (
        Numbers(Activity),
        Trail(),
        {pk: name for pk, _owner, _since, name in known if wanted.told},
    )
    users = User.objects.in_bulk()
    while chunk := list(islice(stream, CHUNK)):
        with transaction.atomic():
            for activity in chunk:
                activity.id = numbers.take()
            pour(Activity, chunk)
            if wanted.told:
                _tell_and_index(chunk, trail, users, names)
        done += len(chunk)
        if done % (CHUNK * 20) == 0 or done == wanted.activities:
            say(f"{done:,} of {wanted.activities:,} activities")


def _tell_and_index(
    chunk: list[Activity], trail: Trail, users: dict[int, User], names: dict[int, str]
) -> None:
    for one in chunk:
        changes = {"subject": [None, one.subject], "kind": [None, one.kind]}
        trail.add(
            "created", one, by=users[one.owner_id], at=one.created_at, party_id=one.party_id, changes=changes  # type: ignore[index]
        )
        one.party = sketch(Party, id=one.party_id, name=names[one.party_id])  # type: ignore[index]
    trail.write()
    index(chunk)


def _remember_last_activity() -> None:
    """One statement over all activities: the newest thing done with each customer."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE parties_party SET last_activity_at = latest.at FROM (SELECT party_id, MAX(at) AS at "
            "FROM activities_activity WHERE done_at IS NOT NULL GROUP BY party_id) AS latest "
            "WHERE latest.party_id = parties_party.id"
        )
