"""The index on PostgreSQL: a trigram index answers LIKE."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models.expressions import RawSQL

from relasi.kit.search.folding import mark_of
from relasi.kit.search.needs import All, Need

Row = tuple[Any, ...]

UPSERT = """
INSERT INTO search_entry AS e (noun, resource, record_id, party_id, title, subtitle, body)
SELECT * FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[])
ON CONFLICT (noun, record_id) DO UPDATE SET resource = excluded.resource, party_id = excluded.party_id,
    title = excluded.title, subtitle = excluded.subtitle, body = excluded.body
WHERE (e.body, e.title, e.subtitle, e.resource, e.party_id)
    IS DISTINCT FROM (excluded.body, excluded.title, excluded.subtitle, excluded.resource, excluded.party_id)
"""
COLUMNS = "id, noun, resource, record_id, title, subtitle, body"
FIND = """
SELECT {columns} FROM search_entry WHERE {check} LIMIT %s
"""
FIND_NEWEST = """
SELECT {columns} FROM (SELECT * FROM search_entry ORDER BY id DESC LIMIT {newest}) AS newest
WHERE {check} LIMIT %s
"""
NEWEST = 3000
COMMON = 300


def write(rows: Sequence[Row]) -> None:
    """Insert or replace entries, each named once; an unchanged one is not touched."""
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(UPSERT, [list(column) for column in zip(*rows, strict=True)])


def rows(
    need: Need, nouns: Sequence[str] | None, limit: int, *, checked: bool = True, columns: str = COLUMNS
) -> list[Row]:
    """`columns` of entries that meet the need.

    The index gives all entries of a word before the first is read, so the newest 3,000 are asked first: what
    one in ten of them has is common, and found without the index. For the rest the planner is held to the
    index: it takes rare pieces for common ones and would read the whole table, and asked for a single entry
    it would walk through all of a noun, so it is always asked for many. What is not `checked` may give some
    too many.
    """
    check, values = _narrowed(_check(need), nouns)
    ask_newest = FIND_NEWEST.format(columns=columns, newest=NEWEST, check=check)
    newest = _ask(ask_newest, [*values, min(limit, COMMON)]) if checked else []
    if len(newest) == limit:
        return newest
    ask = _ask if len(newest) >= COMMON else _ask_index
    return ask(FIND.format(columns=columns, check=check), [*values, max(limit, COMMON)])[:limit]


def inline(ids: list[int]) -> RawSQL:
    """Many numbers as one parameter, for `pk__in`."""
    return RawSQL("SELECT unnest(%s::bigint[])", [ids])


def _narrowed(check: tuple[str, list[Any]], nouns: Sequence[str] | None) -> tuple[str, list[Any]]:
    """One noun by its mark, which the index knows; several by the column."""
    sql, values = check
    if nouns is None:
        return check
    if len(nouns) == 1:
        return f"{sql} AND body LIKE %s", [*values, f"%{mark_of(nouns[0])}%"]
    return f"{sql} AND noun = ANY(%s)", [*values, list(nouns)]


def _ask(statement: str, values: list[Any]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()  # type: ignore[no-any-return]


@transaction.atomic
def _ask_index(statement: str, values: list[Any]) -> list[Row]:
    """The same, never by reading the whole table."""
    _ask("SELECT set_config('enable_seqscan', 'off', true)", [])
    found = _ask(statement, values)
    _ask("SELECT set_config('enable_seqscan', 'on', true)", [])
    return found


def _check(need: Need) -> tuple[str, list[Any]]:
    if isinstance(need, str):
        return "body LIKE %s", [f"%{_plain(need)}%"]
    joint = " AND " if isinstance(need, All) else " OR "
    checks = [_check(part) for part in need.parts]
    return "(" + joint.join(sql for sql, _ in checks) + ")", [
        value for _, values in checks for value in values
    ]


def _plain(piece: str) -> str:
    return piece.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
