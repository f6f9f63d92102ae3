"""Which records of mixed kinds a reader may see: behind timelines, mentions and notifications."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from relasi.kit.resources.batches import model_of

Name = tuple[str, int]


def visible_names(user: Any, names: Iterable[Name]) -> set[Name]:
    """The (noun, id) pairs whose record the reader may see. A query a noun, none where all are seen."""
    by_noun: dict[str, set[int]] = defaultdict(set)
    for noun, pk in names:
        by_noun[noun].add(pk)
    return {(noun, pk) for noun, ids in by_noun.items() for pk in _visible_ids(user, noun, ids)}


def may_see(user: Any, noun: str, pk: int) -> bool:
    return bool(visible_names(user, [(noun, pk)]))


def _visible_ids(user: Any, noun: str, ids: set[int]) -> set[int]:
    if user.rights.scope(noun, "view") == "all":
        return ids
    model = model_of(noun)
    if model is None:
        return set()
    return set(model._default_manager.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True))


def load_parties(activities: list[Any], user: Any) -> None:
    """Set `shown_party` on each: its customer when the reader may see it, else None. One query or none."""
    from relasi.parties.models import Party

    ids = {activity.party_id for activity in activities if activity.party_id}
    rows = Party.objects.visible_to(user).filter(pk__in=ids) if ids else ()
    by_id = {party.pk: party for party in rows}
    for activity in activities:
        activity.shown_party = by_id.get(activity.party_id)
