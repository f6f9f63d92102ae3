"""Shapes of what the API takes and gives, made from a noun's fields."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.db import models
from pydantic import BaseModel, ConfigDict, create_model
from pydantic import Field as Shape

from relasi.kit.access.models.role import Level
from relasi.kit.resources import cells
from relasi.kit.resources.declaration import Resource, Verb
from relasi.kit.resources.fields import Field, model_fields, shown_fields

INTEGER = {
    "PositiveIntegerField",
    "IntegerField",
    "SmallIntegerField",
    "PositiveSmallIntegerField",
    "BigIntegerField",
}
INTEGER |= {"BigAutoField", "PositiveBigIntegerField", "AutoField"}
SMALL, LARGE = -(2**31), 2**31 - 1
TimeOfDay = Annotated[str, Shape(pattern=r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$", examples=["14:30"])]
"""Of a clock on the wall, without a zone: what JSON Schema calls `time` has one."""


class Link(BaseModel):
    """Another record: its number and, where the reader may see it, its name."""

    id: int
    name: str | None = None


class Problem(BaseModel):
    """What went wrong, in plain words; `fields` by field where a value is at fault; `current` on a stale
    save.
    """

    error: str
    message: str
    fields: dict[str, list[str]] = {}
    current: dict[str, Any] | None = None


class HistoryEntry(BaseModel):
    id: int
    at: datetime
    verb: str
    by: str
    by_id: int | None
    changes: dict[str, list[Any]]
    note: str


class History(BaseModel):
    items: list[HistoryEntry]
    next: str | None


class CommentIn(BaseModel):
    model_config = ConfigDict(extra="forbid")
    body: Annotated[str, Shape(min_length=1, max_length=20_000)]


class CommentOut(BaseModel):
    id: int
    by: str
    by_id: int
    at: datetime
    body: str


class Comments(BaseModel):
    items: list[CommentOut]


def out_schema(resource: Resource) -> type[BaseModel]:
    """A record as the API gives it. Fields the key may not see are left out; masked ones come masked."""
    fields: dict[str, Any] = {"id": (int, ...), "version": (int, ...), "url": (str, ...)}
    for field in model_fields(resource):
        if field.name in {"id", "version"} or field.kind == "json" or is_internal(field):
            continue
        fields[field.name] = (_out_type(field) | None, None)
    if hasattr(resource.model, "custom"):
        fields["own"] = (dict[str, Any], {})
    if getattr(resource.model, "is_tagged", False):
        fields["tags"] = (list[str], [])
    return create_model(f"{resource.model.__name__}", **fields)


def list_schema(resource: Resource, one: type[BaseModel]) -> type[BaseModel]:
    """A page: `next` is the mark for `after`, None on the last page; `count` stops at 1,000
    (`count_is_capped`).
    """
    return create_model(
        f"ListOf{resource.model.__name__}",
        items=(list[one], ...),  # type: ignore[valid-type]
        next=(str | None, None),
        count=(int | None, None),
        count_is_capped=(bool, False),
    )


def in_schema(resource: Resource, *, creating: bool) -> type[BaseModel]:
    """What may be sent: only editable fields; unknown names are refused."""
    fields: dict[str, Any] = {}
    for field in model_fields(resource):
        if field.is_editable and field.kind != "json" and not is_internal(field):
            required = creating and field.is_required
            fields[field.name] = (_in_type(field), ...) if required else (_in_type(field) | None, None)
    if hasattr(resource.model, "custom"):
        fields["own"] = (dict[str, Any], {})
    if getattr(resource.model, "is_tagged", False):
        fields["tags"] = (list[Annotated[str, Shape(min_length=1, max_length=60)]], [])
    name = f"{resource.model.__name__}{'Create' if creating else 'Change'}"
    return create_model(name, __config__=ConfigDict(extra="forbid"), **fields)


def verb_schema(resource: Resource, verb: Verb) -> type[BaseModel] | None:
    """What a verb asks for; None when nothing."""
    if not verb.fields:
        return None
    known = {field.name: field for field in model_fields(resource)}
    fields: dict[str, Any] = {
        name: ((_in_type(known[name]) if name in known else str) | None, None) for name in verb.fields
    }
    name = f"{resource.model.__name__}{verb.name.title().replace('_', '')}"
    return create_model(name, __config__=ConfigDict(extra="forbid"), **fields)




def is_internal(field: Field) -> bool:
    """Columns that exist for the machine: keys, marks, encrypted indexes."""
    return field.name.endswith(("_index", "_key", "_hash")) or field.name in {"merged_into", "path"}


def record_out(
    resource: Resource, record: Any, user: Any, fields: dict[str, Field] | None = None
) -> dict[str, Any]:
    """A record as plain data under the reader's rights."""
    fields = fields or shown_fields(resource, user)
    data: dict[str, Any] = {
        "id": record.pk,
        "version": record.version,
        "url": f"/{resource.name}/{record.pk}/",
    }
    own: dict[str, Any] = {}
    for name, field in fields.items():
        if field.column or field.kind == "json" or not (field.model_field or field.custom or name == "tags"):
            continue
        if field.custom:
            own[field.custom.key] = _value(field, record, user)
        elif name == "tags":
            data["tags"] = [tag.name for tag in getattr(record, "tag_list", [])]
        elif not is_internal(field):
            data[name] = _link(record, field, user) if field.kind == "link" else _value(field, record, user)
    if hasattr(resource.model, "custom"):
        data["own"] = own
    return data


def _value(field: Field, record: Any, user: Any) -> Any:
    """The raw value, or what is shown of it where the reader may not have it in clear."""
    if field.kind in cells.MASKS or user.rights.level(type(record), field.name) == Level.MASKED:
        return cells.text(field, record, user)
    return field.value_of(record)


def _link(record: Any, field: Field, user: Any) -> dict[str, Any] | None:
    pk = getattr(record, field.model_field.attname)
    if pk is None:
        return None
    target = cells.readable_link(field, record, user)
    return {"id": pk, "name": None if target is None else str(target)}


def _out_type(field: Field) -> Any:
    if field.kind == "link":
        return Link
    if field.kind in {"multi", "tags"}:
        return list[str]
    if field.kind == "number" or (field.kind == "choice" and _is_integer(field)):
        return int if _is_integer(field) else Decimal
    simple = {"money": Decimal, "date": date, "datetime": datetime, "time": TimeOfDay, "bool": bool}
    return simple.get(field.kind, str)


def _in_type(field: Field) -> Any:
    if field.kind == "choice":
        keys = [key for key, _label in field.choices]
        keys = keys if field.is_required or _is_integer(field) else ["", *[key for key in keys if key != ""]]
        return Literal[tuple(keys)]
    if field.kind == "link":
        return Annotated[int, Shape(gt=0, lt=2**62)]
    if field.kind == "number" and _is_integer(field):
        low = 0 if "Positive" in field.model_field.get_internal_type() else SMALL
        return Annotated[int, Shape(ge=low, le=LARGE)]
    simple = {
        "money": Decimal,
        "number": Decimal,
        "date": date,
        "datetime": datetime,
        "time": TimeOfDay,
        "bool": bool,
    }
    if field.kind in simple:
        return simple[field.kind]
    longest = getattr(field.model_field, "max_length", None) or 100_000
    return Annotated[str, Shape(max_length=longest, min_length=1 if field.is_required else 0)]


def _is_integer(field: Field) -> bool:
    model_field: models.Field[Any, Any] | None = field.model_field
    return model_field is not None and model_field.get_internal_type() in INTEGER
