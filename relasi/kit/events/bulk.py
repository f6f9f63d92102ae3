"""Thousands of rows in one go, past the ORM's own bookkeeping: for imports and the events they write.

The caller is in a transaction and has checked the values: nothing is validated, no signal is sent. On
PostgreSQL rows go by COPY, on SQLite by one prepared statement.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction

Adapter = Callable[[Any], Any]
Row = Mapping[str, Any]


def insert(model: type[models.Model], rows: Sequence[Row]) -> list[int]:
    """Write rows given as {attname: value}; a name that is missing has the column's default. Returns their
    ids, in order.

    Raises IntegrityError like any insert.
    """
    if not rows:
        return []
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("rows in bulk are written inside a transaction")
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    ids = _next_ids(model, len(rows))
    columns = [str(model._meta.pk.column), *(str(field.column) for field in fields)]
    makers = [(field.attname, _adapter(field), _default(field)) for field in fields]
    made = [_column(rows, *maker) for maker in makers]
    _write(model._meta.db_table, columns, zip(ids, *made, strict=True))
    return ids


def insert_objects(objects: Sequence[models.Model]) -> None:
    """The same for model instances of one table, which are given their ids."""
    if not objects:
        return
    names = [field.attname for field in objects[0]._meta.concrete_fields if not field.primary_key]
    ids = insert(type(objects[0]), [{name: one.__dict__[name] for name in names} for one in objects])
    for one, pk in zip(objects, ids, strict=True):
        one.pk = pk
        one._state.adding, one._state.db = False, connection.alias


def update(model: type[models.Model], changes: Iterable[tuple[int, Row]]) -> None:
    """Set columns of rows given as (id, {attname: value}): one prepared statement for each set of columns."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    groups: dict[tuple[str, ...], list[list[Any]]] = defaultdict(list)
    for pk, values in changes:
        names = tuple(values)
        groups[names].append([*(_adapted(fields[name], values[name]) for name in names), pk])
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for names, lines in groups.items():
            sets = ", ".join(f"{quote(str(fields[name].column))} = %s{_cast(fields[name])}" for name in names)
            table, key = quote(model._meta.db_table), quote(str(model._meta.pk.column))
            cursor.executemany(f"UPDATE {table} SET {sets} WHERE {key} = %s", lines)  # noqa: S608 - names of our own columns


def _column(rows: Sequence[Row], name: str, adapt: Adapter | None, default: Any) -> list[Any]:
    if adapt is None:
        return [row.get(name, default) for row in rows]
    return [adapt(row[name]) if name in row else default for row in rows]


def _write(table: str, columns: Sequence[str], lines: Iterable[Sequence[Any]]) -> None:
    quote = connection.ops.quote_name
    named = ", ".join(map(quote, columns))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.cursor.copy(f"COPY {quote(table)} ({named}) FROM STDIN") as copy:
                for line in lines:
                    copy.write_row(line)
        else:
            places = ", ".join(["%s"] * len(columns))
            statement = f"INSERT INTO {quote(table)} ({named}) VALUES ({places})"  # noqa: S608 - likewise
            cursor.executemany(statement, cast("Sequence[Sequence[Any]]", lines))  # any iterable will do


def _next_ids(model: type[models.Model], count: int) -> list[int]:
    table, key = model._meta.db_table, str(model._meta.pk.column)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sequence = (
                "WITH own AS MATERIALIZED (SELECT pg_get_serial_sequence(%s, %s)::regclass AS name) "
                "SELECT nextval(own.name) FROM own, generate_series(1, %s)"
            )
            cursor.execute(sequence, [connection.ops.quote_name(table), key, count])
            return [number for (number,) in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = (cursor.fetchone() or (0,))[0]
        return list(range(last + 1, last + count + 1))


def _default(field: models.Field[Any, Any]) -> Any:
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        from django.utils import timezone

        return _adapted(field, timezone.now())
    return _adapted(field, field.get_default())


def _adapted(field: models.Field[Any, Any], value: Any) -> Any:
    adapt = _adapter(field)
    return adapt(value) if adapt else value


def _adapter(field: models.Field[Any, Any]) -> Adapter | None:
    """How a Python value is given to the driver; None: as it is."""
    ops = connection.ops
    if isinstance(field, models.JSONField):
        encoder = field.encoder or DjangoJSONEncoder
        return lambda value: (
            None if value is None and field.null else json.dumps(field.get_prep_value(value), cls=encoder)
        )
    if isinstance(field, models.CharField | models.TextField):
        return _plain_text
    if connection.vendor == "postgresql":
        return None
    if isinstance(field, models.DateTimeField):
        return lambda value: None if value is None else ops.adapt_datetimefield_value(value)
    if isinstance(field, models.DateField):
        return lambda value: None if value is None else str(value)
    if isinstance(field, models.DecimalField):
        return lambda value: (
            None
            if value is None
            else ops.adapt_decimalfield_value(value, field.max_digits, field.decimal_places)
        )
    return None


def _plain_text(value: Any) -> Any:
    """Choices of an enumeration as their text, all else as it is."""
    return value.value if isinstance(value, models.TextChoices) else value


def _cast(field: models.Field[Any, Any]) -> str:
    return "::jsonb" if connection.vendor == "postgresql" and isinstance(field, models.JSONField) else ""
