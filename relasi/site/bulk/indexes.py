"""Indexes, triggers and foreign keys set aside while rows pour in, and made in one go at the end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

SQLITE = """
SELECT type, name, sql FROM sqlite_master
WHERE sql IS NOT NULL AND type IN ('index', 'trigger') AND tbl_name = %s
"""
POSTGRESQL_INDEXES = """
SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() AND tablename = %s
AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = (quote_ident(indexname))::regclass)
"""
POSTGRESQL_KEYS = """
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' AND conrelid = %s::regclass
"""
REBUILD = "INSERT INTO search_gram(search_gram) VALUES ('rebuild')"


@contextmanager
def made_last(tables: list[str]) -> Iterator[None]:
    """Within, the tables have no secondary indexes; after, all are there again.

    FTS5 is rebuilt from its table.
    """
    again: list[str] = []
    for table in tables:
        again += _set_aside(table)
    yield
    _execute(again)
    if "search_entry" in tables and connection.vendor == "sqlite":
        _execute([REBUILD])
    _execute(["ANALYZE"])


def _set_aside(table: str) -> list[str]:
    return _set_aside_sqlite(table) if connection.vendor == "sqlite" else _set_aside_postgresql(table)


def _set_aside_sqlite(table: str) -> list[str]:
    found = _rows(SQLITE, table)
    _execute(f"DROP {kind} {_quoted(name)}" for kind, name, _sql in found)
    return [sql for _kind, _name, sql in sorted(found)]


def _set_aside_postgresql(table: str) -> list[str]:
    indexes, keys = _rows(POSTGRESQL_INDEXES, table), _rows(POSTGRESQL_KEYS, table)
    _execute(f"ALTER TABLE {_quoted(table)} DROP CONSTRAINT {_quoted(name)}" for name, _sql in keys)
    _execute(f"DROP INDEX {_quoted(name)}" for _kind, name, _sql in indexes)
    added = [f"ALTER TABLE {_quoted(table)} ADD CONSTRAINT {_quoted(name)} {sql}" for name, sql in keys]
    return [sql for _kind, _name, sql in indexes] + added


def _rows(statement: str, table: str) -> list[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [table])
        return cursor.fetchall()  # type: ignore[no-any-return]


def _execute(statements: Iterator[str] | list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
