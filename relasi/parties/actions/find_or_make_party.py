"""A new name: the party it surely is, or a new one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from relasi.kit.access.models import User
from relasi.lib import names
from relasi.parties.alike import Likeness, Typed, alike
from relasi.parties.models import Company, Party, Person

SURE = 0.9  # how alike the names must be where a phone or an e-mail agrees; families share both
SURE_COMPANY = 0.97


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known of the person, in clean values; `company` is a name."""

    name: str
    phone: str = ""
    email: str = ""
    city: str = ""
    company: str = ""
    job_title: str = ""
    birth_on: date | None = None
    language: str = "id"
    source: str = ""


@dataclass(frozen=True)
class Found:
    """`is_new`: the party was made; else `why` names what agreed: phone, email, name."""

    party: Party
    is_new: bool
    why: tuple[str, ...] = ()


@transaction.atomic
def find_or_make_party(*, known: Known, by: Any, owner: User | None = None) -> Found:
    """The party there is, as it stands; or a new person, whom `owner` looks after."""
    found = match(known)
    if found:
        return Found(found.party, is_new=False, why=found.why)
    return Found(_make_party(known, owner, by=by), is_new=True)


def match(known: Known) -> Likeness | None:
    """The party this surely is: a phone or e-mail agrees and the names are alike.

    Alike names alone are not enough: such pairs are left to the queue of duplicates.
    """
    typed = Typed(kind=Party.Kind.PERSON, name=known.name, phone=known.phone, email=known.email)
    if not (known.phone or known.email):
        return None
    likely = alike(typed, reader=_company_itself()).seen
    reached = [one for one in likely if {"phone", "email"} & set(one.why)]
    return next((one for one in reached if _are_alike(known.name, one.party.name)), None)


def _are_alike(one: str, other: str) -> bool:
    """Nearly the same, or one is the other shortened: “Budi” is “Budi Santoso”, “Andi Santoso” is not."""
    if names.similarity(one, other) >= SURE:
        return True
    words, others = set(names.key(one).split()), set(names.key(other).split())
    return bool(words and others) and (words <= others or others <= words)


def _make_party(known: Known, owner: User | None, *, by: Any) -> Party:
    plain = {name: getattr(known, name) for name in ("phone", "email", "city", "job_title", "birth_on")}
    made: Party = Person.create(
        by=by, kind=Party.Kind.PERSON, name=known.name, language=known.language, source=known.source[:60],
        company=_company(known, owner, by=by), owner=owner, **plain,
    )  # fmt: skip
    return made


def _company(known: Known, owner: User | None, *, by: Any) -> Party | None:
    name = known.company.strip()
    if not name:
        return None
    typed = Typed(kind=Party.Kind.COMPANY, name=name)
    likely = alike(typed, reader=_company_itself()).seen
    surely = next((one.party for one in likely if one.score >= SURE_COMPANY or one.party.name == name), None)
    return surely or Company.create(
        by=by, kind=Party.Kind.COMPANY, name=name, source=known.source[:60], owner=owner
    )


def _company_itself() -> User:
    """Who the names are compared for: every party may be the one, and nobody is told which."""
    return User(is_owner=True, is_active=True, name="Relasi")
