"""The index on SQLite: FTS5 with trigrams, read from the newest entry backwards, never further than asked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL

from relasi.kit.search.folding import mark_of
from relasi.kit.search.needs import All, Need, grams

Row = tuple[Any, ...]
MOST_GRAMS = 10

UPSERT = """
INSERT INTO search_entry (noun, resource, record_id, party_id, title, subtitle, body)
VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (noun, record_id) DO UPDATE SET resource = excluded.resource, party_id = excluded.party_id,
    title = excluded.title, subtitle = excluded.subtitle, body = excluded.body
WHERE body <> excluded.body OR title <> excluded.title OR subtitle <> excluded.subtitle
    OR resource <> excluded.resource OR party_id IS NOT excluded.party_id
"""
COLUMNS = "id, noun, resource, record_id, title, subtitle, e.body"
FIND = """
SELECT {columns} FROM search_gram CROSS JOIN search_entry e ON e.id = search_gram.rowid
WHERE search_gram MATCH %s {check} ORDER BY search_gram.rowid DESC LIMIT %s
"""


def write(rows: Sequence[Row]) -> None:
    """Insert or replace entries; an unchanged one is not touched."""
    with connection.cursor() as cursor:
        cursor.executemany(UPSERT, rows)


def rows(
    need: Need, nouns: Sequence[str] | None, limit: int, *, checked: bool = True, columns: str = COLUMNS
) -> list[Row]:
    """`columns` of the newest entries that meet the need.

    The trigrams say that all signs are there, the check that they stand together; without it there may be
    some too many.
    """
    match = _match(need)
    if nouns is not None:
        match = f"({' OR '.join(_quoted(mark_of(noun)) for noun in nouns)}) AND {match}"
    check, values = _check(need) if checked else ("", [])
    statement = FIND.format(columns=columns, check=f"AND {check}" if check else "")
    with connection.cursor() as cursor:
        cursor.execute(statement, [match, *values, limit])
        return cursor.fetchall()  # type: ignore[no-any-return]


def inline(ids: list[int]) -> RawSQL:
    """Many numbers as one parameter, for `pk__in`."""
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(ids)])


def _match(need: Need) -> str:
    if isinstance(need, str):
        return "(" + " AND ".join(_quoted(gram) for gram in _telling(grams(need))) + ")"
    joint = " AND " if isinstance(need, All) else " OR "
    return "(" + joint.join(_match(part) for part in need.parts) + ")"


def _check(need: Need) -> tuple[str, list[str]]:
    if isinstance(need, str):
        return "instr(e.body, %s) > 0", [need]
    joint = " AND " if isinstance(need, All) else " OR "
    checks = [_check(part) for part in need.parts]
    return "(" + joint.join(sql for sql, _ in checks) + ")", [
        value for _, values in checks for value in values
    ]


def _telling(found: list[str]) -> list[str]:
    """Of a long piece every second trigram: the check does the rest."""
    return found if len(found) <= MOST_GRAMS else found[::2]


def _quoted(gram: str) -> str:
    return '"' + gram.replace('"', '""') + '"'
