"""Records like the one being typed: found by keys the database has indexes for, weighed by name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from relasi.lib import companies, names
from relasi.lib.text import fold
from relasi.parties.fields import index_of, seal
from relasi.parties.models import ContactPoint, Party
from relasi.parties.models.contact_point import normal_value
from relasi.parties.models.party import match_key

ENOUGH = 0.86
CANDIDATES = 200
SHOWN = 5
AFTER_ALL = "zzzz"  # sorts behind every key with the same beginning, in every collation


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What the form holds so far, as typed."""

    kind: str = Party.Kind.PERSON
    name: str = ""
    phone: str = ""
    email: str = ""
    nik: str = ""
    city: str = ""


@dataclass(frozen=True)
class Likeness:
    """A record and how likely it is the same, 0 to 1; `why` names what agrees: nik, phone, email, name."""

    party: Party
    score: float
    why: tuple[str, ...]


@dataclass(frozen=True)
class Alike:
    """`seen`: what the reader may see. `unseen`: whom to ask about the others, and nothing more of them."""

    seen: list[Likeness]
    unseen: list[str]

    def __bool__(self) -> bool:
        return bool(self.seen or self.unseen)


def alike(typed: Typed, *, reader: Any, without: int | None = None) -> Alike:
    """The likeliest records, at most five. `without` is the record being edited."""
    found = sorted(_weighed(typed, without), key=lambda likeness: -likeness.score)[:SHOWN]
    ids = [likeness.party.pk for likeness in found]
    visible = (
        set(Party.objects.visible_to(reader).filter(pk__in=ids).values_list("pk", flat=True))
        if ids
        else set()
    )
    unseen = [str(one.party.owner or _("your administrator")) for one in found if one.party.pk not in visible]
    return Alike([one for one in found if one.party.pk in visible], list(dict.fromkeys(unseen)))


def _weighed(typed: Typed, without: int | None) -> Iterable[Likeness]:
    keys = _by_key(typed)
    holders = _holders(keys)
    ids = {*holders, *_ids_by_key(keys), *_ids_by_name(typed)} - {without}
    rows = Party.objects.filter(pk__in=ids, kind=typed.kind, archived_at=None).select_related("owner")
    for party in rows:
        likeness = _weigh(party, typed, keys, holders.get(party.pk, set()))
        if likeness.score >= ENOUGH:
            yield likeness


def _holders(keys: dict[str, str]) -> dict[int, set[str]]:
    """Which parties have the phone or the e-mail among their contacts."""
    values = [keys[name] for name in ("phone", "email") if name in keys]
    rows = ContactPoint.objects.filter(value__in=values).order_by()[:CANDIDATES] if values else ()
    found: dict[int, set[str]] = {}
    for point in rows:
        found.setdefault(point.party_id, set()).add(point.kind)
    return found


def _by_key(typed: Typed) -> dict[str, str]:
    """Normalised phone, e-mail and the index of a NIK, as far as they were typed whole."""
    keys = {}
    for name in ("phone", "email"):
        try:
            keys[name] = (
                normal_value(name, getattr(typed, name).strip()) if getattr(typed, name).strip() else ""
            )
        except ValidationError:
            keys[name] = ""
    if typed.nik:
        try:
            keys["nik"] = index_of("nik", seal("nik", typed.nik))
        except ValidationError:
            keys["nik"] = ""
    return {name: value for name, value in keys.items() if value}


def _ids_by_key(keys: dict[str, str]) -> set[int]:
    """One question each, so that each is answered from its own index alone."""
    found: set[int] = set()
    for name, value in keys.items():
        column = "nik_index" if name == "nik" else name
        rows = Party.objects.filter(**{column: value}).exclude(**{column: ""})
        found.update(rows.order_by().values_list("pk", flat=True)[:CANDIDATES])
    return found


def _ids_by_name(typed: Typed) -> set[int]:
    """The same key, or one that begins alike: first word and the first sign of the second."""
    if len(fold(typed.name)) < 3:
        return set()
    key = match_key(typed.kind, typed.name)
    first = key.split(" ")[0]
    start = key[: max(len(first) + 2, 5)] if " " in key else key
    same = Party.objects.filter(match_key=key)
    near = Party.objects.filter(match_key__gte=start, match_key__lt=start + AFTER_ALL)
    return {pk for rows in (same, near) for pk in rows.order_by().values_list("pk", flat=True)[:CANDIDATES]}


def _weigh(party: Party, typed: Typed, keys: dict[str, str], held: set[str]) -> Likeness:
    why = tuple(
        name
        for name in ("phone", "email")
        if name in held or (name in keys and keys[name] == getattr(party, name))
    )
    if "nik" in keys and keys["nik"] == party.nik_index:
        return Likeness(party, 1.0, ("nik", *why))
    similar = _similarity(typed, party)
    if similar >= ENOUGH:
        near = bool(typed.city) and fold(typed.city) == fold(party.city)
        return Likeness(
            party, min(0.99, similar * (0.98 if why else 0.93) + (0.04 if near else 0)), (*why, "name")
        )
    if not why:
        return Likeness(party, 0.0, ())
    return Likeness(party, 0.9 if not typed.name or similar >= 0.5 else 0.87, why)


def _similarity(typed: Typed, party: Party) -> float:
    if not typed.name:
        return 0.0
    compare = companies.similarity if typed.kind == Party.Kind.COMPANY else names.similarity
    return compare(typed.name, party.name)
