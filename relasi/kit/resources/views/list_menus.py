"""What opens over a list: fields to filter by, one test of a filter, the filter as text, sorting, grouping,
columns.
"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from relasi.kit.access.models import User
from relasi.kit.access.requests import Request
from relasi.kit.access.rights import may
from relasi.kit.events.models import noun_of
from relasi.kit.resources import chips, searching
from relasi.kit.resources.asking import OWN_DEFAULT, Asked, asked
from relasi.kit.resources.declaration import Filter, Resource
from relasi.kit.resources.fields import Field, pickable_columns, shown_fields
from relasi.kit.resources.filtering import And, FilterError, Test, parse
from relasi.kit.resources.models import SavedView
from relasi.kit.resources.registry import resources_of_noun
from relasi.kit.resources.views.listing import GROUPED, answer, gate

FEW_CHOICES = 8
OPTIONS = 20
UNKEPT = {"version", "match_key", "birthday_key", "nik_index", "npwp_index", "id"}


@require_http_methods(["GET", "HEAD", "POST"])
def menu(request: Request, resource: Resource, what: str) -> HttpResponse:
    """One of the menus; the address carries the list's own."""
    gate(request, resource)
    if what not in MENUS:
        raise Http404
    if request.method == "POST" and what != "columns":
        return HttpResponseNotAllowed(["GET", "HEAD"])
    return MENUS[what](request, asked(request, resource))


def filter_menu(request: Request, ask: Asked) -> HttpResponse:
    """The fields to filter by: the declared ones first, then the others, then the company's own."""
    fields = filterable(ask.resource, request.user)
    declared = [item.name if isinstance(item, Filter) else item for item in ask.resource.filters]
    declared += [column if isinstance(column, str) else column.name for column in ask.resource.columns]
    first = [fields[name] for name in dict.fromkeys(declared) if name in fields]
    rest = [field for field in fields.values() if field not in first]
    context = {
        "ask": ask,
        "resource": ask.resource,
        "groups": [
            ("", first),
            (_("More"), [f for f in rest if not f.custom]),
            (_("Own fields"), [f for f in rest if f.custom]),
        ],
        "icons": chips.FIELD_ICONS,
        "at": request.GET.get("at", ""),
    }
    return render(request, "resources/list_menu_filter.html", context)


def test_menu(request: Request, ask: Asked) -> HttpResponse:
    return test_form(request, ask)


def test_form(request: Request, ask: Asked, error: str = "") -> HttpResponse:
    """Operator and value of one test: a new one of `field`, or with `do=put` the one at `at`.

    With `error` a 422.
    """
    given = request.GET
    fields = filterable(ask.resource, request.user)
    test = _test_at(ask, given)
    field = fields.get(given.get("field") or (test.field if test else ""))
    if field is None:
        return _gone(request, error or _("That part of the filter is no longer there."))
    values = given.getlist("value") or (
        [given["typed"]] if given.get("typed") else list(test.values) if test else []
    )
    operator = given.get("op") or (test.operator if test else "")
    operators = chips.operators_of(field)
    alike = {"=": "in", "!=": "not in"}
    operator = operator if operator in operators else alike.get(operator, next(iter(operators)))
    context = {
        "ask": ask,
        "resource": ask.resource,
        "field": field,
        "operators": [(key, label) for key, label in operators.items() if _may_ask(field, key)],
        "operator": operator,
        "values": values,
        "options": _options(field, values, request.user),
        "spans": chips.SPANS,
        "widget": _widget(field),
        "do": given.get("do", "add") if given.get("do") in {"add", "put"} else "add",
        "at": given.get("at", ""),
        "may_or": test is not None,
        "error": error,
    }
    response = render(request, "resources/list_menu_test.html", context, status=422 if error else 200)
    if error:
        response["HX-Retarget"] = "#list-menu"
        response["HX-Reswap"] = "innerHTML"
        response["HX-Push-Url"] = "false"
    return response


def _may_ask(field: Field, operator: str) -> bool:
    """Whether something is empty is asked only of fields that can be."""
    return operator not in {"empty", "not empty"} or field.is_nullable or field.kind in MAY_BE_EMPTY


