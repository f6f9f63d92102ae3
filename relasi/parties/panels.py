"""What the boxes beside the timeline show of a party, for one reader."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import timezone

from relasi.kit.access.models.role import Level
from relasi.kit.access.rights import may
from relasi.kit.records.record import HIDDEN
from relasi.kit.resources.registry import resource_of
from relasi.lib import periods
from relasi.parties.fields import masked
from relasi.parties.identity import NUMBERS, doubts
from relasi.parties.models import ContactPoint, DuplicatePair, ImportantDate, Party, Relation, RungMove
from relasi.parties.models.relation import WHOLE, shares_of

SHOWN = 8
Context = Mapping[str, Any] | None


def may_change(party: Party, user: Any) -> bool:
    return not party.merged_into_id and may(user, "change", party)


def label_of(name: str) -> str:
    """What a column of the party is called."""
    column: Any = Party._meta.get_field(name)
    return str(column.verbose_name)


def address_of(party: Party) -> str:
    """The page of a party."""
    resource = resource_of(party)
    return reverse("resource_record", args=[resource.name, party.pk]) if resource else ""


@dataclass(frozen=True)
class ShownPoint:
    point: ContactPoint
    text: str
    href: str
    may_write: bool


def contacts(party: Any, user: Any) -> Context:
    """Phones, e-mails and the rest, in clear or masked as the party's own column is."""
    can = may_change(party, user)
    return {
        "points": [_point(p, user, can) for p in _readable(party, user)],
        "can_change": can,
        **_links(party, "contacts"),
    }


def _readable(party: Party, user: Any) -> Iterator[ContactPoint]:
    for point in party.contact_points.all():
        if point.kind == ContactPoint.Kind.OTHER or user.rights.level(Party, point.kind) != Level.HIDDEN:
            yield point


def _point(point: ContactPoint, user: Any, can: bool) -> ShownPoint:
    level = Level.WRITE if point.kind == ContactPoint.Kind.OTHER else user.rights.level(Party, point.kind)
    if level == Level.MASKED:
        return ShownPoint(point, f"{HIDDEN}{point.value[-3:]}", "", False)
    scheme = {"phone": "tel:", "email": "mailto:"}.get(point.kind)
    return ShownPoint(
        point, point.value, f"{scheme}{point.value}" if scheme else "", can and level == Level.WRITE
    )


def addresses(party: Any, user: Any) -> Context:
    if user.rights.level(Party, "city") in (Level.HIDDEN, Level.MASKED):
        return None
    can = may_change(party, user) and user.rights.writable(Party, "city")
    return {"addresses": party.addresses.all(), "can_change": can, **_links(party, "addresses")}


@dataclass(frozen=True)
class ShownDate:
    """`fact` is None for the birth date, which is a field of the party."""

    label: str
    on: Any
    next_on: Any
    days: int | None
    years: int | None
    fact: ImportantDate | None = None


def dates(party: Any, user: Any) -> Context:
    """The birth date and the others, those that come next first."""
    today = timezone.localdate()
    shown = [_date(fact, today) for fact in party.important_dates.all()]
    if party.birth_on and user.rights.level(Party, "birth_on") not in (Level.HIDDEN, Level.MASKED):
        on = periods.next_anniversary(party.birth_on, today)
        label = label_of("birth_on")
        shown.append(ShownDate(label, party.birth_on, on, (on - today).days, on.year - party.birth_on.year))
    shown.sort(key=lambda one: (one.days is None, one.days or 0))
    return {"dates": shown, "can_change": may_change(party, user), **_links(party, "dates")}


def _date(fact: ImportantDate, today: Any) -> ShownDate:
    on = fact.next_on(today)
    years = on.year - fact.on.year if on and fact.every_year else None
    return ShownDate(str(fact), fact.on, on, (on - today).days if on else None, years, fact)


@dataclass(frozen=True)
class ShownRelation:
    """`other` is None where the reader may not see who it is."""

    relation: Relation
    label: str
    other: Party | None
    href: str


