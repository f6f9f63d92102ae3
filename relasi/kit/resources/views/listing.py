"""The list: `/people/` with its tabs, chips and rows; further rows, groups, totals and the exact count come
after the page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from markupsafe import Markup

from relasi.kit.access.models.role import Scope
from relasi.kit.access.requests import Request
from relasi.kit.access.rights import may
from relasi.kit.resources import cells, chips
from relasi.kit.resources.asking import Asked, asked, layouts_of
from relasi.kit.resources.declaration import Resource
from relasi.kit.resources.fields import OWN, Field
from relasi.kit.resources.filtering import And, FilterError, Node, Test, parse, to_text
from relasi.kit.resources.listing import Listing
from relasi.kit.resources.models import SavedView
from relasi.kit.resources.paging import PageError
from relasi.kit.ui import formats

NUMBERS = {"number", "money"}
GROUPED = {"choice", "link", "bool", "text"}
OPEN_GROUPS = 5
MOST_AGAIN = 1000
LAYOUT_ICONS = {"table": "table", "board": "layout-kanban", "calendar": "calendar", "chart": "chart-bar"}


@dataclass(frozen=True)
class Column:
    """One heading: its field, where a click sorts to, and whether its cells are edited in place."""

    field: Field
    is_title: bool
    is_number: bool
    is_editable: bool
    direction: str
    rank: int
    href: str
    href_more: str


@dataclass(frozen=True)
class Row:
    id: int
    version: int
    href: str
    is_open: bool
    cells: list[Markup | str]


@require_safe
def list_page(request: Request, resource: Resource) -> HttpResponse:
    """The page, or for htmx its inside; `?rows=1` only further rows; `?do=` first changes the filter by one
    chip.
    """
    gate(request, resource)
    ask = asked(request, resource)
    if request.GET.get("do"):
        return _changed_filter(request, ask)
    if request.GET.get("rows"):
        return render(
            request, "resources/list_rows.html", rows_context(ask, request.user, request.GET.get("after"))
        )
    return answer(request, ask)


def answer(request: Request, ask: Asked) -> HttpResponse:
    """The list as the address asks for it: whole for a browser, its inside for htmx."""
    inner = bool(request.headers.get("HX-Request")) and "list" in request.headers.get("HX-Target", "")
    inner = inner and not request.headers.get("HX-History-Restore-Request")
    template = "resources/list_body.html" if inner else "resources/list.html"
    response = render(request, template, page_context(ask, request))
    if inner:
        response["HX-Push-Url"] = ask.url()
    response["Vary"] = "HX-Request, HX-Target"
    return response


@require_POST
def rows_again(request: Request, resource: Resource) -> HttpResponse:
    """Rows that are on the page already (`ids`), as they stand now; those that left the list are left out."""
    gate(request, resource)
    ask = asked(request, resource)
    words = request.POST.get("ids", "").split(",")[:MOST_AGAIN]
    ids = [int(word) for word in words if word.isdecimal() and len(word) < 19]
    try:
        listing = ask.listing(request.user)
        here = set(listing.rows().filter(pk__in=ids).values_list("pk", flat=True))
    except (FilterError, PageError) as error:
        return HttpResponse(str(error), status=422)
    columns = columns_of(ask, listing, request.user)
    rows = rows_of(listing, listing.only([pk for pk in ids if pk in here]), columns, request.user)
    context = {"resource": resource, "columns": columns, "rows": rows, "next_url": "", "error": ""}
    return render(request, "resources/list_rows.html", context)


@require_safe
def groups(request: Request, resource: Resource) -> HttpResponse:
    """The headings of a grouped list with their counts; each group's rows are fetched when it is opened."""
    gate(request, resource)
    ask = asked(request, resource)
    context = rows_context(ask, request.user, only_columns=True)
    if not context.get("error"):
        context["groups"] = _groups(ask, context["listing"], request.user)
    return render(request, "resources/list_groups.html", context)


