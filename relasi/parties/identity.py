"""Finding by NIK or NPWP, showing them masked, and what a NIK says of its owner."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from relasi.kit.events.writing import emit
from relasi.kit.resources import cells
from relasi.kit.resources.declaration import Filter
from relasi.kit.resources.fields import Field
from relasi.kit.resources.filtering import FilterError
from relasi.kit.resources.registry import resource_of
from relasi.kit.search import lookups
from relasi.kit.search.engine import Hit
from relasi.lib import identity
from relasi.parties.fields import index_of, masked, reveal
from relasi.parties.models import Party

NUMBERS = ("nik", "npwp")


def mask_of(record: Any, field: Field, _level: str) -> str:
    """The dots and last digits; lists, pages, files and the API show no more than this."""
    return masked(field.model_field.kind, getattr(record, field.name))


def revealed(party: Party, name: str, *, by: Any) -> str:
    """The number in clear. That it was seen, and by whom, is written down; the number is not."""
    emit("revealed", party, by=by, note=name, party_id=party.pk)
    number = reveal(name, getattr(party, name))
    return identity.show_npwp(number) if name == "npwp" else number


def number_filter(name: str, label: Any) -> Filter:
    """`nik = 3174…`: by the blind index, never by the text. Who may not read the field may not ask."""

    def query(operator: str, values: list[Any], _user: Any) -> Q:
        column = f"{name}_index"
        if operator in ("empty", "not empty"):
            return Q(**{column: ""}) if operator == "empty" else ~Q(**{column: ""})
        if operator not in ("=", "!=", "in", "not in"):
            raise FilterError(_("“%(field)s” is only compared as a whole, with = or in.") % {"field": label})
        found = Q(**{f"{column}__in": [index_of(name, str(value)) or "-" for value in values]})
        return ~found if operator.startswith(("!", "not")) else found

    return Filter(name=name, label=label, query=query, kind="text")


def by_number(user: Any, words: str) -> list[Hit]:
    """Who has the number that was typed into the search box."""
    digits = identity.normalise(words)
    if not (digits.isascii() and digits.isdigit() and len(digits) in (15, 16)):
        return []
    asked = Q()
    for name in NUMBERS:
        if user.rights.searchable(Party, name):
            asked |= Q(**{f"{name}_index": index_of(name, digits)})
    if not asked:
        return []
    rows = Party.objects.visible_to(user).filter(asked)[:10]
    return [
        Hit(noun="party", resource=found.name, record_id=party.pk, title=party.name, subtitle=party.city)
        for party in rows
        if (found := resource_of(party))
    ]


def doubts(party: Party) -> list[str]:
    """Where the NIK and the facts beside it do not agree."""
    if not party.nik:
        return []
    try:
        nik = identity.read_nik(reveal("nik", party.nik), today=timezone.localdate())
    except identity.IdentityError:
        return []
    found = []
    if party.birth_on and (nik.born_on.month, nik.born_on.day, nik.born_on.year % 100) != (
        party.birth_on.month, party.birth_on.day, party.birth_on.year % 100
    ):  # fmt: skip
        found.append(_("The birth date is not the one in the NIK."))
    if party.gender and party.gender != nik.sex:
        found.append(_("The sex is not the one in the NIK."))
    return found


cells.MASKS["identity"] = mask_of
lookups.register(by_number)
