"""Putting rows of an archive into either database, in the transaction of the caller."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import orjson
from django.db import connection

from relasi.site.backup.tables import Table
from relasi.site.failures import CommandFailed


@contextmanager
def keys_checked_at_the_end() -> Iterator[None]:
    """SQLite looks for children of every row it takes in while any is missing; here it looks once, at the
    end.
    """
    if connection.vendor != "sqlite":
        yield
        return
    _execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        _execute("PRAGMA foreign_keys=ON")


def refuse_broken_keys() -> None:
    """Before the commit: whether every foreign key leads somewhere.

    PostgreSQL checked when it took them back.
    """
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA foreign_key_check")
        if found := cursor.fetchone():
            raise CommandFailed(
                f"A row of {found[0]} leads to a row of {found[2]} that is not there; nothing was kept."
            )


def empty(names: list[str]) -> None:
    """Take out what migrations put there."""
    quoted = ", ".join(connection.ops.quote_name(name) for name in names)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"TRUNCATE {quoted} CASCADE")
            return
        for name in names:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(name)}")  # noqa: S608


def fill(table: Table, lines: bytes) -> int:
    """Write rows, one JSON array a line, with their keys. Returns how many."""
    turns = _turns(table)
    rows = [_turned(orjson.loads(line), turns) for line in lines.splitlines() if line]
    columns = ", ".join(connection.ops.quote_name(name) for name, _kind in table.columns)
    name = connection.ops.quote_name(table.name)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor, cursor.copy(f"COPY {name} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    else:
        marks = ", ".join("?" * len(table.columns))
        connection.connection.executemany(f"INSERT INTO {name} ({columns}) VALUES ({marks})", rows)  # noqa: S608
    return len(rows)


def count(name: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(name)}")  # noqa: S608
        return int(cursor.fetchone()[0])


def reset_sequences(stored: list[Table]) -> None:
    """New rows get keys after the highest. SQLite does it by itself."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for table in stored:
            cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [f'"{table.name}"', table.key])
            sequence = cursor.fetchone()[0]
            if sequence:
                name, key = connection.ops.quote_name(table.name), connection.ops.quote_name(table.key)
                cursor.execute(
                    f"SELECT setval(%s, COALESCE((SELECT MAX({key}) FROM {name}), 0) + 1, false)",  # noqa: S608
                    [sequence],
                )


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _turns(table: Table) -> list[tuple[int, Callable[[Any], Any]]]:
    known = POSTGRESQL if connection.vendor == "postgresql" else SQLITE
    return [(place, known[kind]) for place, (_name, kind) in enumerate(table.columns) if kind in known]


def _turned(row: list[Any], turns: list[tuple[int, Callable[[Any], Any]]]) -> list[Any]:
    for place, turn in turns:
        if row[place] is not None:
            row[place] = turn(row[place])
    return row


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


_json_as_written = json.JSONEncoder().encode  # sign for sign as Django stores it: text searches see the same


def _sqlite_moment(text: str) -> str:
    return text.removesuffix("+00:00").replace("T", " ")


SQLITE: dict[str, Callable[[Any], Any]] = {
    "moment": _sqlite_moment,
    "json": _json_as_written,
    "bytes": base64.b64decode,
}
POSTGRESQL: dict[str, Callable[[Any], Any]] = {"json": _json, "bytes": base64.b64decode}