@require_safe
def totals(request: Request, resource: Resource) -> HttpResponse:
    """The foot of the list, counted exactly: how many, and sum and average of what the noun totals."""
    gate(request, resource)
    ask = asked(request, resource)
    try:
        rows = ask.listing(request.user)
    except (FilterError, PageError) as error:
        return HttpResponse(str(error), status=422)
    summed = rows.figures()
    shown = [
        {
            "label": rows.fields[name].label,
            "sum": _figure(rows.fields[name], both["sum"]),
            "average": _figure(rows.fields[name], both["average"]),
        }
        for name, both in summed["fields"].items()
    ]
    return render(
        request,
        "resources/list_totals.html",
        {"resource": resource, "count": summed["count"], "totals": shown},
    )


def gate(request: Request, resource: Resource) -> None:
    """Those who may see no row of this noun get no list of it."""
    if not may(request.user, "view", resource.model) and not resource.rows(request.user).exists():
        raise PermissionDenied(_("You may not see this list."))


def page_context(ask: Asked, request: Request) -> dict[str, Any]:
    """Everything the page shows. At most nine queries beside those of the frame."""
    user: Any = request.user
    resource = ask.resource
    grouped = ask.way.layout == "table" and bool(ask.way.group)
    context = rows_context(ask, user, only_columns=grouped or ask.way.layout != "table")
    error = context.get("error", "")
    listing: Listing | None = context.get("listing")
    return {
        **context,
        "tabs": _tabs(ask),
        "chips": ()
        if error or listing is None
        else chips.chips_of(chips.normal(listing.node), listing.fields, user),
        "layouts": _layouts(ask),
        "group_field": listing.fields.get(ask.way.group) if listing and ask.way.group else None,
        "has_totals": bool(resource.totals),
        "count_text": _count_text(context, listing),
        "may_add": resource.can_create and may(user, "add", resource.model),
        "may_import": bool(resource.importer or resource.can_create) and may(user, "import", resource.model),
        "may_export": may(user, "export", resource.model),
        "may_save": ask.view is not None and ask.view.may_be_changed_by(user),
        "is_narrowed": bool(ask.way.filter or ask.words),
        "plain_query": ask.plain_query(),
        "sort_label": _sort_label(listing),
    }


def rows_context(
    ask: Asked, user: Any, after: str | None = None, *, only_columns: bool = False
) -> dict[str, Any]:
    """The headings and one page of rows; `error` in plain words when the address asks for what cannot be."""
    resource = ask.resource
    context: dict[str, Any] = {"ask": ask, "resource": resource, "columns": [], "rows": [], "next_url": ""}
    try:
        listing = ask.listing(user)
        found = None if only_columns else listing.page(after)
    except (FilterError, PageError) as error:
        return {**context, "error": str(error), "error_is_filter": isinstance(error, FilterError)}
    context["listing"] = listing
    context["columns"] = columns = columns_of(ask, listing, user)
    if found:
        context["rows"] = rows_of(listing, found.rows, columns, user)
        context["next_url"] = ask.url(after=found.next, rows=1) if found.next else ""
        context["is_first"] = after is None
    return context


def columns_of(ask: Asked, listing: Listing, user: Any) -> list[Column]:
    """The headings of a listing."""
    resource = ask.resource
    directions = {
        key.field.name: ("descending" if key.descending else "ascending", rank)
        for rank, key in enumerate(listing.keys[:-1] or listing.keys, 1)
    }
    may_change = may(user, "change", resource.model) or bool(
        user.rights._shared_ids(resource.model, "change")
    )
    return [
        _column(ask, field, directions, may_change and is_inline(resource, field, user), user)
        for field in listing.columns
    ]