def _widget(field: Field) -> str:
    is_typed = field.filter and not field.choices and field.kind != "bool"
    return "text" if is_typed else WIDGETS.get(field.kind, "text")


@require_safe
def options(request: Request, resource: Resource, field: str) -> HttpResponse:
    """Records that a link field could lead to, by the letters typed: lines for a picker."""
    gate(request, resource)
    found = shown_fields(resource, request.user).get(field)
    if found is None or found.kind != "link" or found.link_model is None:
        raise Http404
    context = {
        "options": link_options(found, request.GET.get("q", ""), request.user),
        "kind": request.GET.get("as", "check"),
        "words": request.GET.get("q", ""),
        "name": "value",
    }
    return render(request, "resources/list_options.html", context)


def link_options(field: Field, words: str, user: Any) -> list[tuple[str, str, str]]:
    """(number, name, second line) of at most 20 records the reader may see, best first."""
    words = words.strip()[:100]
    model = field.link_model
    if issubclass(model, User):
        people = User.objects.active().order_by("name")
        people = people.filter(name__icontains=words) if words else people
        return [(str(person.pk), str(person), person.job_title) for person in people[:OPTIONS]]
    rows = model._default_manager.visible_to(user)
    rows = rows.live() if hasattr(rows, "live") else rows
    narrowed = LINK_KINDS(field, rows)
    if words:
        shown = next(iter(resources_of_noun(noun_of(model))), None)
        if shown:
            narrowed = searching.narrowed(narrowed, words, resource=shown, user=user)
    name = next(
        (n for n in ("name", "title", "subject") if any(f.name == n for f in model._meta.fields)), "pk"
    )
    return [(str(row.pk), str(row), "") for row in narrowed.order_by(name, "pk")[:OPTIONS]]


def LINK_KINDS(field: Field, rows: Any) -> Any:
    limit = field.model_field.get_limit_choices_to() if field.model_field else None
    return rows.filter(**limit) if isinstance(limit, dict) and limit else rows


def text_form(request: Request, ask: Asked) -> HttpResponse:
    """The filter as text, in the place of its chips."""
    context = {"ask": ask, "resource": ask.resource, "text": ask.way.filter, "text_error": ""}
    return render(request, "resources/list_text.html", context)


def sort_menu(request: Request, ask: Asked) -> HttpResponse:
    """Up to three keys, each with its direction."""
    fields = [field for field in filterable(ask.resource, request.user).values() if field.is_sortable]
    current = list(ask.way.sort or ask.resource.sort)[:3]
    context = {
        "ask": ask,
        "resource": ask.resource,
        "fields": fields,
        "keys": [*current, *[""] * (3 - len(current))],
    }
    return render(request, "resources/list_menu_sort.html", context)


def group_menu(request: Request, ask: Asked) -> HttpResponse:
    fields = filterable(ask.resource, request.user)
    grouped = [
        field
        for field in fields.values()
        if field.kind in GROUPED and field.path and field.is_sortable and field.name != ask.resource.title
    ]
    context = {"ask": ask, "resource": ask.resource, "fields": grouped, "icons": chips.FIELD_ICONS}
    return render(request, "resources/list_menu_group.html", context)


def columns_menu(request: Request, ask: Asked) -> HttpResponse:
    """The columns in their order, the shown ones first.

    Sent back, they are kept for this reader or change the address.
    """
    if request.method == "POST":
        return _keep_columns(request, ask)
    pickable = {field.name: field for field in pickable_columns(ask.resource, request.user)}
    shown = [column.name for column in ask.listing(request.user, filter="").columns]
    names = [*[name for name in shown if name in pickable], *[name for name in pickable if name not in shown]]
    context = {
        "ask": ask,
        "resource": ask.resource,
        "columns": [(pickable[name], name in shown) for name in names],
        "title": ask.resource.title,
        "icons": chips.FIELD_ICONS,
    }
    return render(request, "resources/list_menu_columns.html", context)


