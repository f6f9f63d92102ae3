"""What a form asks for: one `Input` for each field, with what was typed or stands, and what is wrong with
it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from relasi.kit.access.models import User
from relasi.kit.records.record import EMPTY
from relasi.kit.resources import cells, repeats
from relasi.kit.resources.declaration import Resource
from relasi.kit.resources.fields import OWN, Field
from relasi.kit.resources.registry import resources
from relasi.kit.resources.values import write

TYPES = {
    "long": "textarea", "date": "date", "datetime": "datetime-local", "time": "time", "bool": "checkbox",
    "choice": "select", "multi": "multi", "link": "link", "email": "email", "phone": "tel", "url": "url",
    "tags": "tags", "repeat": "repeat",
}  # fmt: skip
NUMBERS = {"number", "money"}
WIDE = {"long", "multi", "tags"}


@dataclass(frozen=True, kw_only=True)
class Input:
    """`value` is the text of the control (a list for several choices), `shown` what a link's text box
    says."""

    field: Field
    type: str
    value: Any = ""
    shown: str = ""
    error: str = ""
    is_required: bool = False
    options_url: str = ""
    hint: Any = ""
    placeholder: str = ""

    @property
    def name(self) -> str:
        return self.field.name

    @property
    def id(self) -> str:
        return f"f-{self.field.name.replace('.', '-')}"

    @property
    def is_wide(self) -> bool:
        return self.field.kind in WIDE

    @property
    def choices(self) -> list[tuple[Any, Any]]:
        """For a select: with an empty line where nothing may be chosen."""
        if self.type == "select" and (not self.is_required or not self.value):
            return [("", "—"), *self.field.choices]
        return list(self.field.choices)

    @property
    def often(self) -> list[tuple[str, Any]]:
        """For a repetition: how often it can be."""
        return repeats.choices(self.value)

    @property
    def parted(self) -> tuple[str, str]:
        """For a repetition: how often it is, and its last day."""
        return repeats.parted(self.value)

    @property
    def inputmode(self) -> str | None:
        return "decimal" if self.field.kind in NUMBERS else None

    @property
    def is_secret(self) -> bool:
        return self.field.kind == "identity"


def inputs_of(
    fields: Iterable[Field],
    values: Mapping[str, Any],
    problems: Mapping[str, list[str]],
    *,
    user: Any,
    resource: Resource,
) -> list[Input]:
    """Inputs in the order of the fields. `values` holds typed text, or Python values of defaults."""
    return [
        _input(field, values.get(field.name, ""), problems.get(field.name, []), user, resource)
        for field in fields
    ]


def blanks(fields: Iterable[Field], record: Any, user: Any) -> dict[str, Any]:
    """The text each control starts with: what the record holds, or the field's default for a new one
    (record None)."""
    return {field.name: _text(field, _held(field, record)) for field in fields}


def posted(data: Any, fields: Iterable[Field]) -> dict[str, Any]:
    """What a posted form says, by field. Fields the form did not show are left out; an identity left empty
    stays as it is."""
    given: dict[str, Any] = {}
    for field in fields:
        if field.kind == "multi":
            if f"{field.name}:shown" in data:
                given[field.name] = data.getlist(field.name)
        elif field.kind == "bool":
            if f"{field.name}:shown" in data:
                given[field.name] = "yes" if field.name in data else "no"
        elif field.kind == "link":
            if field.name in data or f"{field.name}:text" in data:
                given[field.name] = _link_given(data, field)
        elif field.kind == "identity":
            if data.get(field.name) or data.get(f"{field.name}:drop"):
                given[field.name] = data.get(field.name, "")
        elif field.kind == "repeat" and f"{field.name}:until" in data:
            given[field.name] = repeats.joined(data.get(field.name, ""), data[f"{field.name}:until"])
        elif field.name in data:
            given[field.name] = data[field.name]
    return given


def required(values: Mapping[str, Any], fields: Iterable[Field], record: Any = None) -> dict[str, list[str]]:
    """Problems of fields that may not stay empty: own fields of the company, which no table enforces, and
    those shown."""
    problems = {}
    for field in fields:
        if not field.is_required or (not field.custom and field.name not in values):
            continue
        value = values.get(field.name, field.value_of(record) if record is not None else None)
        if value in EMPTY:
            problems[field.name] = [_("This is needed.")]
    return problems


def options(field: Field, words: str, user: Any, *, limit: int = 12) -> list[Any]:
    """Records a link may lead to, as far as the reader may see them, those whose name begins so first."""
    if field.link_model is None:
        return []
    rows = candidates(field, user)
    name = name_field(field.link_model)
    words = words.strip()
    if not words:
        return list(rows.order_by(name)[:limit])
    begins = list(rows.filter(**{f"{name}__istartswith": words}).order_by(name)[:limit])
    if len(begins) < limit and len(words) > 1:
        taken = [row.pk for row in begins]
        begins += list(
            rows.filter(**{f"{name}__icontains": words})
            .exclude(pk__in=taken)
            .order_by(name)[: limit - len(begins)]
        )
    return begins


def candidates(field: Field, user: Any) -> QuerySet[Any]:
    """All rows a link may lead to: colleagues in service for users; else what the reader sees, narrowed as
    the column says."""
    rows = field.link_model._default_manager.all()
    if issubclass(field.link_model, User):
        return rows.filter(is_active=True)  # type: ignore[no-any-return]
    rows = user.rights.visible(rows)
    if hasattr(field.link_model, "archived_at"):
        rows = rows.filter(archived_at__isnull=True)
    if field.custom:
        target = next((one for one in resources() if one.name == field.custom.link_to), None)
        rows = rows.filter(**target.where) if target else rows
    limit = field.model_field.get_limit_choices_to() if field.model_field is not None else {}
    return rows.complex_filter(limit) if limit else rows  # type: ignore[no-any-return]


def name_field(model: Any) -> str:
    names = {column.name for column in model._meta.concrete_fields}
    return next((name for name in ("name", "title", "subject", "email") if name in names), "pk")


def _input(field: Field, value: Any, problems: list[str], user: Any, resource: Resource) -> Input:
    type_ = TYPES.get(field.kind, "text")
    shown = ""
    if type_ == "link":
        value, shown = _link_value(field, value, user)
    elif not isinstance(value, str | list):
        value = _text(field, value)
    if field.kind == "multi" and isinstance(value, str):
        value = [part for part in value.split(",") if part]
    return Input(
        field=field,
        type=type_,
        value=value,
        shown=shown,
        error=" ".join(str(problem) for problem in problems),
        is_required=field.is_required,
        options_url=f"{reverse('resource_options', args=[resource.name])}?field={field.name}"
        if type_ == "link"
        else "",
        hint="" if type_ == "repeat" else field.help or "",
    )


def _held(field: Field, record: Any) -> Any:
    if record is not None:
        return field.value_of(record)
    column = field.model_field
    return column.get_default() if column is not None and column.has_default() else None


def _text(field: Field, value: Any) -> Any:
    """A Python value as its control wants it."""
    if value in EMPTY or field.kind == "identity":
        return [] if field.kind == "multi" else ""
    if field.kind == "multi":
        return [str(part) for part in value]
    if field.kind == "choice":
        return str(value)
    if field.kind == "bool":
        return "yes" if value else ""
    if field.kind == "link":
        return str(getattr(value, "pk", value))
    if field.kind == "datetime":
        return timezone.localtime(value).strftime("%Y-%m-%dT%H:%M")
    if field.kind == "time":
        return value.strftime("%H:%M")
    return write(field, value)


def _link_given(data: Any, field: Field) -> str:
    """The number that was chosen, else the name that was typed."""
    chosen = data.get(field.name, "").strip()
    return str(chosen or data.get(f"{field.name}:text", "").strip())


def _link_value(field: Field, value: Any, user: Any) -> tuple[str, str]:
    """(number, name) of a link; a name that fits nothing stays as it was typed."""
    word = str(getattr(value, "pk", value) or "")
    if not word.isdecimal() or len(word) > 18:
        return "", word
    if field.link_model is None:
        return word, ""
    rows = field.link_model._default_manager.filter(pk=int(word))
    rows = rows if issubclass(field.link_model, User) else user.rights.visible(rows)
    found = rows.first()
    return (word, str(found)) if found else (word, _("Not open to you"))


def by_field(error: ValidationError) -> dict[str, list[str]]:
    """Problems by field; those of the record as a whole under `__all__`. Columns of own fields and sealed
    ones are named."""
    if hasattr(error, "error_dict"):
        return error.message_dict
    return {"__all__": error.messages}


def own_names(fields: Mapping[str, Field]) -> list[str]:
    return [name for name in fields if name.startswith(OWN)]


def shown_value(field: Field, record: Any, user: Any, resource: Resource) -> Any:
    """What stands now, as a cell writes it: beside what was typed, in a stale save."""
    return cells.show(field, record, user, resource=resource, titled=False)
