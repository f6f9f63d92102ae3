"""New customers of a chunk: their rows, what hangs on them, one event each, search entries, look-alikes to
review.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Count
from django.utils import timezone

from relasi.kit.events.bulk import insert, insert_objects
from relasi.kit.events.writing import Draft as EventDraft
from relasi.kit.events.writing import emit_many
from relasi.kit.records.record import EMPTY
from relasi.kit.resources.importing.contract import Outcome, Work
from relasi.kit.resources.indexing import index
from relasi.parties.importing import hanging
from relasi.parties.importing.reading import Draft
from relasi.parties.importing.referring import Referred, referred
from relasi.parties.models import Address, ContactPoint, DuplicatePair, ImportantDate, Party

ALIKE = 0.75  # the score of a pair that shares its whole name and nothing else
COMMON = 5  # a name that so many have tells nothing


def create(drafts: Sequence[Draft], work: Work) -> dict[int, Outcome]:
    """Write the drafts that nobody is known for; outcomes by row number."""
    if not drafts:
        return {}
    links = referred(drafts, work)
    if work.is_trial:
        return {draft.number: Outcome("created", problems=links.problems(draft)) for draft in drafts}
    parties = [_party(draft, work, links) for draft in drafts]
    insert_objects(parties)
    pairs = list(zip(drafts, parties, strict=True))
    insert(ContactPoint, [point for draft, party in pairs for point in hanging.points(draft, party)])
    insert(Address, [row for draft, party in pairs for row in hanging.addresses(draft, party)])
    insert(ImportantDate, [day for draft, party in pairs for day in hanging.days(draft, party)])
    hanging.tag({party.pk: [*draft.tags, *work.options.get("tags", [])] for draft, party in pairs}, work)
    emit_many(
        EventDraft(
            verb="created",
            record=party,
            by=work.user,
            changes=_news(party),
            batch=work.batch,
            party_id=party.pk,
        )
        for party in parties
    )
    index(parties)
    _note_alike(parties)
    return {draft.number: Outcome("created", party.pk, links.problems(draft)) for draft, party in pairs}


def _party(draft: Draft, work: Work, links: Referred) -> Party:
    model: Any = work.resource.model
    party: Party = model(**{**work.resource.where, **draft.values}, custom=draft.own)
    party.owner_id = links.owner(draft) or work.user.pk
    party.company_id = links.company(draft)
    party.source = party.source or str(work.options.get("source_name", ""))[:60]
    party.prepare()
    return party


def _news(party: Party) -> dict[str, list[Any]]:
    snapshot = party._snapshot()
    return {
        name: [None, value]
        for name, value in snapshot.items()
        if value not in EMPTY and name not in party.unlogged_fields
    }


def _note_alike(parties: Sequence[Party]) -> None:
    """New customers whose whole name is somebody's already go to the review queue, unless the name is a
    common one.
    """
    by_key: dict[str, list[Party]] = {}
    for party in parties:
        if " " in party.match_key:
            by_key.setdefault(party.match_key, []).append(party)
    same = Party._default_manager.filter(match_key__in=by_key).order_by()
    counted = same.values_list("match_key").annotate(n=Count("pk")).values_list("match_key", "n")
    rare = [key for key, number in counted if 1 < number <= COMMON]
    if not rare:
        return
    known: dict[str, list[tuple[int, Any]]] = {}
    rows = Party._default_manager.filter(match_key__in=rare, archived_at=None, kind=parties[0].kind).order_by(
        "pk"
    )
    for pk, key, born in rows.values_list("pk", "match_key", "birth_on"):
        known.setdefault(key, []).append((pk, born))
    pairs = [
        _pair(one, party.pk)
        for key in rare
        for party in by_key[key]
        for one, born in known.get(key, [])
        if one < party.pk and not (born and party.birth_on and born != party.birth_on)
    ]
    DuplicatePair._default_manager.bulk_create(pairs, ignore_conflicts=True)


def _pair(left: int, right: int) -> DuplicatePair:
    now = timezone.now()
    return DuplicatePair(
        left_id=left, right_id=right, score=ALIKE, why=["name"], created_at=now, updated_at=now
    )
