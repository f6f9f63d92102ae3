"""Making and changing a record by a form: a dialog for htmx, a page otherwise. A stale save shows both
versions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from relasi.kit.access.requests import Request
from relasi.kit.access.rights import may
from relasi.kit.records.record import EMPTY, Stale
from relasi.kit.resources import batches, cells, hints
from relasi.kit.resources.declaration import Resource
from relasi.kit.resources.entering import (
    blanks,
    by_field,
    inputs_of,
    name_field,
    options,
    own_names,
    posted,
    required,
    shown_value,
)
from relasi.kit.resources.facts import load as load_cells
from relasi.kit.resources.facts import ready, shown_names
from relasi.kit.resources.fields import Field, shown_fields
from relasi.kit.resources.finding import allow
from relasi.kit.resources.registry import resource_of
from relasi.kit.resources.replies import go, notify, toast
from relasi.kit.resources.views.listing import gate
from relasi.kit.resources.writing import change, create, understood

OPTIONS_SHOWN = 12


@dataclass(kw_only=True)
class Form:
    """One filling of a record's form: the fields it may show, what was typed, what is wrong."""

    resource: Resource
    user: Any
    record: Any = None
    fields: dict[str, Field]
    main: list[str]
    more: list[str]
    start: dict[str, Any]
    typed: dict[str, Any] = field(default_factory=dict)
    problems: dict[str, list[str]] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        return [*self.main, *self.more]

    @property
    def asked(self) -> list[Field]:
        return [self.fields[name] for name in self.names]

    def inputs(self, names: list[str]) -> list[Any]:
        chosen = [self.fields[name] for name in names]
        values = {**self.start, **self.typed}
        return inputs_of(chosen, values, self.problems, user=self.user, resource=self.resource)


@require_http_methods(["GET", "POST"])
def new(request: Request, resource: Resource) -> HttpResponse:
    """A new record. The address may say what to begin with (`?company=7`)."""
    allow(request, "add", resource.model)
    if not resource.can_create:
        raise PermissionDenied(_("These records are not made by hand."))
    form = _form(request, resource, None)
    if request.method == "GET":
        form.start |= _from_address(request, form)
        return _show(request, form)
    form.typed = posted(request.POST, form.asked)
    try:
        made = _create(request, form)
    except ValidationError as error:
        form.problems = _named(error, form)
        return _show(request, form, status=422)
    text = _("%(noun)s “%(title)s” created") % {"noun": resource.label_one, "title": made}
    if request.headers.get("HX-Request") and request.POST.get("stay") == "1":
        events: dict[str, Any] = {"records:changed": {"resource": resource.name}, "dialog:close": {}}
        return toast(HttpResponse(status=204), text, events=events)
    notify(request, text)
    if "another" in request.POST:
        return go(request, reverse("resource_new", args=[resource.name]))
    return go(request, reverse("resource_record", args=[resource.name, made.pk]))


@require_http_methods(["GET", "POST"])
def edit(request: Request, resource: Resource, pk: int) -> HttpResponse:
    """Change a record. When somebody else saved it since the form was opened, both versions are shown to
    choose from."""
    record = _found(request, resource, pk)
    form = _form(request, resource, record)
    if request.method == "GET":
        return _show(request, form)
    form.typed = posted(request.POST, form.asked)
    was = _was(request, form)
    mine = {name: text for name, text in form.typed.items() if text != was.get(name, form.start.get(name))}
    mine = {name: text for name, text in mine.items() if request.POST.get(f"keep:{name}") != "theirs"}
    if _version(request) not in (None, record.version) and (theirs := _theirs(form, was)):
        return _show_both(request, form, mine, theirs)
    return _change(request, form, mine)


@require_GET
def choices(request: Request, resource: Resource) -> HttpResponse:
    """What a link may lead to (`?field=company&q=maju`), or without `field` the noun's own records; those
    one may see."""
    gate(request, resource)
    words = request.GET.get("q", "")[:100]
    name = request.GET.get("field", "")
    if name:
        field_ = shown_fields(resource, request.user).get(name)
        if field_ is None or field_.kind != "link":
            raise Http404
        found = options(field_, words, request.user, limit=OPTIONS_SHOWN)
    else:
        column = name_field(resource.model)
        rows = resource.rows(request.user).live().order_by(column)
        found = list(
            rows.filter(**{f"{column}__icontains": words})[:OPTIONS_SHOWN] if words else rows[:OPTIONS_SHOWN]
        )
    shown = resource_of(found[0]) if found else None
    prefetch_related_objects(found, *(shown.preload if shown else ()))
    lines = [_option(row, request.user) for row in found]
    if "json" in request.headers.get("Accept", ""):
        return JsonResponse({"options": lines})
    return render(request, "resources/form_options.html", {"options": lines, "words": words})


