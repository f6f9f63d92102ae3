"""Counts and sums by one field: the figures of a chart, each with the filter that opens the rows behind
it."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone
from django.utils.translation import gettext as _

from relasi.kit.access.models import User
from relasi.kit.resources.fields import Field
from relasi.kit.resources.filtering import And, Node, Test, to_text
from relasi.kit.resources.listing import Listing
from relasi.kit.ui import formats

BARS = 30
KINDS = ("bar", "line", "pie", "donut")
GROUPABLE = {"choice", "link", "bool", "date", "datetime", "text"}
MEASURABLE = {"number", "money"}


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One figure: its name, how many records, the sum of the measure, and the text of the filter behind it
    ("" for the rest)."""

    label: str
    count: int
    total: Any
    filter: str


@dataclass(frozen=True, kw_only=True)
class Chart:
    by: Field
    measure: Field | None
    kind: str
    bars: list[Bar]
    is_cut: bool = False


class ChartError(ValueError):
    """There is no such field to count by, or the reader may not know it."""


def chart_of(asked: Listing, *, by: str, measure: str = "", kind: str = "bar") -> Chart:
    """At most 30 figures over everything that meets the filter. One query, one more for the names of
    links."""
    field = next((f for f in groupable(asked) if f.name == by), None)
    summed = next((f for f in measurable(asked) if f.name == measure), None)
    if field is None or (measure and summed is None):
        raise ChartError(_("There is nothing to count by “%(field)s”.") % {"field": by})
    is_time = field.kind in {"date", "datetime"}
    found = list(_grouped(asked, field, summed)[: BARS + 1])
    names = _names(field, [row[0] for row in found], asked.user)
    bars = [_bar(row, field, names, asked.node) for row in found[:BARS]]
    if is_time:
        bars.reverse()
    elif field.kind == "choice" and not field.custom:
        places = {str(label): place for place, (_key, label) in enumerate(field.choices)}
        bars.sort(key=lambda bar: places.get(bar.label, len(places)))
    return Chart(
        by=field, measure=summed, kind=kind if kind in KINDS else "bar", bars=bars, is_cut=len(found) > BARS
    )


def groupable(asked: Listing) -> list[Field]:
    """Fields the reader may count by, those of the declaration first."""
    fields = [f for f in _ordered(asked) if f.kind in GROUPABLE and f.is_sortable and f.is_for_people]
    return [f for f in fields if not _is_unique(f)]


def measurable(asked: Listing) -> list[Field]:
    """Number fields that make sense summed."""
    return [
        f
        for f in _ordered(asked)
        if f.kind in MEASURABLE and f.path and f.name not in {"id", "version"} and f.is_editable
    ]


def _ordered(asked: Listing) -> list[Field]:
    rights, resource = asked.user.rights, asked.resource
    return [
        field
        for name, field in asked.fields.items()
        if field.path
        and not field.filter
        and name not in {"archived_at", "merged_into"}
        and rights.searchable(resource.model, name)
    ]


def _is_unique(field: Field) -> bool:
    """Names, numbers of things: every bar would be one record. Only short texts of the company's own or
    with choices group well."""
    if field.kind != "text":
        return False
    return (
        field.name in {"name", "title", "subject"}
        or (not field.custom and not field.model_field.max_length)
        or field.name.endswith(("_id", "_key", "_index"))
    )


def _grouped(asked: Listing, field: Field, measure: Field | None) -> QuerySet[Any]:
    rows = asked.rows().order_by()
    if field.kind in {"date", "datetime"} and not field.custom:
        zone: dict[str, Any] = {"tzinfo": timezone.get_current_timezone()} if field.kind == "datetime" else {}
        rows = rows.annotate(_group=TruncMonth(str(field.path), **zone))
    else:
        rows = rows.annotate(_group=field.sort_expression())
    counted = {"_n": Count("pk")} | ({"_total": Sum(measure.sort_expression())} if measure else {})
    names = ["_group", "_n", *(["_total"] if measure else [])]
    order = "-_group" if field.kind in {"date", "datetime"} else "-_total" if measure else "-_n"
    groups: QuerySet[Any] = rows.values("_group").annotate(**counted).order_by(order).values_list(*names)
    return groups


def _names(field: Field, keys: list[Any], user: Any) -> dict[Any, str]:
    if field.kind != "link" or field.link_model is None:
        return {}
    ids = [int(key) for key in keys if key not in (None, "")]
    rows = field.link_model._default_manager.filter(pk__in=ids)
    rows = rows if issubclass(field.link_model, User) else user.rights.visible(rows)
    return {row.pk: str(row) for row in rows}


def _bar(row: Any, field: Field, names: dict[Any, str], node: Node) -> Bar:
    key, count = row[0], row[1]
    total = row[2] if len(row) > 2 else None
    return Bar(
        label=_label(key, field, names),
        count=count,
        total=Decimal(str(total)) if total is not None else None,
        filter=to_text(_behind(key, field, node)),
    )


def _label(key: Any, field: Field, names: dict[Any, str]) -> str:
    if key in (None, ""):
        return _("None")
    if field.kind == "link":
        return names.get(int(key)) or _("Not open to you")
    if field.kind == "choice":
        return str(field.choice_label(key))
    if field.kind == "bool":
        return _("yes") if key else _("no")
    if field.kind in {"date", "datetime"}:
        day = _day(key)
        return formats.date(day, "MMM y")
    return str(key)


def _behind(key: Any, field: Field, node: Node) -> Node:
    """The filter of the chart and this bar's own."""
    parts = node.parts if isinstance(node, And) else (node,)
    return And((*parts, *_tests(key, field)))


def _tests(key: Any, field: Field) -> tuple[Test, ...]:
    if key in (None, ""):
        return (Test(field.name, "empty"),)
    if field.kind in {"date", "datetime"}:
        first = _day(key).replace(day=1)
        last = first.replace(day=monthrange(first.year, first.month)[1])
        return Test(field.name, ">=", (first.isoformat(),)), Test(field.name, "<=", (last.isoformat(),))
    if field.kind == "bool":
        return (Test(field.name, "=", ("yes" if key else "no",)),)
    return (Test(field.name, "=", (str(key),)),)


def _day(key: Any) -> date:
    if isinstance(key, datetime):
        return timezone.localdate(key) if timezone.is_aware(key) else key.date()
    return key if isinstance(key, date) else date.fromisoformat(str(key)[:10])
