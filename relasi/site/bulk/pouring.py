"""Rows by the million: instances without ceremony, written by COPY or in one prepared statement, indexes made
last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from typing import Any, TypeVar

from django.core.management.color import no_style
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.db.models import Max
from django.db.models.base import ModelState

from relasi.site.bulk.indexes import made_last

M = TypeVar("M", bound=models.Model)


def sketch(model: type[M], **values: Any) -> M:
    """An unsaved instance set up without signals or checks: columns by their names (`owner_id`), the rest as
    declared.
    """
    instance = model.__new__(model)
    instance._state = ModelState()
    fixed, called = _defaults(model)
    instance.__dict__.update(fixed)
    for name, make in called:
        if name not in values:
            instance.__dict__[name] = make()
    instance.__dict__.update(values)
    return instance


@cache
def _defaults(model: type[models.Model]) -> tuple[dict[str, Any], list[tuple[str, Callable[[], Any]]]]:
    fixed: dict[str, Any] = {}
    called = []
    for field in model._meta.concrete_fields:
        if field.has_default() and callable(field.default):
            called.append((str(field.attname), field.default))
        else:
            fixed[str(field.attname)] = field.get_default()
    return fixed, called


class Numbers:
    """The next keys of a table that nobody else writes to."""

    def __init__(self, model: type[models.Model]) -> None:
        self.last = model._default_manager.aggregate(last=Max("pk"))["last"] or 0

    def take(self) -> int:
        self.last += 1
        return self.last


def pour(model: type[models.Model], rows: Iterable[models.Model]) -> int:
    """Write instances, whose keys are set, in the transaction of the caller. Returns how many."""
    table = _table(model, connection.vendor)
    values = [table.row(row.__dict__) for row in rows]
    if not values:
        return 0
    if connection.vendor == "postgresql":
        _copy(table, values)
    else:
        marks = ", ".join("?" * len(table.columns))
        _raw().executemany(f"INSERT INTO {table.name} ({table.listed}) VALUES ({marks})", values)  # noqa: S608
    return len(values)


def _copy(table: Table, values: list[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY {table.name} ({table.listed}) FROM STDIN") as copy:
        for row in values:
            copy.write_row(row)


@contextmanager
def bulk(tables: list[type[models.Model]], *, is_large: bool) -> Iterator[None]:
    """Neither wait for the disk nor (when large) keep indexes while a company that can be made again is being
    made.
    """
    with _unhurried(), made_last([table._meta.db_table for table in tables] if is_large else []):
        yield
    go_on_numbering(tables)


def go_on_numbering(tables: list[type[models.Model]]) -> None:
    """Keys that the database gives come after those that were poured in. SQLite sees to it by itself."""
    _execute(connection.ops.sequence_reset_sql(no_style(), tables))


@contextmanager
def _unhurried() -> Iterator[None]:
    if connection.in_atomic_block:
        yield
        return
    before, after = SETTINGS[connection.vendor]
    _execute(before)
    try:
        yield
    finally:
        _execute(after)


SETTINGS = {
    "sqlite": (
        (
            "PRAGMA synchronous=OFF",
            "PRAGMA foreign_keys=OFF",
            "PRAGMA cache_size=-1048576",
            "PRAGMA threads=2",
        ),
        ("PRAGMA foreign_keys=ON", "PRAGMA synchronous=FULL", "PRAGMA cache_size=-65536"),
    ),
    "postgresql": (
        ("SET synchronous_commit = off", "SET maintenance_work_mem = '768MB'", "SET work_mem = '256MB'"),
        ("RESET synchronous_commit", "RESET maintenance_work_mem", "RESET work_mem"),
    ),
}


def _execute(statements: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _raw() -> Any:
    connection.ensure_connection()
    return connection.connection


@dataclass(frozen=True)
class Table:
    """How instances of one model become rows for one engine."""

    name: str
    columns: tuple[tuple[str, Callable[[Any], Any] | None], ...]
    listed: str

    def row(self, values: dict[str, Any]) -> tuple[Any, ...]:
        return tuple(
            [
                turn(values[name]) if turn and values[name] is not None else values[name]
                for name, turn in self.columns
            ]
        )


@cache
def _table(model: type[models.Model], vendor: str) -> Table:
    fields = model._meta.concrete_fields
    quoted = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    return Table(
        name=connection.ops.quote_name(model._meta.db_table),
        columns=tuple((str(field.attname), _turn(field, vendor)) for field in fields),
        listed=quoted,
    )


def _turn(field: Any, vendor: str) -> Callable[[Any], Any] | None:
    kind = field.get_internal_type()
    if kind == "DateTimeField":
        return _moment if vendor == "sqlite" else _moment_utc
    if kind == "DateField":
        return date.isoformat
    if kind == "JSONField":
        return _json
    if kind == "DecimalField":
        return str
    return None


@lru_cache(maxsize=400_000)
def _moment(at: datetime) -> str:
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(" ")


def _moment_utc(at: datetime) -> str:
    return _moment(at) + "+00"


def _json(value: Any) -> str:
    return _encode(value) if value else "[]" if value == [] else "{}"


_encode = DjangoJSONEncoder().encode
