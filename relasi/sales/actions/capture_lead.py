"""A new name with a need: find the party it is, or make one, and a lead about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction

from relasi.kit.access.models import User
from relasi.lib import names
from relasi.parties.alike import Likeness, Typed, alike
from relasi.parties.models import Company, Party, Person, Relation, RelationType
from relasi.sales.conditions import company_reader
from relasi.sales.models import Lead, LeadAssignment

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


@dataclass(frozen=True, kw_only=True)
class Captured:
    """`is_new`: the party was made; else `why` names what agreed: phone, email, name."""

    lead: Lead
    party: Party
    is_new: bool
    why: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Giving:
    """Who should have the lead by the way it came, and the reason: {"code": …, "values": {…}}."""

    to: User | None = None
    reason: dict[str, Any] = field(default_factory=dict)


@transaction.atomic
def capture_lead(
    *, known: Known, by: Any, giving: Giving | None = None, channel: str = Lead.Channel.OTHER, **lead: Any
) -> Captured:
    """The lead, about the party there is or a new one. What is known of a party there is stays as it is.

    A customer somebody looks after is not handed to the owner of the form, card or link: rules decide then.
    """
    found = match(known)
    party = found.party if found else _make_party(known, giving, by=by)
    owner = _owner(party, giving, is_new=not found)
    made = Lead.create(
        by=by, party=party, owner=owner, channel=channel, matched_by=", ".join(found.why) if found else "",
        **lead,
    )  # fmt: skip
    if owner and giving and giving.reason:
        LeadAssignment.objects.filter(lead=made).update(reasons=[giving.reason])
    if made.referred_by_id:
        relate_referrer(made.referred_by, party, by=by)  # type: ignore[arg-type]
    return Captured(lead=made, party=party, is_new=not found, why=found.why if found else ())


def match(known: Known) -> Likeness | None:
    """The party this surely is: a phone or e-mail agrees and the names are alike.

    Alike names alone are not enough: such pairs are left to the queue of duplicates.
    """
    typed = Typed(kind=Party.Kind.PERSON, name=known.name, phone=known.phone, email=known.email)
    if not (known.phone or known.email):
        return None
    likely = alike(typed, reader=company_reader()).seen
    reached = [one for one in likely if {"phone", "email"} & set(one.why)]
    return next((one for one in reached if _are_alike(known.name, one.party.name)), None)


def _are_alike(one: str, other: str) -> bool:
    """Nearly the same, or one is the other shortened: “Budi” is “Budi Santoso”, “Andi Santoso” is not."""
    if names.similarity(one, other) >= SURE:
        return True
    words, others = set(names.key(one).split()), set(names.key(other).split())
    return bool(words and others) and (words <= others or others <= words)


def relate_referrer(referrer: Party, party: Party, *, by: Any) -> None:
    """Note who brought whom; once, and nobody brings themselves."""
    kind = RelationType.objects.filter(key="referrer").first()
    if kind is None or referrer.pk == party.pk:
        return
    if not Relation.objects.filter(source=referrer.pk, target=party.pk, type=kind).exists():
        Relation.create(by=by, source=referrer, target=party, type=kind)


def _owner(party: Party, giving: Giving | None, *, is_new: bool) -> User | None:
    if giving is None or giving.to is None or not giving.to.is_active:
        return None
    if is_new or party.owner_id in (None, giving.to.pk):
        return giving.to
    return None


def _make_party(known: Known, giving: Giving | None, *, by: Any) -> Party:
    plain = {name: getattr(known, name) for name in ("phone", "email", "city", "job_title", "birth_on")}
    made: Party = Person.create(
        by=by, kind=Party.Kind.PERSON, name=known.name, language=known.language, source=known.source[:60],
        company=_company(known, giving, by=by), owner=giving.to if giving else None, **plain,
    )  # fmt: skip
    return made


def _company(known: Known, giving: Giving | None, *, by: Any) -> Party | None:
    name = known.company.strip()
    if not name:
        return None
    typed = Typed(kind=Party.Kind.COMPANY, name=name)
    likely = alike(typed, reader=company_reader()).seen
    surely = next((one.party for one in likely if one.score >= SURE_COMPANY or one.party.name == name), None)
    return surely or Company.create(
        by=by, kind=Party.Kind.COMPANY, name=name, source=known.source[:60],
        owner=giving.to if giving else None,
    )  # fmt: skip
