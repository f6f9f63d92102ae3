"""A small list of another noun beside a record: its rows that point here."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from relasi.kit.resources import cells
from relasi.kit.resources.declaration import Related, Resource
from relasi.kit.resources.facts import ready
from relasi.kit.resources.fields import Field, default_columns, shown_fields
from relasi.kit.resources.filtering import Test, to_text
from relasi.kit.resources.listing import load_cells
from relasi.kit.resources.paging import ordered, sort_keys
from relasi.kit.resources.registry import find

COUNTED = 100
COLUMNS = 3


def related_list(box: Related, record: Any, user: Any, *, limit: int) -> dict[str, Any] | None:
    """What `resources/record_related.html` needs; None when the other noun is gone or closed to the reader.

    `lines`: (record, address, title, details as HTML); `count` up to 100, `more` whether there are others.
    """
    other = find(box.resource)
    if other is None or not user.rights.scope(other.noun, "view"):
        return None
    fields = shown_fields(other, user)
    columns = _columns(box, other, fields)
    rows = other.rows(user).live().filter(**{box.via: record.pk})
    keys = sort_keys([box.sort] if box.sort else list(other.sort), fields)
    found = list(ordered(ready(rows, other, fields, [field.name for field in columns]), keys)[: limit + 1])
    load_cells(columns, found[:limit], user)
    cells.load_links(columns, found[:limit], user)
    counted = len(rows.order_by().values_list("pk")[: COUNTED + 1]) if len(found) > limit else len(found)
    return {
        "other": other,
        "lines": [_line(row, other, columns, user) for row in found[:limit]],
        "count": min(counted, COUNTED),
        "is_capped": counted > COUNTED,
        "has_more": counted > limit,
        "add_url": _add_url(box, other, record, user),
        "list_url": _list_url(box, other, record),
    }


def _columns(box: Related, other: Resource, fields: dict[str, Field]) -> list[Field]:
    names = (
        box.columns
        or [name for name in default_columns(other) if name not in {other.title, box.via}][:COLUMNS]
    )
    return [fields[name] for name in names if name in fields and name != other.title]


def _line(row: Any, other: Resource, columns: list[Field], user: Any) -> dict[str, Any]:
    shown = [(field, cells.show(field, row, user, resource=other)) for field in columns]
    return {
        "record": row,
        "url": reverse("resource_record", args=[other.name, row.pk]),
        "title": str(getattr(row, other.title, "") or row),
        "details": [(field, html) for field, html in shown if html],
    }


def _list_url(box: Related, other: Resource, record: Any) -> str:
    pointing = to_text(Test(box.via, "=", (str(record.pk),)))
    return f"{reverse('resource_list', args=[other.name])}?{urlencode({'filter': pointing})}"


def _add_url(box: Related, other: Resource, record: Any, user: Any) -> str:
    if not other.can_create or not user.rights.scope(other.noun, "add"):
        return ""
    begun = {**_shared_links(other, record), box.via: record.pk}
    return f"{reverse('resource_new', args=[other.name])}?{urlencode(begun)}"


def _shared_links(other: Resource, record: Any) -> dict[str, Any]:
    """What both lead to by the same name, such as the customer of a deal and of its quote; not the owner."""
    own = {link.name: link for link in record._meta.concrete_fields if link.is_relation}
    both = {
        link.name: getattr(record, link.attname)
        for link in other.model._meta.concrete_fields
        if link.name in other.create_fields
        and link.name in own
        and link.name != "owner"
        and link.related_model is own[link.name].related_model
    }
    return {name: pk for name, pk in both.items() if pk is not None}
