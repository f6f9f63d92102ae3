"""Keyset paging: the next page starts after the last row's sort values, at any depth at the same cost."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from relasi.kit.resources.fields import Field

PAGE = 50


class PageError(ValueError):
    """The cursor is not one of ours, or belongs to another sorting."""


@dataclass(frozen=True)
class Key:
    """One sort key: a field, its direction, and the alias it has in the query; `is_present` where no value is
    empty.
    """

    field: Field
    descending: bool
    alias: str
    is_present: bool = False

    @property
    def nullable(self) -> bool:
        return (self.field.is_nullable or bool(self.field.custom)) and not self.is_present


@dataclass(frozen=True)
class Page:
    rows: list[Any]
    next: str | None


def sort_keys(sort: list[str], fields: dict[str, Field]) -> list[Key]:
    """Keys for names such as `-created_at`, always ending in `id` so that no two rows tie.

    Unknown names raise PageError.
    """
    keys = []
    for place, name in enumerate(sort):
        field = fields.get(name.lstrip("-"))
        if not field or not field.is_sortable:
            raise PageError(_("The list cannot be sorted by “%(name)s”.") % {"name": name})
        alias = f"_sort{place}" if field.custom or field.column else str(field.model_field.attname)
        keys.append(Key(field, name.startswith("-"), alias))
    if not any(key.field.name == "id" for key in keys):
        descending = keys[-1].descending if keys else True
        keys.append(Key(fields["id"], descending, "id"))
    return keys


def ordered(rows: QuerySet[Any], keys: list[Key]) -> QuerySet[Any]:
    """Rows in the order of the keys, empty values last."""
    aliases = {key.alias: key.field.sort_expression() for key in keys if key.alias.startswith("_")}
    sorted_rows: QuerySet[Any] = rows.annotate(**aliases).order_by(*_order(keys))
    return sorted_rows


def _order(keys: list[Key]) -> list[Any]:
    order = []
    for key in keys:
        ref = F(key.alias)
        options = {"nulls_last": True} if key.nullable else {}
        order.append(ref.desc(**options) if key.descending else ref.asc(**options))
    return order


def page(rows: QuerySet[Any], keys: list[Key], after: str | None, size: int = PAGE) -> Page:
    """`size` rows after the cursor. `rows` must already be ordered by `keys`."""
    values = _values(after, keys) if after else None
    found = (
        _two_parts(rows, keys, values, size + 1) if keys[0].nullable else _part(rows, keys, values, size + 1)
    )
    return page_of(found, keys, size)


def page_of(found: list[Any], keys: list[Key], size: int = PAGE) -> Page:
    """The first `size` of the rows, and the mark of the next where there are more."""
    return Page(found[:size], _cursor(found[size - 1], keys) if len(found) > size else None)


def _two_parts(rows: QuerySet[Any], keys: list[Key], values: list[Any] | None, size: int) -> list[Any]:
    """Rows that have the first key, then those that have not: each part walks the index of its own sort."""
    empty = f"{keys[0].alias}__isnull"
    found: list[Any] = []
    if values is None or values[0] is not None:
        present = [replace(keys[0], is_present=True), *keys[1:]]
        found = _part(rows.filter(**{empty: False}).order_by(*_order(present)), present, values, size)
        values = None
    if len(found) < size:
        rest = rows.filter(**{empty: True}).order_by(*_order(keys[1:]))
        found += _part(rest, keys[1:], values[1:] if values else None, size - len(found))
    return found


def _part(rows: QuerySet[Any], keys: list[Key], values: list[Any] | None, size: int) -> list[Any]:
    return list((rows.filter(_beyond(keys, values)) if values else rows)[:size])


def _beyond(keys: list[Key], values: list[Any]) -> Q:
    """Rows strictly after the values: k1 > v1, or k1 = v1 and k2 > v2, …; the first key also as a plain bound
    for its index.
    """
    whole = Q(pk__in=[])
    same = Q()
    for key, value in zip(keys, values, strict=True):
        whole |= same & _after(key, value)
        same &= Q(**{key.alias: value}) if value is not None else Q(**{f"{key.alias}__isnull": True})
    first, value = keys[0], values[0]
    if value is not None and not first.nullable:
        whole &= Q(**{f"{first.alias}__{'lte' if first.descending else 'gte'}": value})
    return whole


def _after(key: Key, value: Any) -> Q:
    if value is None:
        return Q(pk__in=[])
    beyond = Q(**{f"{key.alias}__{'lt' if key.descending else 'gt'}": value})
    return beyond | Q(**{f"{key.alias}__isnull": True}) if key.nullable else beyond


def _cursor(row: Any, keys: list[Key]) -> str:
    values = [getattr(row, key.alias) for key in keys]
    body = json.dumps([[key.field.name for key in keys], values], default=_exact)
    return base64.urlsafe_b64encode(body.encode()).decode().rstrip("=")


def _exact(value: Any) -> str:
    """Days and instants to the microsecond (a rounded one would lose or repeat rows), numbers by digits."""
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _values(cursor: str, keys: list[Key]) -> list[Any]:
    try:
        names, values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if names != [key.field.name for key in keys] or len(values) != len(keys):
            raise ValueError
        return [_typed(key, value) for key, value in zip(keys, values, strict=True)]
    except Exception as error:
        raise PageError(_("This page mark does not fit the list.")) from error


def _typed(key: Key, value: Any) -> Any:
    if value is None or key.field.custom:
        return value
    return key.field.model_field.to_python(value)
