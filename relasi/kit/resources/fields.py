"""What can be shown, filtered, sorted, edited, imported: one `Field` per column, from the model, own fields
or a Column.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from django.db import models
from django.db.models import F, Func
from django.db.models.functions import Cast
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from relasi.kit.records.models import CustomField
from relasi.kit.resources.declaration import Column, Filter, Resource
from relasi.kit.resources.registry import columns_of, filters_of, resources

KEY = re.compile(r"[a-z0-9_-]{1,40}")
DATES = {"created_at": _("Created"), "updated_at": _("Changed")}  # of every record
OWN = "own."  # how the company's own fields are spelt everywhere: own.shoe_size

KINDS: list[tuple[type[models.Field[Any, Any]], str]] = [
    (models.BooleanField, "bool"),
    (models.DateTimeField, "datetime"),
    (models.DateField, "date"),
    (models.TimeField, "time"),
    (models.ForeignKey, "link"),
    (models.EmailField, "email"),
    (models.URLField, "url"),
    (models.TextField, "long"),
    (models.DecimalField, "number"),
    (models.FloatField, "number"),
    (models.IntegerField, "number"),
    (models.JSONField, "json"),
    (models.CharField, "text"),
]


@dataclass(frozen=True, kw_only=True)
class Field:
    """`kind`: text, long, number, money, date, datetime, time, bool, choice, multi, link, email, phone, url,
    tags, json, computed.

    `path` is how the ORM reaches it; None when it cannot be queried. `choices` are (value, label) pairs.
    """

    name: str
    label: Any
    kind: str
    path: str | None = None
    choices: tuple[tuple[Any, Any], ...] = ()
    is_nullable: bool = False
    is_required: bool = False
    is_editable: bool = True
    link_model: Any = None
    model_field: Any = None
    custom: CustomField | None = None
    column: Column | None = None
    filter: Filter | None = None
    help: Any = ""

    @property
    def is_sortable(self) -> bool:
        return self.path is not None and self.kind not in {"json", "multi", "tags", "long"}

    @property
    def is_filterable(self) -> bool:
        return self.filter is not None or (self.path is not None and self.kind != "json")

    @property
    def is_for_people(self) -> bool:
        """Bookkeeping columns without a word of their own are left out of menus and settings."""
        plain = (
            self.model_field is not None and str(self.label).lower() == self.name.replace("_", " ").lower()
        )
        return self.is_editable or not plain or self.name in DATES

    def choice_label(self, value: Any) -> Any:
        return dict(self.choices).get(value, value)

    def value_of(self, record: Any) -> Any:
        """The raw value on a row: Python types, a record for links, a list for multi and tags; None where
        a board asks for what no record has."""
        if self.column:
            return self.column.value(record)
        if self.custom:
            return (record.custom or {}).get(self.custom.key)
        if self.kind == "tags":
            return getattr(record, "tag_list", None) or []
        return getattr(record, self.name, None)

    def sort_expression(self) -> Any:
        """What to order by."""
        if not self.custom:
            return F(str(self.path))
        return custom_expression(self.custom)


class OwnValue(Func):
    """What an own field holds, as text on PostgreSQL and as it was kept on SQLite.

    The key stands in the statement itself, not as a parameter: only so does a database see that an index is
    made of it.
    """

    function = "JSON_EXTRACT"
    output_field = models.TextField()

    def __init__(self, key: str) -> None:
        if not KEY.fullmatch(key):
            raise ValueError(f"{key!r} is not the key of an own field")
        self.key = key
        super().__init__(F("custom"))

    def as_sql(self, compiler: Any, connection: Any, *more: Any, **extra: Any) -> Any:
        column, params = compiler.compile(self.source_expressions[0])
        return f"JSON_EXTRACT({column}, '$.\"{self.key}\"')", params

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(compiler, connection, **more)

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        column, params = compiler.compile(self.source_expressions[0])
        return f"({column} ->> '{self.key}')", params


def custom_expression(custom: CustomField) -> Any:
    """An own field as a typed SQL expression; the same one its index is made of."""
    output: dict[str, models.Field[Any, Any]] = {
        "number": models.DecimalField(max_digits=20, decimal_places=4),
        "money": models.DecimalField(max_digits=20, decimal_places=4),
        "link": models.BigIntegerField(),
    }
    text = OwnValue(custom.key)
    return Cast(text, output[custom.kind]) if custom.kind in output else text


def fields_of(resource: Resource) -> dict[str, Field]:
    """Every field of a noun by name, own ones as `own.key`.

    One query (own fields); the names of tags only when asked for.
    """
    found = {field.name: field for field in model_fields(resource)}
    for column in columns_of(resource):
        if isinstance(column, Column):
            found[column.name] = Field(
                name=column.name, label=column.label, kind=column.kind, is_editable=False, column=column,
                path=column.path or None, is_nullable=True,
            )  # fmt: skip
    for extra in filters_of(resource):
        known = found.get(extra.name)
        choices = tuple(extra.choices()) if extra.choices else ()
        found[extra.name] = (
            replace(known, filter=extra)
            if known
            else Field(
                name=extra.name,
                label=extra.label,
                kind=extra.kind,
                filter=extra,
                choices=choices,
                is_editable=False,
            )
        )
    if hasattr(resource.model, "custom"):
        for custom in CustomField.objects.filter(noun=resource.noun, is_active=True):
            found[OWN + custom.key] = _own_field(custom)
    if getattr(resource.model, "is_tagged", False):
        found["tags"] = _tags_field()
    return found


def shown_fields(resource: Resource, user: Any) -> dict[str, Field]:
    """Those this user may see, in clear or masked."""
    rights = user.rights
    return {
        name: field
        for name, field in fields_of(resource).items()
        if rights.level(resource.model, name) != "hidden"
    }


def default_columns(resource: Resource) -> list[str]:
    return [column.name if isinstance(column, Column) else column for column in resource.columns]


def pickable_columns(resource: Resource, user: Any) -> list[Field]:
    """All columns a reader can choose from: declared ones first, then own fields."""
    fields = shown_fields(resource, user)
    declared = [column.name if isinstance(column, Column) else column for column in columns_of(resource)]
    names = dict.fromkeys([*declared, *(name for name in fields if name.startswith(OWN)), "tags"])
    return [fields[name] for name in names if name in fields]


def kind_of(field: models.Field[Any, Any]) -> str:
    """A model field's kind. A field may say its own: `field.relasi_kind = "money"`."""
    said = getattr(field, "relasi_kind", "")
    if said:
        return str(said)
    if field.choices:
        return "choice"
    return next((kind for cls, kind in KINDS if isinstance(field, cls)), "text")