def is_inline(resource: Resource, field: Field, user: Any) -> bool:
    """Whether a field is edited in its cell by this reader."""
    offered = field.name in resource.inline or field.name.startswith(OWN) or field.name == "tags"
    return offered and field.is_editable and bool(user.rights.writable(resource.model, field.name))


def _column(
    ask: Asked, field: Field, directions: dict[str, tuple[str, int]], editable: bool, user: Any
) -> Column:
    direction, rank = directions.get(field.name, ("", 0))
    sortable = field.is_sortable and user.rights.searchable(ask.resource.model, field.name)
    turned = f"-{field.name}" if direction == "ascending" else field.name
    others = tuple(name for name in (ask.way.sort or ask.resource.sort) if name.lstrip("-") != field.name)
    return Column(
        field=field,
        is_title=field.name == ask.resource.title,
        is_number=field.kind in NUMBERS,
        is_editable=editable,
        direction=direction,
        rank=rank if len(directions) > 1 else 0,
        href=ask.url(sort=(turned,)) if sortable else "",
        href_more=ask.url(sort=(*others, turned)) if sortable else "",
    )


def rows_of(listing: Listing, records: list[Any], columns: list[Column], user: Any) -> list[Row]:
    """Records as rows of written cells.

    At most one query for each column of links, and one for who may be changed.
    """
    beside = [column.field for column in columns]
    writers = [cells.writer(field, user, resource=listing.resource, beside=beside) for field in beside]
    open_ids = _changeable(listing, records, user) if any(column.is_editable for column in columns) else set()
    base = f"/{listing.resource.name}/"
    return [
        Row(
            record.pk,
            record.version,
            f"{base}{record.pk}/",
            record.pk in open_ids,
            [write(record) for write in writers],
        )
        for record in records
    ]


def _changeable(listing: Listing, records: list[Any], user: Any) -> set[int]:
    """Which of these the reader may change; one query at most."""
    ids = {record.pk for record in records}
    if user.rights.scope(listing.resource.noun, "change") == Scope.ALL:
        return ids
    return set(listing.resource.rows(user, "change").filter(pk__in=ids).values_list("pk", flat=True))


def _changed_filter(request: Request, ask: Asked) -> HttpResponse:
    """`do=add|put|drop|turn` with `at`, `field`, `op`, `value`: the list with the filter changed by one chip.
    """
    given = request.GET
    try:
        tree = chips.normal(parse(ask.way.filter))
        changed = _filter_after(tree, given, ask, request.user)
        text = to_text(changed)
        ask.listing(request.user, filter=changed)
    except (FilterError, ValueError, LookupError) as error:
        from relasi.kit.resources.views.list_menus import test_form

        said = (
            str(error) if isinstance(error, ValueError) else _("That part of the filter is no longer there.")
        )
        return test_form(request, ask, error=said)
    url = ask.url(filter=text)
    if not request.headers.get("HX-Request"):
        return redirect(url)
    request.GET = QueryDict(url.partition("?")[2])
    return answer(request, asked(request, ask.resource))


def _filter_after(tree: And, given: Any, ask: Asked, user: Any) -> Node:
    do, place = given["do"], given.get("at", "")
    if do == "drop":
        return chips.without(tree, place)
    if do == "turn":
        return chips.turned(tree, place)
    fields = ask.listing(user, filter="", sort=()).fields
    field = fields.get(given.get("field", ""))
    if field is None:
        raise FilterError(
            _("There is no field “%(field)s” to filter by.") % {"field": given.get("field", "")}
        )
    values = [value for value in given.getlist("value") if value] or [given.get("typed", "")]
    test = chips.made_test(field, given.get("op") or "=", values)
    return chips.put(tree, place, test) if do == "put" else chips.added(tree, place, test)


