"""Put entries in, take them out, find them. Knows no rights: whoever shows hits asks for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from types import ModuleType
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from relasi.kit.search import needs, postgresql, ranking, sqlite
from relasi.kit.search.folding import body_of, queries_of
from relasi.kit.search.models import Entry
from relasi.kit.search.needs import All, Need

BATCH = 2000
CANDIDATES = 300
NEAR_CANDIDATES = 500
FEW = 5
NEAR_IDS = 50
FEW_IDS = 500
FEW_RECORDS = 2000
MOST_IDS = 20_000

Row = tuple[Any, ...]
Measure = Callable[[list[str], str, str], float]


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryData:
    """What is known of one record: `title` and `more` are searched, `subtitle` only explains a hit."""

    noun: str
    resource: str
    record_id: int
    title: str
    more: str = ""
    subtitle: str = ""
    party_id: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """A record that was found; `score` from 0 to 1, exact finds above 0.5."""

    noun: str
    resource: str
    record_id: int
    title: str
    subtitle: str = ""
    score: float = 1.0


def put(entries: Iterable[EntryData]) -> None:
    """Insert or replace entries, in the transaction of the caller. Of two for one record the last counts."""
    stream = iter(entries)
    while batch := list(islice(stream, BATCH)):
        _store().write(list({(entry.noun, entry.record_id): _row(entry) for entry in batch}.values()))


def drop(noun: str, record_ids: Iterable[int]) -> None:
    """Take records out of the index."""
    stream = iter(record_ids)
    while batch := list(islice(stream, BATCH)):
        Entry.objects.filter(noun=noun, record_id__in=batch).delete()


def find(words: str, *, nouns: Sequence[str] | None = None, limit: int = 20) -> list[Hit]:
    """The best hits for what was typed, best first. Fewer than five exact ones are joined by misspelt ones.

    Of very common words only a few hundred entries are looked at (SQLite: the newest), of each of `nouns` if
    given.
    """
    for reading in (readings := queries_of(words)):
        if hits := _exact(reading, nouns, max(CANDIDATES, limit)):
            break
    else:
        reading, hits = (readings[-1], []) if readings else ([], [])
    if reading and len(hits) < FEW:
        known = {(hit.noun, hit.record_id) for hit in hits}
        near = _near(reading, nouns, is_found=bool(hits))
        hits += [hit for hit in near if (hit.noun, hit.record_id) not in known]
    return sorted(hits, key=lambda hit: (-hit.score, -hit.record_id))[:limit]


def matching_ids(words: str, nouns: Sequence[str], cap: int = MOST_IDS) -> list[int] | RawSQL | QuerySet[Any]:
    """What `pk__in=` takes to narrow a list to the words; above `cap` ids a subquery on the outer row."""
    reading: list[str] = []
    ids: list[int] = []
    for reading in queries_of(words):
        found = _store().rows(needs.exactly(reading), nouns, cap + 1, columns="record_id")
        if len(found) > cap:
            return _correlated(reading, nouns)
        if ids := [row[0] for row in found]:
            break
    if reading and len(ids) < FEW:
        near = sorted(_near(reading, nouns, is_found=bool(ids)), key=lambda hit: -hit.score)
        ids = list(dict.fromkeys([*ids, *(hit.record_id for hit in near[:NEAR_IDS])]))
    return ids if len(ids) <= FEW_IDS else _store().inline(ids)


def among(words: str, *, noun: str, record_ids: QuerySet[Any], limit: int) -> list[Hit]:
    """Exact hits of common words within some records: of few each is read, of many until enough are found."""
    (column,) = record_ids.query.values_select
    few = [row[column] for row in record_ids[: FEW_RECORDS + 1]]
    own = Q(record_id__in=few)
    if len(few) > FEW_RECORDS:
        own = Q(Exists(record_ids.filter(**{column: OuterRef("record_id")})))
    for reading in queries_of(words):
        entries = Entry.objects.filter(_contains(needs.exactly(reading)), own, noun=noun)
        columns = ("id", "noun", "resource", "record_id", "title", "subtitle", "body")
        if rows := list(entries.values_list(*columns)[:limit]):
            return _ranked(ranking.closeness, reading, rows)
    return []


def meets(words: str, entry: EntryData) -> bool:
    """Whether the words would find this entry, exactly or nearly."""
    body = body_of(entry.noun, entry.title, entry.more)
    return any(
        needs.met(needs.exactly(reading), body) or ranking.likeness(reading, entry.title, body) > 0
        for reading in queries_of(words)
    )


def _exact(reading: list[str], nouns: Sequence[str] | None, limit: int) -> list[Hit]:
    need = needs.exactly(reading)
    rows = _store().rows(need, nouns, limit)
    if nouns is not None and len(rows) == limit:
        seen = Counter(row[1] for row in rows)
        for noun in nouns:
            if seen[noun] < FEW:
                rows += _store().rows(need, [noun], limit // len(nouns))
    return _ranked(ranking.closeness, reading, rows)


def _near(reading: list[str], nouns: Sequence[str] | None, *, is_found: bool) -> list[Hit]:
    """Entries whose words are like the words of the query; exact ones may be among them."""
    for guesses in _guesses(reading, nouns, is_found=is_found):
        found = (_store().rows(need, nouns, NEAR_CANDIDATES, checked=False) for need in guesses)
        if hits := [
            hit for hit in _ranked(ranking.likeness, reading, chain.from_iterable(found)) if hit.score
        ]:
            return hits
    return []


def _guesses(reading: list[str], nouns: Sequence[str] | None, *, is_found: bool) -> Iterator[list[Need]]:
    """What may have been meant, likeliest first.

    Words that nothing has are taken for misspelt: with one slip first, then with a part of them right. Where
    every word is known but nothing has all of them, each in turn is.
    """
    long = [word for word in reading if len(word) >= needs.SHORTEST_MISSPELT and not word.isdigit()]
    if unknown := [word for word in long if not _store().rows(needs.exactly([word]), nouns, 1)]:
        yield [needs.nearly(reading, unknown)]
        yield [needs.roughly(reading, unknown)]
    elif len(reading) == 1 or not is_found:
        yield [needs.nearly(reading, [word]) for word in long]


def _ranked(measure: Measure, reading: list[str], rows: Iterable[Row]) -> list[Hit]:
    """One hit for each entry; a row is (id, noun, resource, record_id, title, subtitle, body)."""
    entries = {row[0]: row for row in rows}.values()
    return [_hit(row, measure(reading, row[4], row[6])) for row in entries]


def _correlated(reading: list[str], nouns: Sequence[str]) -> QuerySet[Any]:
    entries = Entry.objects.filter(
        _contains(needs.exactly(reading)), noun__in=nouns, record_id=OuterRef("pk")
    )
    return entries.values("record_id")


def _contains(need: Need) -> Q:
    if isinstance(need, str):
        return Q(body__contains=need)
    every = isinstance(need, All)
    found = Q()
    for part in need.parts:
        found = found & _contains(part) if every else found | _contains(part)
    return found


def _hit(row: tuple[Any, ...], score: float) -> Hit:
    _id, noun, resource, record_id, title, subtitle, _body = row
    return Hit(noun=noun, resource=resource, record_id=record_id, title=title, subtitle=subtitle, score=score)


def _row(entry: EntryData) -> tuple[Any, ...]:
    body = body_of(entry.noun, entry.title, entry.more)
    title, subtitle = entry.title[:200], entry.subtitle[:200]
    return entry.noun, entry.resource, entry.record_id, entry.party_id, title, subtitle, body


def _store() -> ModuleType:
    return sqlite if connection.vendor == "sqlite" else postgresql