def _option(row: Any, user: Any) -> dict[str, Any]:
    """A record as a line of a picker; its second line only of fields that are open to the reader."""
    shown = resource_of(row)
    names = [name for name in ("job_title", "city") if user.rights.searchable(type(row), name)]
    detail = (
        shown.subtitle(row)
        if shown and shown.subtitle
        else next((str(told) for name in names if (told := getattr(row, name, ""))), "")
    )
    return {"value": row.pk, "label": str(row), "detail": detail}


def _found(request: Request, resource: Resource, pk: int) -> Any:
    """The record with what its cells need, when the reader may change it."""
    fields = shown_fields(resource, request.user)
    names = [*shown_names(resource, fields), "tags"]
    record = ready(resource.rows(request.user), resource, fields, names).filter(pk=pk).first()
    if record is None:
        raise Http404(_("There is no such record, or you may not see it."))
    allow(request, "change", record)
    load_cells(record, request.user, [fields[name] for name in dict.fromkeys(names) if name in fields])
    return record


def _form(request: Request, resource: Resource, record: Any) -> Form:
    """Fields the reader may write: first those of `create_fields` and the required own ones, the rest under
    “more”."""
    fields = shown_fields(resource, request.user)
    rights = request.user.rights

    def usable(name: str) -> bool:
        return (
            name in fields
            and fields[name].is_editable
            and fields[name].kind != "json"
            and rights.writable(resource.model, name)
        )

    everything = [
        name
        for name in dict.fromkeys([*shown_names(resource, fields), *_tag_name(fields), *own_names(fields)])
        if usable(name)
    ]
    first = [name for name in resource.create_fields if usable(name)] or everything[:12]
    first += [
        name for name in everything if fields[name].custom and fields[name].is_required and name not in first
    ]
    more = [name for name in everything if name not in first]
    start = blanks([fields[name] for name in [*first, *more]], record, request.user)
    if record is None and "owner" in start:
        start["owner"] = str(request.user.pk)
    return Form(
        resource=resource, user=request.user, record=record, fields=fields, main=first, more=more, start=start
    )


def _tag_name(fields: Mapping[str, Field]) -> list[str]:
    return ["tags"] if "tags" in fields else []


def _from_address(request: Request, form: Form) -> dict[str, Any]:
    return {name: request.GET[name][:500] for name in form.names if name in request.GET}


@transaction.atomic
def _create(request: Request, form: Form) -> Any:
    given = {name: text for name, text in form.typed.items() if text not in EMPTY or name in request.POST}
    values = understood(form.resource, given, user=request.user, fields=form.fields)
    values = {name: value for name, value in values.items() if value not in EMPTY}
    if problems := required(values, [known for known in form.asked if known.custom]):
        raise ValidationError(problems)
    if "owner" in form.fields and "owner" not in form.typed:
        values["owner"] = request.user
    made = create(form.resource, values, by=request.user)
    if not may(request.user, "add", made):
        raise PermissionDenied(_("You may only add records that you look after yourself."))
    return made


def _change(request: Request, form: Form, mine: dict[str, Any]) -> HttpResponse:
    resource, record = form.resource, form.record
    try:
        values = understood(resource, mine, user=request.user, fields=form.fields)
        if problems := required(
            values, [form.fields[name] for name in form.names if form.fields[name].custom], record
        ):
            raise ValidationError(problems)
        with transaction.atomic():
            batch = batches.begin(
                "edit", resource.name, by=request.user, title=_("Edited: %(title)s") % {"title": record}
            )
            changed = change(record, values, by=request.user, batch=batch.token, if_version=record.version)
            transaction.set_rollback(not changed)
    except ValidationError as error:
        form.problems = _named(error, form)
        return _show(request, form, status=422)
    except Stale:
        return edit(request, resource, record.pk)
    text = _("“%(title)s” saved") % {"title": record} if changed else _("Nothing was changed.")
    if request.headers.get("HX-Request"):
        events: dict[str, Any] = {"records:changed": {"resource": resource.name}, "dialog:close": {}}
        return toast(HttpResponse(status=204), text, undo=batch if changed else None, events=events)
    notify(request, text, undo=batch if changed else None)
    return go(request, reverse("resource_record", args=[resource.name, record.pk]))


