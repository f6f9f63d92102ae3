"""Reading all tables as they were at one moment, while people go on writing."""

from __future__ import annotations

import base64
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

import orjson
from django.db import connection, transaction

from relasi.site.backup.tables import Table
from relasi.site.failures import CommandFailed

CHUNK = 10_000


class Snapshot(Protocol):
    """One moment of a database: `rows` yields lists of up to 10,000 rows of JSON-ready values."""

    def rows(self, table: Table) -> Iterator[list[list[Any]]]: ...

    def one(self, statement: str) -> tuple[Any, ...] | None: ...


@contextmanager
def snapshot() -> Iterator[Snapshot]:
    """SQLite: a read transaction in WAL mode; PostgreSQL: REPEATABLE READ. Neither holds up writers."""
    if connection.vendor == "sqlite":
        with _sqlite() as taken:
            yield taken
    else:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT 1")
            yield _PostgreSQL()


@contextmanager
def _sqlite() -> Iterator[Snapshot]:
    path = str(connection.settings_dict["NAME"])
    if ":memory:" in path or "mode=memory" in path:
        raise CommandFailed("A database in memory cannot be backed up.")
    with closing(sqlite3.connect(path, isolation_level=None, timeout=30)) as own:
        own.execute("PRAGMA query_only=ON")
        own.execute("BEGIN")
        own.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
        yield _SQLite(own)


class _SQLite:
    def __init__(self, own: sqlite3.Connection) -> None:
        self.own = own

    def rows(self, table: Table) -> Iterator[list[list[Any]]]:
        cursor = self.own.execute(_select(table, [f'"{name}"' for name, _kind in table.columns]))
        while found := cursor.fetchmany(CHUNK):
            yield _neutral(found, table, SQLITE)

    def one(self, statement: str) -> tuple[Any, ...] | None:
        return self.own.execute(statement).fetchone()  # type: ignore[no-any-return]


class _PostgreSQL:
    def rows(self, table: Table) -> Iterator[list[list[Any]]]:
        columns = [f'"{name}"::text' if kind in AS_TEXT else f'"{name}"' for name, kind in table.columns]
        with connection.chunked_cursor() as cursor:
            cursor.execute(_select(table, columns))
            while found := cursor.fetchmany(CHUNK):
                yield _neutral(found, table, POSTGRESQL)

    def one(self, statement: str) -> tuple[Any, ...] | None:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchone()  # type: ignore[no-any-return]


def _select(table: Table, columns: list[str]) -> str:
    return f'SELECT {", ".join(columns)} FROM "{table.name}" ORDER BY "{table.key}"'  # noqa: S608


def _neutral(
    rows: list[tuple[Any, ...]], table: Table, turns: dict[str, Callable[[Any], Any]]
) -> list[list[Any]]:
    """The same rows with every value as the archive writes it."""
    changed = [(place, turns[kind]) for place, (_name, kind) in enumerate(table.columns) if kind in turns]
    lists = [list(row) for row in rows]
    for row in lists:
        for place, turn in changed:
            if row[place] is not None:
                row[place] = turn(row[place])
    return lists


def _json(text: str) -> Any:
    return orjson.Fragment(text)


def _plain_decimal(value: Any) -> str:
    """Without the zeros that only one of the databases keeps: 60, 60.0 and 60.00 are one."""
    return format(Decimal(str(value)).normalize(), "f")


def _packed(data: bytes | memoryview) -> str:
    return base64.b64encode(bytes(data)).decode()


def _moment_of_text(text: str) -> str:
    return f"{text.replace(' ', 'T')}+00:00"


AS_TEXT = {"json", "decimal", "uuid", "time"}
SQLITE: dict[str, Callable[[Any], Any]] = {
    "moment": _moment_of_text,
    "yes": bool,
    "json": _json,
    "decimal": _plain_decimal,
    "bytes": _packed,
}
POSTGRESQL: dict[str, Callable[[Any], Any]] = {
    "moment": datetime.isoformat,
    "json": _json,
    "decimal": _plain_decimal,
    "bytes": _packed,
}
