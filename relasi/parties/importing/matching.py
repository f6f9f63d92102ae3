"""Which draft is whom: by external id, e-mail, phone or NIK, looked up for a whole chunk at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from relasi.kit.resources.importing.contract import Work
from relasi.parties.fields import index_of
from relasi.parties.importing.reading import Draft
from relasi.parties.models import ContactPoint, Party


def keys_of(draft: Draft, rules: Sequence[str]) -> list[tuple[str, str]]:
    """What a draft can be known by, strongest rule first."""
    keys: list[tuple[str, str]] = []
    for rule in rules:
        if rule == "external_id" and draft.values.get("external_id"):
            keys.append((rule, draft.values["external_id"]))
        elif rule == "nik" and draft.values.get("nik"):
            keys.append((rule, index_of("nik", draft.values["nik"])))
        elif rule == "email":
            keys += [(rule, value) for value, _label in draft.emails]
        elif rule == "phone":
            keys += [(rule, value) for value, _label in draft.phones]
    return keys


def find_matches(drafts: Iterable[Draft], work: Work) -> dict[tuple[str, str], int]:
    """Party ids by key, over all parties of this kind, also those the importer may not see.

    One query a rule.
    """
    wanted: dict[str, set[str]] = {}
    for draft in drafts:
        for rule, value in keys_of(draft, work.match):
            wanted.setdefault(rule, set()).add(value)
    found: dict[tuple[str, str], int] = {}
    for rule, values in wanted.items():
        found |= {(rule, value): pk for value, pk in _look_up(rule, values, work)}
    return found


def _look_up(rule: str, values: set[str], work: Work) -> list[tuple[str, int]]:
    """Each step by one index: the planner is led away from joins that start at every party."""
    if rule in {"email", "phone"}:
        points = ContactPoint._default_manager.filter(value__in=values).order_by()
        pairs = [
            (value, pk) for value, kind, pk in points.values_list("value", "kind", "party_id") if kind == rule
        ]
        here = _known_ids({pk for _value, pk in pairs}, work)
        return sorted(((value, pk) for value, pk in pairs if pk in here), key=lambda pair: -pair[1])
    column = {"external_id": "external_id", "nik": "nik_index"}[rule]
    rows = Party._default_manager.filter(archived_at=None, **work.resource.where, **{f"{column}__in": values})
    return list(rows.order_by("-pk").values_list(column, "pk"))


def _known_ids(ids: set[int], work: Work) -> set[int]:
    """Those of the parties that are of this noun and not put away."""
    if not ids:
        return set()
    rows = (
        Party._default_manager.filter(pk__in=ids, archived_at=None)
        .order_by()
        .values_list("pk", *work.resource.where)
    )
    wanted = tuple(work.resource.where.values())
    return {row[0] for row in rows if tuple(row[1:]) == wanted}


def taken_external_ids(drafts: Iterable[Draft]) -> dict[str, int]:
    """Which external ids of these drafts belong to a party already, of whatever kind, also one put away."""
    wanted = {draft.values["external_id"] for draft in drafts if draft.values.get("external_id")}
    if not wanted:
        return {}
    return dict(
        Party._default_manager.filter(external_id__in=wanted).order_by().values_list("external_id", "pk")
    )


def changeable(ids: set[int], work: Work) -> dict[int, Any]:
    """Those of the matched parties the importer may change, locked."""
    if not ids:
        return {}
    rows = work.resource.rows(work.user, "change").filter(pk__in=ids).select_for_update(of=("self",))
    return {party.pk: party for party in rows}