def _named(error: ValidationError, form: Form) -> dict[str, list[str]]:
    """Problems beside the fields that are shown; what belongs to none of them above the form."""
    problems = by_field(error)
    strange = [text for name, texts in problems.items() if name not in form.names for text in texts]
    beside = {name: texts for name, texts in problems.items() if name in form.names}
    return {**beside, "__all__": strange} if strange else beside


def _version(request: Request) -> int | None:
    version = request.POST.get("version", "")
    return int(version) if version.isdecimal() and len(version) < 10 else None


def _was(request: Request, form: Form) -> dict[str, Any]:
    """What the form showed when it was opened; it only tells which fields the reader touched."""
    try:
        was = json.loads(request.POST.get("was", "") or "{}")
    except (ValueError, RecursionError):
        was = {}
    return {name: was[name] for name in form.names if name in was} if isinstance(was, dict) else {}


def _theirs(form: Form, was: dict[str, Any]) -> set[str]:
    """Fields somebody else changed since: what stands now is not what the form showed."""
    return {name for name in form.names if name in was and form.start.get(name) != was[name]}


def _show_both(request: Request, form: Form, mine: dict[str, Any], theirs: set[str]) -> HttpResponse:
    """Both versions of every field either side changed; the reader's own is chosen where it was touched."""
    rows = []
    for name in form.names:
        if name not in theirs and name not in mine:
            continue
        known = form.fields[name]
        rows.append(
            {
                "field": known,
                "is_both": name in theirs and name in mine and mine[name] != form.start.get(name),
                "is_mine": name in mine,
                "typed": mine.get(name, form.start.get(name)),
                "mine": _as_read(known, mine[name], form) if name in mine else None,
                "theirs": shown_value(known, form.record, request.user, form.resource),
            }
        )
    context = {"resource": form.resource, "record": form.record, "rows": rows, "was": json.dumps(form.start)}
    is_dialog = bool(request.headers.get("HX-Request"))
    return render(
        request,
        "resources/form_stale.html" if is_dialog else "resources/form_stale_page.html",
        context,
        status=409,
    )


def _as_read(known: Field, text: Any, form: Form) -> Any:
    """Typed text in words: the label of a choice, the name behind a number."""
    if text in EMPTY:
        return ""
    shown = inputs_of([known], {known.name: text}, {}, user=form.user, resource=form.resource)[0]
    if known.kind in {"choice", "multi"}:
        return ", ".join(
            str(known.choice_label(part)) for part in ([text] if isinstance(text, str) else text)
        )
    return shown.shown or shown.value


def _show(request: Request, form: Form, status: int = 200) -> HttpResponse:
    resource, record = form.resource, form.record
    has_more_problem = any(name in form.problems for name in form.more)
    context = {
        "resource": resource,
        "record": record,
        "main": form.inputs(form.main),
        "more": form.inputs(form.more),
        "is_more_open": has_more_problem,
        "problems": form.problems.get("__all__", []),
        "was": json.dumps(_was(request, form) or form.start),
        "version": request.POST.get("version") or (record.version if record is not None else ""),
        "hints": hints.urls_of(resource.name),
        "action": reverse("resource_edit", args=[resource.name, record.pk])
        if record is not None
        else reverse("resource_new", args=[resource.name]),
        "draft": f"{resource.name}/{record.pk if record is not None else 'new'}",
        "stay": request.POST.get("stay", request.GET.get("stay", "")),
        "face": cells.face(str(record), key=record.pk) if record is not None else "",
    }
    template = "resources/form_dialog.html" if request.headers.get("HX-Request") else "resources/form.html"
    return render(request, template, context, status=status)


urlpatterns = [
    path("<resource:resource>/new/", new, name="resource_new"),
    path("<resource:resource>/options/", choices, name="resource_options"),
    path("<resource:resource>/<int:pk>/edit/", edit, name="resource_edit"),
]
