"""Which tables a backup holds, and how a column's values look outside a database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models

LEFT_OUT = {"contenttypes", "auth", "sessions", "usersessions"}
KINDS = {
    "DateTimeField": "moment",
    "DateField": "date",
    "BooleanField": "yes",
    "JSONField": "json",
    "DecimalField": "decimal",
    "BinaryField": "bytes",
    "TimeField": "time",
    "UUIDField": "uuid",
    "FloatField": "number",
}
PLAIN = {
    "CharField", "TextField", "SlugField", "GenericIPAddressField", "FileField", "AutoField", "BigAutoField",
    "SmallAutoField", "IntegerField", "BigIntegerField", "SmallIntegerField", "PositiveIntegerField",
    "PositiveBigIntegerField", "PositiveSmallIntegerField",
}  # fmt: skip


@dataclass(frozen=True)
class Table:
    """A table as the archive knows it: `columns` are (name, kind), `key` is the column its rows are ordered
    by.
    """

    name: str
    columns: tuple[tuple[str, str], ...]
    key: str

    def plain(self) -> dict[str, Any]:
        return {"name": self.name, "columns": [list(column) for column in self.columns], "key": self.key}

    @classmethod
    def of(cls, plain: dict[str, Any]) -> Table:
        return cls(plain["name"], tuple((name, kind) for name, kind in plain["columns"]), plain["key"])


def tables() -> list[Table]:
    """Every table of the product. Sign-ins end with a restore, so sessions stay behind."""
    return sorted((_table(model) for model in stored_models()), key=lambda table: table.name)


def stored_models() -> list[type[models.Model]]:
    """One model for each table that a backup holds."""
    found = apps.get_models(include_auto_created=True)
    return [
        model
        for model in found
        if model._meta.managed and not model._meta.proxy and model._meta.app_label not in LEFT_OUT
    ]


def _table(model: type[models.Model]) -> Table:
    columns = tuple((str(field.column), kind_of(field)) for field in model._meta.concrete_fields)
    return Table(model._meta.db_table, columns, str(model._meta.pk.column))


def kind_of(field: Any) -> str:
    """How a value of the field is written in the archive; a field nobody has thought of raises TypeError."""
    target = field.target_field if field.is_relation else field
    if target.is_relation:
        return kind_of(target)
    kind = target.get_internal_type()
    if kind not in KINDS and kind not in PLAIN:
        raise TypeError(f"A backup does not know how to keep {kind} ({field}).")
    return KINDS.get(kind, "")
