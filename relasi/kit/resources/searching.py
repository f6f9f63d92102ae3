"""What the box finds for one reader: hits of the index that are among the rows this reader may see."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from relasi.kit.access.models.role import Scope
from relasi.kit.resources import cells
from relasi.kit.resources.declaration import Resource
from relasi.kit.resources.fields import model_fields
from relasi.kit.resources.indexing import entry_of
from relasi.kit.resources.registry import find, resources
from relasi.kit.search import engine, lookups
from relasi.kit.search.engine import Hit

LOOKED_AT = 300
CHECKED = 2000
LONGEST = 200
Hits = dict[tuple[str, int], Hit]


def search_visible(
    user: Any, words: str, limit: int = 20, *, only: Iterable[str] = (), of_each: int = 0
) -> list[Hit]:
    """The best hits among live records this reader may see, best first; `only` names resources.

    `of_each`: so many of one noun at most, and of those of one title half as many, so that a hundred notes
    called the same leave room for the customer who was looked for.

    One query of rights for each resource with hits. For a reader who may not search every field, records are
    asked again without the closed ones.
    """
    words = words[:LONGEST]
    readable = _readable(user, set(only))
    if not readable or not words.strip():
        return []
    nouns = sorted({resource.noun for resource in readable.values()})
    kept = _visible(user, lookups.hits(user, words), readable)
    found = engine.find(words, nouns=nouns, limit=LOOKED_AT)
    kept |= _visible(user, found, readable, words=words)
    if len(kept) < limit and len(found) >= LOOKED_AT:
        kept |= _among_own(user, words, limit, _common(found, readable))
    best = list(kept.values())
    return (_spread(best, of_each) if of_each else best)[:limit]


def freshly_told(user: Any, hits: list[Hit]) -> list[Hit]:
    """The same hits as this reader reads them today: in the own language and clock, with no link to what is
    not open. A few queries for each noun among them."""
    ids: dict[str, set[int]] = defaultdict(set)
    for hit in hits:
        ids[hit.resource].add(hit.record_id)
    told = {name: _read(user, resource, ids[name]) for name in ids if (resource := find(name))}
    return [
        _retold(hit, fresh) if (fresh := told.get(hit.resource, {}).get(hit.record_id)) else hit
        for hit in hits
    ]


def matching(words: str, resource: Resource) -> Any:
    """The ids of records the words find, as `narrowed` takes them: ask once for all queries of a page."""
    return engine.matching_ids(words[:LONGEST], [resource.noun])


def narrowed(
    rows: QuerySet[Any], words: str, *, resource: Resource, user: Any, ids: Any = None
) -> QuerySet[Any]:
    """Rows of a list narrowed to words, without telling anything of fields the reader may not search."""
    ids = matching(words, resource) if ids is None else ids
    if not is_restricted(resource, user):
        return rows.filter(pk__in=ids)
    newest = rows.filter(pk__in=ids).order_by("-pk")[:CHECKED]
    permitted = [row.pk for row in newest if engine.meets(words, _permitted(row, resource, user))]
    return rows.filter(pk__in=permitted)


def is_restricted(resource: Resource, user: Any) -> bool:
    """Whether a role closes a field to this reader that the index may speak of (never guarded ones)."""
    guarded = resource.model.guarded_fields
    names = (field.name for field in resource.model._meta.fields if field.name not in guarded)
    return not all(user.rights.searchable(resource.model, name) for name in names)


def _spread(hits: list[Hit], of_each: int) -> list[Hit]:
    nouns: Counter[str] = Counter()
    titles: Counter[tuple[str, str]] = Counter()
    kept = []
    for hit in hits:
        called = (hit.resource, hit.title)
        if nouns[hit.resource] < of_each and titles[called] < max(of_each // 2, 1):
            nouns[hit.resource] += 1
            titles[called] += 1
            kept.append(hit)
    return kept


def _read(user: Any, resource: Resource, ids: set[int]) -> dict[int, engine.EntryData]:
    """What to tell of some records; a link the reader may not follow is taken for empty."""
    rows = list(resource.rows(user).filter(pk__in=ids))
    links = [
        field for field in model_fields(resource) if field.kind == "link" and field.name in resource.preload
    ]
    cells.load_links(links, rows, user)
    for row in rows:
        for field in links:
            if row._links[field.name] is None:
                setattr(row, field.name, None)
    return {row.pk: _permitted(row, resource, user) for row in rows}


def _readable(user: Any, only: set[str]) -> dict[str, Resource]:
    return {
        resource.name: resource
        for resource in resources()
        if resource.search
        and (not only or resource.name in only)
        and not resource.rows(user).query.is_empty()
    }


def _visible(user: Any, hits: list[Hit], readable: dict[str, Resource], *, words: str = "") -> Hits:
    """Those hits whose records this reader may see, in their order; with `words`, and find by them."""
    ids: dict[str, set[int]] = defaultdict(set)
    for hit in hits:
        if hit.resource in readable:
            ids[hit.resource].add(hit.record_id)
    told = {name: _told(user, readable[name], wanted, words) for name, wanted in ids.items()}
    kept = {}
    for hit in hits:
        shown = told.get(hit.resource, {}).get(hit.record_id)
        if shown:
            kept[hit.resource, hit.record_id] = hit if shown is True else _retold(hit, shown)
    return kept


def _told(user: Any, resource: Resource, ids: set[int], words: str) -> dict[int, Any]:
    """{id: True}, or for a reader with closed fields {id: what may be told of it}."""
    rows = resource.rows(user).live().filter(pk__in=ids)
    if not is_restricted(resource, user):
        return dict.fromkeys(rows.values_list("pk", flat=True), True)
    permitted = {row.pk: _permitted(row, resource, user) for row in rows}
    return {pk: entry for pk, entry in permitted.items() if not words or engine.meets(words, entry)}


def _retold(hit: Hit, told: engine.EntryData) -> Hit:
    return Hit(
        noun=hit.noun,
        resource=hit.resource,
        record_id=hit.record_id,
        title=told.title,
        subtitle=told.subtitle,
        score=hit.score,
    )


def _permitted(row: Any, resource: Resource, user: Any) -> engine.EntryData:
    closed = {
        field.name for field in row._meta.fields if not user.rights.searchable(resource.model, field.name)
    }
    return entry_of(row, resource, closed=closed)


def _common(found: list[Hit], readable: dict[str, Resource]) -> dict[str, Resource]:
    """Nouns of which more may have the words than were looked at; of the others all were."""
    seen = Counter(hit.noun for hit in found)
    return {name: resource for name, resource in readable.items() if seen[resource.noun] >= engine.FEW}


def _among_own(user: Any, words: str, limit: int, readable: dict[str, Resource]) -> Hits:
    """For a common word and a reader of few records: looked for among those."""
    hits: list[Hit] = []
    for resource in readable.values():
        if user.rights.scope(resource.noun, "view") != Scope.ALL:
            own = resource.rows(user).live().values("pk")
            hits += engine.among(words, noun=resource.noun, record_ids=own, limit=limit)
    return _visible(user, sorted(hits, key=lambda hit: -hit.score), readable, words=words)