def model_fields(resource: Resource) -> list[Field]:
    """The fields the table itself has, without own ones: no query. Nobody sets what is mere bookkeeping."""
    fields = []
    bookkeeping = getattr(resource.model, "unlogged_fields", ())
    for field in resource.model._meta.concrete_fields:
        if field.name in {"custom", "password", "token_hash"} or field.name in resource.where:
            continue
        kind = kind_of(field)
        fields.append(
            Field(
                name=field.name,
                label=_label_of(field),
                kind=kind,
                path=field.name,
                choices=_choices_of(resource.model, field),
                is_nullable=bool(field.null),
                is_required=not field.blank and field.editable and not field.has_default(),
                is_editable=field.editable and not field.primary_key and field.name not in bookkeeping,
                link_model=field.related_model if kind == "link" else None,
                model_field=field,
                help=field.help_text,
            )
        )
    return fields


def _choices_of(model: type[Any], field: models.Field[Any, Any]) -> Any:
    """A field may name its choices only when they are read: `field.relasi_choices()`. Of a field that several
    nouns share, only what makes sense for this one.
    """
    later = getattr(field, "relasi_choices", None)
    if later:
        return SimpleLazyObject(lambda: tuple(later()))
    only = getattr(model, "offered_choices", {}).get(field.name)
    choices = tuple(field.flatchoices) if field.choices else ()
    return tuple(choice for choice in choices if only is None or choice[0] in only)


def _label_of(field: models.Field[Any, Any]) -> Any:
    said: Any = field.verbose_name
    return DATES.get(field.name) or (str(said).capitalize() if isinstance(said, str) else said)


def _own_field(custom: CustomField) -> Field:
    return Field(
        name=OWN + custom.key,
        label=custom.label,
        kind=custom.kind,
        path=f"custom__{custom.key}",
        choices=tuple((option["value"], option.get("label", option["value"])) for option in custom.options),
        is_nullable=True,
        is_required=custom.is_required,
        link_model=next((r.model for r in resources() if r.name == custom.link_to), None),
        custom=custom,
    )


def _tags_field() -> Field:
    from relasi.kit.records.models import Tag

    choices: Any = SimpleLazyObject(lambda: tuple((tag.name, tag.name) for tag in Tag.objects.all()[:500]))
    return Field(name="tags", label=_("Tags"), kind="tags", path="tags", choices=choices)
