"""The contacts: people and companies the reader looks after, to be read on a telephone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import vobject
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.utils.translation import gettext as _
from radicale.item import Item

from relasi.kit.access.models.role import Level
from relasi.parties.models import Address, ContactPoint, Party

MOST = 5000
KINDS = (Party.Kind.PERSON, Party.Kind.COMPANY)
TYPES = {"mobile": "CELL", "home": "HOME", "work": "WORK"}


def items(collection: Any, user: Any, names: list[str] | None) -> Iterator[Item]:
    points = ContactPoint.objects.visible_to(user)
    rows = _rows(user, names).prefetch_related(
        Prefetch("contact_points", points), Prefetch("addresses", Address.objects.visible_to(user))
    )
    for party in rows[:MOST]:
        yield Item(
            collection=collection, href=_name(party), etag=_etag(party), vobject_item=_card(party, user),
            last_modified=party.updated_at.strftime("%a, %d %b %Y %H:%M:%S GMT"),
        )  # fmt: skip


def etags(user: Any) -> Iterable[tuple[str, str]]:
    return ((_name(party), _etag(party)) for party in _rows(user, None)[:MOST])


def has_uid(user: Any, uid: str) -> bool:
    return False


def write(user: Any, name: str, text: str) -> None:
    raise PermissionDenied(_("Contacts are changed in Relasi itself."))


def remove(user: Any, name: str) -> None:
    raise PermissionDenied(_("Contacts are changed in Relasi itself."))


def _rows(user: Any, names: list[str] | None) -> Any:
    """One's own, as far as one may see them."""
    rows = Party.objects.visible_to(user).live().filter(owner=user, kind__in=KINDS).order_by("id")
    if names is None:
        return rows
    return rows.filter(pk__in=[number for name in names if (number := _number(name))])


def _card(party: Party, user: Any) -> Any:
    """A vCard 3.0 of what the reader may read in the clear."""
    card = vobject.vCard()
    card.add("uid").value = f"party-{party.pk}"
    card.add("fn").value = party.name
    first, _space, last = party.name.rpartition(" ")
    card.add("n").value = vobject.vcard.Name(family=last if first else "", given=first or last)
    if party.kind == Party.Kind.COMPANY:
        card.add("org").value = [party.name]
    if party.job_title and _reads(user, "job_title"):
        card.add("title").value = party.job_title
    for kind, value, label in _reached(party, user):
        line = card.add("tel" if kind == "phone" else "email")
        line.value = value
        line.type_param = TYPES.get(label, "OTHER")
    if party.birth_on and _reads(user, "birth_on"):
        card.add("bday").value = party.birth_on.isoformat()
    for address in party.addresses.all():
        lines = ", ".join(part for part in (address.kelurahan, address.kecamatan) if part)
        card.add("adr").value = vobject.vcard.Address(
            street=address.street or address.text, extended=lines, city=address.city,
            region=address.province, code=address.postal_code, country=address.country,
        )  # fmt: skip
    return card


def _reached(party: Party, user: Any) -> list[tuple[str, str, str]]:
    """(phone or email, value, label), each value once."""
    found = {
        (kind, value): "work" if party.kind == Party.Kind.COMPANY else "mobile"
        for kind, value in (("phone", party.phone), ("email", party.email))
        if value
    }
    found |= {(point.kind, point.value): point.label for point in party.contact_points.all()}
    return [
        (kind, value, label)
        for (kind, value), label in found.items()
        if kind != "other" and _reads(user, kind)
    ]


def _reads(user: Any, field: str) -> bool:
    return user.rights.level(Party, field) in (Level.READ, Level.WRITE)


def _name(party: Party) -> str:
    return f"party-{party.pk}.vcf"


def _etag(party: Party) -> str:
    return f'"{party.pk}-{party.version}"'


def _number(name: str) -> int | None:
    text = name.removeprefix("party-").removesuffix(".vcf")
    return int(text) if name.startswith("party-") and text.isdecimal() and len(text) < 19 else None
