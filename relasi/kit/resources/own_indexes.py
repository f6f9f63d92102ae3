"""Indexes of the company's own fields: made and dropped by a job, of the very expression filters and sorts
use."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models.functions import Upper

from relasi.kit.jobs import job
from relasi.kit.records.models import CustomField
from relasi.kit.resources.batches import model_of
from relasi.kit.resources.fields import custom_expression

INDEXABLE = {"text", "number", "money", "date", "choice", "link"}
TEXTS = {"text"}


def wanted(field: CustomField) -> bool:
    return field.is_indexed and field.is_active and field.kind in INDEXABLE


def state(field: CustomField) -> str:
    """ "" (none and none wanted), "ready", or "waiting": a job is still to make or drop it."""
    here = bool(existing(field))
    if wanted(field):
        return "ready" if here else "waiting"
    return "waiting" if here else ""


def existing(field: CustomField) -> set[str]:
    """The names of this field's indexes that the database has."""
    names = set(_statements(field))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT c.relname FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid "
                "WHERE c.relname LIKE 'own\\_%' AND i.indisvalid AND pg_table_is_visible(c.oid)"
            )
        else:
            cursor.execute(
                "SELECT name FROM sqlite_master WHERE type = 'index' AND name LIKE 'own\\_%' ESCAPE '\\'"
            )
        return names & {row[0] for row in cursor.fetchall()}


def keep(field: CustomField) -> None:
    """Ask for the index to be made or dropped, as the field now says. Written in the caller's transaction."""
    keep_index.later(field_id=field.pk, _key=f"own-index-{field.pk}")


@job(queue="slow")
def keep_index(*, field_id: int) -> None:
    """Make the indexes of one field, or drop them. Harmless when repeated; without locking out writers on
    PostgreSQL."""
    field = CustomField.objects.filter(pk=field_id).first()
    if field is None:
        return
    here = existing(field)
    concurrently = (
        " CONCURRENTLY" if connection.vendor == "postgresql" and not connection.in_atomic_block else ""
    )
    with connection.cursor() as cursor:
        for name, columns in _statements(field).items():
            if wanted(field) and name not in here:
                cursor.execute(f"DROP INDEX{concurrently} IF EXISTS {name}")
                cursor.execute(f"CREATE INDEX{concurrently} {name} ON {_table(field)} ({columns})")
            elif not wanted(field):
                cursor.execute(f"DROP INDEX{concurrently} IF EXISTS {name}")
        if wanted(field) and not here:
            cursor.execute(
                f"ANALYZE {_table(field)}" if connection.vendor == "postgresql" else "PRAGMA optimize"
            )


def _statements(field: CustomField) -> dict[str, str]:
    """Index name → its columns. Upwards, and downwards with empty values last; texts also by their
    capitals, for “=”."""
    expression = _sql(field, custom_expression(field))
    name = f"own_{field.pk}"
    if connection.vendor == "postgresql":
        found = {
            f"{name}_up": f"({expression}), id",
            f"{name}_down": f"({expression}) DESC NULLS LAST, id DESC",
        }
    else:
        found = {f"{name}_up": f"{expression}, id"}
    if field.kind in TEXTS:
        found[f"{name}_same"] = f"({_sql(field, Upper(custom_expression(field)))})"
    return found


def _sql(field: CustomField, expression: Any) -> str:
    """The expression as the ORM writes it, its columns without their table."""
    model = model_of(field.noun)
    if model is None:
        raise LookupError(f"there is no noun {field.noun!r}")
    query = model._default_manager.annotate(_own=expression).values("_own").query
    compiler = query.get_compiler(connection=connection)
    sql, params = compiler.compile(query.annotations["_own"])
    if params:
        raise ValueError("an index has no parameters")
    return str(sql).replace(f"{_table(field)}.", "")


def _table(field: CustomField) -> str:
    model = model_of(field.noun)
    return connection.ops.quote_name(model._meta.db_table) if model else ""
