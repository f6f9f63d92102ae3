"""Roles: a table of nouns × verbs × scope and of fields × level; copies; what one person may do in all."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import ProtectedError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from relasi.administration import matrix
from relasi.administration.doors import may_see, needs, plain
from relasi.administration.people import find_role, people, roles_counted
from relasi.kit.access.models import Role
from relasi.kit.access.models.role import Level, Scope
from relasi.kit.access.requests import Request


@require_GET
@needs("role", "view")
def roles(request: Request) -> HttpResponse:
    context = {"roles": roles_counted(), "can_change": may_see("role", "change")(request.user)}
    return render(request, "administration/roles.html", context)


@require_http_methods(["GET", "POST"])
@needs("role", "view")
def role(request: Request, pk: int) -> HttpResponse:
    """See and set what a role may do. Only lines that changed are judged and kept."""
    found = _role(pk)
    if request.method == "GET":
        return _show(request, found)
    if not may_see("role", "change")(request.user):
        raise PermissionDenied(_("You may not do this."))
    grants, rules = _lines(request)
    try:
        with transaction.atomic():
            found.change(by=request.user, **_basics(request))
            matrix.keep(found, grants=grants, rules=rules, by=request.user)
    except ValidationError as error:
        return _show(request, found, error=" ".join(error.messages), status=422)
    messages.success(request, _("“%(name)s” saved") % {"name": found.name})
    return redirect("role", found.pk)


@require_http_methods(["GET", "POST"])
@needs("role", "add")
def new_role(request: Request) -> HttpResponse:
    """An empty role, or a copy of another (`?copy=`)."""
    given = request.POST.get("copy") or request.GET.get("copy") or ""
    source = find_role(int(given)) if given.isdecimal() and len(given) < 19 else None
    if request.method == "GET":
        return _ask_new(request, source)
    name = plain(request.POST.get("name", ""))
    try:
        made = (
            matrix.copy(source, name=name, by=request.user)
            if source
            else Role.create(by=request.user, name=name)
        )
    except ValidationError as error:
        return _ask_new(request, source, " ".join(error.messages), status=422)
    return redirect("role", made.pk)


@require_POST
@needs("role", "delete")
def delete_role(request: Request, pk: int) -> HttpResponse:
    """Take a role nobody holds away."""
    found = _role(pk)
    if found.users.exists():
        messages.error(
            request, _("“%(name)s” is still held by people. Give them another role first.") % {"name": found}
        )
        return redirect("role", found.pk)
    try:
        found.remove(by=request.user)
    except ProtectedError:
        messages.error(request, _("“%(name)s” is still in use.") % {"name": found})
    return redirect("roles")


@require_GET
@needs("role", "view")
def can_do(request: Request, pk: int) -> HttpResponse:
    """What one person may do, over all their roles, with the role each right comes from."""
    person = next(iter(people(request.user).filter(pk=pk)), None)
    if person is None:
        raise Http404
    lines = [line for noun in matrix.nouns()[1:] if (line := _reach(noun, person))["verbs"]]
    return render(request, "administration/can_do.html", {"who": person, "lines": lines})


def _reach(noun: matrix.Noun, person: Any) -> dict[str, Any]:
    """The verbs a person may do to one noun, by how far they reach, and the fields that stay closed."""
    reach: dict[str, list[Any]] = {scope: [] for scope in ("all", "team", "own")}
    for verb in (*matrix.BASIC_VERBS, *noun.verbs):
        if scope := person.rights.scope(noun.name, verb):
            reach[scope].append(matrix.verb_label(verb, noun))
    verbs = [(matrix.SCOPES[scope], labels) for scope, labels in reach.items() if labels]
    return {"noun": noun, "verbs": verbs, "fields": _closed(noun, person) if verbs else []}


def _closed(noun: matrix.Noun, person: Any) -> list[tuple[Any, Any]]:
    cells = matrix.field_cells(noun, {}, person)
    if person.is_owner:
        return []
    levels = [
        (cell.label, person.rights.levels.get((noun.name, cell.name.split(":")[2])) or cell.inherited)
        for cell in cells
    ]
    return [(label, Level(level).label) for label, level in levels if level != Level.WRITE]


def _show(request: Request, found: Role, *, error: str = "", status: int = 200) -> HttpResponse:
    reader, grants, rules = request.user, matrix.grants_of(found), matrix.rules_of(found)
    nouns = matrix.nouns()
    context = {
        "role": found,
        "error": error,
        "can_change": may_see("role", "change")(reader),
        "can_delete": may_see("role", "delete")(reader),
        "can_add": may_see("role", "add")(reader),
        "verbs": [matrix.VERBS[verb] for verb in ("*", *matrix.BASIC_VERBS)],
        "rows": [(noun, matrix.row(noun, grants, ("*", *matrix.BASIC_VERBS), reader)) for noun in nouns],
        "own_verbs": [(noun, matrix.row(noun, grants, noun.verbs, reader)) for noun in nouns if noun.verbs],
        "field_rows": [(noun, cells) for noun in nouns if (cells := matrix.field_cells(noun, rules, reader))],
        "ruled": {noun for noun, _field in rules},
        "holders": list(found.users.order_by("name")[:100]),
        "scopes": matrix.SCOPES,
        "levels": dict(Level.choices),
    }
    return render(request, "administration/role.html", context, status=status)


def _ask_new(request: Request, source: Role | None, error: str = "", status: int = 200) -> HttpResponse:
    choices = [("", _("no role: it starts empty")), *((one.pk, str(one)) for one in roles_counted())]
    context = {"source": source, "choices": choices, "error": error, "typed": request.POST}
    return render(request, "administration/role_new.html", context, status=status)


def _lines(request: Request) -> tuple[dict[tuple[str, str], str], dict[tuple[str, str], str]]:
    """What the form says of grants and rules, only in words we know."""
    grants: dict[tuple[str, str], str] = {}
    rules: dict[tuple[str, str], str] = {}
    names = {noun.name for noun in matrix.nouns()}
    for name, value in request.POST.items():
        kind, _colon, rest = name.partition(":")
        noun, _colon, word = rest.partition(":")
        if noun not in names or len(word) > 60 or "\x00" in word:
            continue
        if kind == "grant" and value in {"", *Scope.values}:
            grants[noun, word] = value
        if kind == "field" and value in {"", *Level.values}:
            rules[noun, word] = value
    return grants, rules


def _basics(request: Request) -> dict[str, Any]:
    return {
        "name": plain(request.POST.get("name", "")),
        "description": plain(request.POST.get("description", "")),
        "requires_second_factor": bool(request.POST.get("requires_second_factor")),
    }


def _role(pk: int) -> Role:
    found = find_role(pk)
    if found is None:
        raise Http404
    return found


urlpatterns = [
    path("settings/roles/", roles, name="roles"),
    path("settings/roles/new/", new_role, name="role_new"),
    path("settings/roles/<int:pk>/", role, name="role"),
    path("settings/roles/<int:pk>/delete/", delete_role, name="role_delete"),
    path("settings/users/<int:pk>/rights/", can_do, name="user_rights"),
]
