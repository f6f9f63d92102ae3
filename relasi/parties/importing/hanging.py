"""What hangs on a customer, as plain rows for writing in bulk: phones and e-mails, addresses, days, tags."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from relasi.kit.events.bulk import insert
from relasi.kit.records.models import Tag, Tagging
from relasi.kit.resources.importing.contract import Work
from relasi.parties.importing.reading import Draft
from relasi.parties.models import Address, Party

Row = dict[str, Any]


def points(draft: Draft, party: Party) -> list[Row]:
    """Every phone and e-mail of the row; what the party shows is the primary one of its kind."""
    shown = {"phone": party.phone, "email": party.email}
    given = [("phone", *one) for one in draft.phones] + [("email", *one) for one in draft.emails]
    return [
        {
            "party_id": party.pk,
            "kind": kind,
            "value": value,
            "label": label,
            "is_primary": value == shown[kind],
        }
        for kind, value, label in given
    ]


def addresses(draft: Draft, party: Party, *, first: bool = True) -> list[Row]:
    """Its addresses, cut to what the columns hold; the first one is primary unless the party has others."""
    longest = _longest()
    return [
        {
            name: value[: longest[name]] if longest[name] else value
            for name, value in parts.items()
            if name in longest
        }
        | {"party_id": party.pk, "is_primary": first and at == 0}
        for at, parts in enumerate(draft.addresses)
    ]


def days(draft: Draft, party: Party) -> list[Row]:
    return [
        {"party_id": party.pk, "label": label, "on": day, "month_day": day.month * 100 + day.day}
        for label, day in draft.days
    ]


def tag(wanted: Mapping[int, Sequence[str]], work: Work) -> None:
    """Put tags on parties, making those that are new. Call for parties that have none of them."""
    known = tags(sorted({name for names in wanted.values() for name in names}), work)
    insert(
        Tagging,
        [
            {"noun": "party", "record_id": pk, "tag_id": known[key]}
            for pk, names in wanted.items()
            for key in dict.fromkeys(name.lower() for name in names)
        ],
    )


def tags(names: Sequence[str], work: Work) -> dict[str, int]:
    """Ids of tags by their name in lower case; new ones are made."""
    if not names:
        return {}
    if "tags" not in work.memo:
        work.memo["tags"] = {tag.name.lower(): tag.pk for tag in Tag._default_manager.all()}
    known: dict[str, int] = work.memo["tags"]
    for name in names:
        if name.lower() not in known:
            known[name.lower()] = Tag.create(by=work.user, name=name).pk
    return known


@cache
def _longest() -> dict[str, int | None]:
    """The columns of an address that rows fill, with their length."""
    skipped = {"id", "party", "is_primary", "created_at", "updated_at", "version", "latitude", "longitude"}
    return {
        f.name: getattr(f, "max_length", None) for f in Address._meta.concrete_fields if f.name not in skipped
    }
