"""The facts of a record as its page shows them: grouped as declared, written for this reader, empty ones
set apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from relasi.kit.resources import cells
from relasi.kit.resources.declaration import Resource
from relasi.kit.resources.fields import OWN, Field, default_columns
from relasi.kit.resources.listing import load_cells

SHOWN_ELSEWHERE = {"tags", "archived_at", "merged_into"}
WIDE = {"long"}


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One field of one record. `edit_url` is empty where the reader cannot change it in place, `number` where
    it is none that the reader may call."""

    field: Field
    html: Any
    edit_url: str
    number: str = ""

    @property
    def is_empty(self) -> bool:
        return not self.html

    @property
    def is_wide(self) -> bool:
        return self.field.kind in WIDE


@dataclass(frozen=True, kw_only=True)
class FactGroup:
    label: Any
    facts: list[Fact]
    is_folded: bool = False


@dataclass(frozen=True, kw_only=True)
class Facts:
    """`empty` are the facts without a value, over all groups, in their order."""

    groups: list[FactGroup]
    empty: list[Fact]


def facts_of(
    resource: Resource,
    record: Any,
    user: Any,
    fields: dict[str, Field],
    *,
    may_change: bool,
    keep_empty: bool = False,
) -> Facts:
    """Every fact the reader may see. A group with nothing but empty facts is left out; they stand under
    `empty`."""
    writers = {
        name: _fact(resource, record, user, fields[name], may_change)
        for name in shown_names(resource, fields)
    }
    groups, empty = [], []
    for label, names, folded in _layout(resource, fields):
        facts = [writers[name] for name in names if name in writers]
        filled = facts if keep_empty else [fact for fact in facts if not fact.is_empty]
        empty += [] if keep_empty else [fact for fact in facts if fact.is_empty]
        if filled:
            groups.append(FactGroup(label=label, facts=filled, is_folded=folded))
    return Facts(groups=groups, empty=empty)


def shown_names(resource: Resource, fields: dict[str, Field]) -> list[str]:
    """The fields of the record page, each once."""
    return list(dict.fromkeys(name for _label, names, _folded in _layout(resource, fields) for name in names))


def ready(
    rows: QuerySet[Any], resource: Resource, fields: dict[str, Field], names: Iterable[str]
) -> QuerySet[Any]:
    """The rows with what these fields need: annotations of computed columns, declared preloads. `load`
    fetches the rest."""
    chosen = [fields[name] for name in names if name in fields]
    rows = rows.prefetch_related(*resource.preload) if resource.preload else rows
    for field in chosen:
        if field.column and field.column.annotate:
            rows = field.column.annotate(rows)
    return rows


def load(record: Any, user: Any, fields: Iterable[Field]) -> None:
    """Fetch what the cells of one record need besides its row: tags, links of own fields, computed
    columns."""
    wanted = list(fields)
    load_cells(wanted, [record], user)
    cells.load_links(wanted, [record], user)


def _fact(resource: Resource, record: Any, user: Any, field: Field, may_change: bool) -> Fact:
    return Fact(
        field=field,
        html=cells.show(field, record, user, resource=resource, titled=False),
        edit_url=_edit_url(resource, record, user, field) if may_change else "",
        number=_number(resource, record, user, field),
    )


def _number(resource: Resource, record: Any, user: Any, field: Field) -> str:
    """A telephone number in clear, to be called by a click."""
    is_shown = field.kind == "phone" and user.rights.searchable(resource.model, field.name)
    return str(field.value_of(record) or "") if is_shown else ""


def _edit_url(resource: Resource, record: Any, user: Any, field: Field) -> str:
    if not field.is_editable or field.kind == "json" or not user.rights.writable(resource.model, field.name):
        return ""
    return reverse("resource_cell", args=[resource.name, record.pk, field.name])


def _layout(resource: Resource, fields: dict[str, Field]) -> list[tuple[Any, list[str], bool]]:
    """(label, field names, folded): the declared groups, then own fields nobody placed; the columns where
    nothing is declared."""
    declared = [(group.label, list(group.fields), group.folded) for group in resource.groups]
    layout = declared or [(_("Details"), default_columns(resource), False)]
    placed = {name for _label, names, _folded in layout for name in names}
    own = [name for name in fields if name.startswith(OWN) and name not in placed]
    if own:
        layout.append((_("Own fields"), own, False))
    return [
        (label, [n for n in names if n in fields and n not in SHOWN_ELSEWHERE], folded)
        for label, names, folded in layout
    ]