def relations(party: Any, user: Any) -> Context:
    """Everybody related, read from this party's side; where shares are given, whether they make up the
    whole.
    """
    rows = [
        *party.relations_out.select_related("type", "target"),
        *party.relations_in.select_related("type", "source"),
    ]
    others = {row.target_id if row.source_id == party.pk else row.source_id for row in rows}
    seen = {other.pk: other for other in Party.objects.visible_to(user).live().filter(pk__in=others)}
    live = set(Party.objects.filter(pk__in=others, merged_into=None).values_list("pk", flat=True))
    shown = [_relation(row, party, seen) for row in rows if _other_id(row, party) in live]
    shown.sort(key=lambda one: (not one.relation.type.is_family, one.label))
    return {
        "relations": shown,
        "share_gaps": list(_share_gaps(rows, party)),
        "can_change": may_change(party, user),
        **_links(party, "relations"),
    }


def _other_id(row: Relation, party: Party) -> int:
    return row.target_id if row.source_id == party.pk else row.source_id


def _relation(row: Relation, party: Party, seen: Mapping[int, Party]) -> ShownRelation:
    other = seen.get(_other_id(row, party))
    label = row.type.shown_reverse if row.source_id == party.pk else row.type.shown_name
    return ShownRelation(row, label, other, address_of(other) if other else "")


def _share_gaps(rows: list[Relation], party: Party) -> Iterator[tuple[str, Decimal]]:
    """(what they are, sum) for each kind whose shares are not 100 % together."""
    given = {row.type_id: row.type for row in rows if row.source_id == party.pk and row.type.has_share}
    for type_id, type in given.items():
        total = shares_of(party.pk, type_id)
        if total != WHOLE:
            yield type.shown_reverse, total


def household(party: Any, user: Any) -> Context:
    """A person's household and who else lives there, or the members of a household."""
    home = party if party.kind == Party.Kind.HOUSEHOLD else party.household
    if party.kind == Party.Kind.COMPANY:
        return None
    if home is None or not may(user, "view", home):
        return {
            "home": None,
            "members": [],
            "can_change": may_change(party, user),
            **_links(party, "household"),
        }
    members = (
        Party.objects.visible_to(user)
        .live()
        .filter(household=home)
        .exclude(pk=party.pk)
        .order_by("birth_on", "name")
    )
    return {
        "home": home if home != party else None,
        "home_url": address_of(home),
        "members": [(member, address_of(member)) for member in members[:SHOWN]],
        "is_household": home == party,
        "can_change": may_change(party, user),
        **_links(party, "household"),
    }


def identity(party: Any, user: Any) -> Context:
    """The numbers masked, with a button that reveals one for who may, and where facts disagree with them."""
    shown = []
    for name in NUMBERS if party.kind == Party.Kind.PERSON else NUMBERS[1:]:
        level = user.rights.level(Party, name)
        token = getattr(party, name)
        if level != Level.HIDDEN and token:
            shown.append({"name": name, "label": label_of(name), "text": masked(name, token)})
    if not shown:
        return None
    readable = user.rights.searchable(Party, "nik")
    return {
        "numbers": shown,
        "may_reveal": may(user, "reveal", party),
        "doubts": doubts(party) if readable else [],
    }


def ladder(party: Any, user: Any) -> Context:
    """The latest steps, with day, reason and who or what moved."""
    moves = RungMove.objects.filter(party=party).select_related("by", "rule")[:SHOWN]
    return {"moves": moves}


def sameness(party: Any, user: Any) -> Context:
    """Records that may be the same customer, and what was merged into this one."""
    pairs = (
        DuplicatePair.objects.open()
        .touching(party)
        .visible_pairs(user)
        .select_related("left", "right")[:SHOWN]
    )
    shown = [(pair, pair.other(party), address_of(pair.other(party))) for pair in pairs]
    merges = party.merges.filter(undone_at=None).select_related("loser", "merged_by")[:SHOWN]
    if not shown and not merges:
        return None
    return {"pairs": shown, "merges": merges, "can_change": may_change(party, user)}


def _links(party: Party, kind: str) -> dict[str, str]:
    """Where this box is fetched again, and where its facts are added."""
    resource = resource_of(party)
    name = resource.name if resource else ""
    return {
        "panel_url": reverse("resource_panel", args=[name, party.pk, kind]),
        "fact_url": f"/{name}/{party.pk}/facts/{kind}/",
    }