def _keep_columns(request: Request, ask: Asked) -> HttpResponse:
    """The choice is the reader's own from now on; on a saved view it waits for “Save view”."""
    known = {field.name for field in pickable_columns(ask.resource, request.user)}
    columns = [name for name in dict.fromkeys(request.POST.getlist("c")) if name in known]
    if ask.view is None:
        keep_own_default(ask, request.user, columns=columns)
    given = request.POST.copy()
    given["columns"] = ",".join(columns)
    request.GET = QueryDict(given.urlencode())
    request.method = "GET"
    return answer(request, asked(request, ask.resource))


def keep_own_default(ask: Asked, user: Any, **fields: Any) -> None:
    """How this reader likes the list when no tab is chosen."""
    own = (
        SavedView.objects.visible_to(user)
        .filter(resource=ask.resource.name, name=OWN_DEFAULT, owner=user)
        .first()
    )
    if own:
        own.change(by=user, **fields)
    else:
        SavedView.create(by=user, resource=ask.resource.name, name=OWN_DEFAULT, owner=user, **fields)


def more_menu(request: Request, ask: Asked) -> HttpResponse:
    """Export, import, archive and, on a phone, the menus for which the bar has no room."""
    user: Any = request.user
    context = {
        "ask": ask,
        "resource": ask.resource,
        "may_export": may(user, "export", ask.resource.model),
        "may_import": may(user, "import", ask.resource.model),
        "has_archive": any(field.name == "archived_at" for field in ask.resource.model._meta.fields),
    }
    return render(request, "resources/list_menu_more.html", context)


def filterable(resource: Resource, user: Any) -> dict[str, Field]:
    """The fields this reader can filter by: shown in clear, and meant for people."""
    rights = user.rights
    return {
        name: field
        for name, field in shown_fields(resource, user).items()
        if field.is_filterable
        and name not in UNKEPT
        and rights.searchable(resource.model, name)
        and field.is_for_people
    }


def _test_at(ask: Asked, given: Any) -> Test | None:
    if given.get("do") != "put":
        return None
    try:
        part = chips.at(chips.normal(parse(ask.way.filter)), given.get("at", ""))
    except (FilterError, LookupError):
        return None
    return part if isinstance(part, Test) else None


def _options(field: Field, values: list[str], user: Any) -> list[tuple[str, str, str]]:
    """(value, label, second line): chosen ones first for links, all for choices."""
    if field.kind == "bool":
        return [("yes", _("yes"), ""), ("no", _("no"), "")]
    if field.kind != "link" or not field.link_model:
        return [(str(key), str(label), "") for key, label in field.choices]
    chosen = [(value, label, "") for value, label in _chosen(field, values, user).items()]
    own = [("me", _("me"), ""), ("my team", _("my team"), "")] if issubclass(field.link_model, User) else []
    found = [option for option in link_options(field, "", user) if option[0] not in values]
    return own + chosen + found


def _chosen(field: Field, values: list[str], user: Any) -> dict[str, str]:
    names = chips._names_of_links(And((Test(field.name, "in", tuple(values)),)), {field.name: field}, user)
    return {value: names[field.name, value] for value in values if (field.name, value) in names}


def _gone(request: Request, error: str) -> HttpResponse:
    response = render(request, "resources/list_menu_gone.html", {"error": error}, status=422)
    response["HX-Retarget"] = "#list-menu"
    return response


MAY_BE_EMPTY = {"text", "repeat", "tags", "multi", "phone", "email"}
WIDGETS = {
    "choice": "check", "multi": "check", "tags": "check", "link": "link", "bool": "radio",
    "date": "date", "datetime": "date", "number": "number", "money": "number",
}  # fmt: skip
MENUS = {
    "filter": filter_menu,
    "test": test_menu,
    "text": text_form,
    "sort": sort_menu,
    "group": group_menu,
    "columns": columns_menu,
    "more": more_menu,
}

urlpatterns = [
    path("<resource:resource>/menu/<slug:what>/", menu, name="resource_menu"),
    path("<resource:resource>/options/<str:field>/", options, name="resource_options"),
]