def _tabs(ask: Asked) -> list[dict[str, Any]]:
    everything = _("All %(things)s") % {"things": str(ask.resource.label).lower()}
    own = [
        {
            "label": everything,
            "href": ask.url(view=None, **_plain_way(ask)),
            "is_current": ask.view is None,
            "view": None,
        }
    ]
    return own + [
        {
            "label": view.name,
            "href": f"/{ask.resource.name}/?view={view.pk}",
            "is_current": view == ask.view,
            "view": view,
            "icon": SCOPE_ICONS[SavedView.Scope(view.scope)],
        }
        for view in ask.views
    ]


SCOPE_ICONS = {SavedView.Scope.PRIVATE: "", SavedView.Scope.TEAM: "users", SavedView.Scope.ALL: "world"}


def _plain_way(ask: Asked) -> dict[str, Any]:
    return {
        "filter": "",
        "sort": (),
        "columns": (),
        "layout": "table",
        "group": "",
        "words": "",
        "archived": False,
    }


def _layouts(ask: Asked) -> list[dict[str, Any]]:
    words = {"table": _("Table"), "board": _("Board"), "calendar": _("Calendar"), "chart": _("Chart")}
    return [
        {
            "label": words[name],
            "href": ask.url(layout=name),
            "icon": LAYOUT_ICONS[name],
            "is_current": ask.way.layout == name,
        }
        for name in layouts_of(ask.resource)
    ]


def _count_text(context: dict[str, Any], listing: Listing | None) -> str:
    """How many there are: told by the page itself when it holds them all, else counted up to the cap."""
    if listing is None:
        return ""
    if context["rows"] and not context["next_url"]:
        return formats.number(len(context["rows"]))
    count, more = listing.count()
    return f"{formats.number(count)}{'+' if more else ''}"


def _sort_label(listing: Listing | None) -> str:
    if listing is None:
        return ""
    return ", ".join(str(key.field.label) for key in listing.keys[:-1]) or str(listing.keys[0].field.label)


def _groups(ask: Asked, listing: Listing, user: Any) -> list[dict[str, Any]]:
    """What a grouped list is folded into: label, count, and where its rows are."""
    field = listing.fields.get(ask.way.group)
    if field is None or not field.is_filterable or field.path is None:
        return []
    found = listing.groups(field.name)
    if field.kind == "choice":
        order = {value: place for place, (value, _label) in enumerate(field.choices)}
        found = sorted(found, key=lambda pair: order.get(pair[0], len(order)))
    labels = _group_labels(field, [value for value, _count in found], user)
    return [
        {
            "label": labels.get(value) or _("None"),
            "tone": cells.tone_of(field, value, ask.resource),
            "count": count,
            "is_open": place < OPEN_GROUPS,
            "url": ask.url(filter=to_text(_narrowed(listing.node, field, value)), group="", rows=1),
        }
        for place, (value, count) in enumerate(found)
    ]


def _group_labels(field: Field, values: list[Any], user: Any) -> dict[Any, str]:
    if field.kind != "link" or field.link_model is None:
        return {
            value: chips.value_label(field, str(value), {}) for value in values if value not in (None, "")
        }
    named = cells.names_of(field.link_model, [value for value in values if value], user)
    return {value: named.get(int(value), _("Not open to you")) for value in values if value}


def _narrowed(node: Node, field: Field, value: Any) -> Node:
    """The filter of one group."""
    empty = value is None or value == ""
    test = Test(field.name, "empty") if empty else Test(field.name, "=", (_said(value),))
    parts = chips.normal(node).parts
    return And((*parts, test))


def _said(value: Any) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _figure(field: Field, value: Any) -> str:
    if value is None:
        return "—"
    return (
        formats.money(value)
        if field.kind == "money"
        else formats.number(round(value, 1), 0 if value == int(value) else 1)
    )


urlpatterns = [
    path("<resource:resource>/", list_page, name="resource_list"),
    path("<resource:resource>/rows/", rows_again, name="resource_rows"),
    path("<resource:resource>/groups/", groups, name="resource_groups"),
    path("<resource:resource>/totals/", totals, name="resource_totals"),
]
