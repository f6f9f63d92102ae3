"""A verb of a record: GET asks what it needs, POST does it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods

from relasi.kit.access.requests import Request
from relasi.kit.resources.declaration import Resource, Verb
from relasi.kit.resources.doing import NotNow, do, missing
from relasi.kit.resources.entering import blanks, by_field, inputs_of
from relasi.kit.resources.fields import fields_of
from relasi.kit.resources.finding import load
from relasi.kit.resources.registry import verbs_of
from relasi.kit.resources.replies import go, notify, toast
from relasi.kit.resources.writing import understood


@require_http_methods(["GET", "POST"])
def verb(request: Request, resource: Resource, pk: int, name: str) -> HttpResponse:
    """Ask, or do. The form and its errors are a dialog for htmx, a page otherwise."""
    found = next((one for one in verbs_of(resource) if one.name == name), None)
    if found is None:
        raise Http404
    record = load(request, resource, pk, found.right or found.name)
    if request.method == "GET":
        return _ask(request, resource, record, found)
    values, problems, form = _given(request, resource, record, found)
    if problems or (form is not None and form.errors):
        return _ask(request, resource, record, found, problems, form, status=422)
    try:
        batch = do(found, record, values, resource=resource, by=request.user)
    except NotNow as error:
        return _refused(resource, str(error))
    except ValidationError as error:
        if request.headers.get("HX-Request") and not found.form and not found.fields:
            return _refused(resource, " ".join(error.messages))
        problems = by_field(error)
        if form is not None:
            problems = _beside(form, problems)
        return _ask(request, resource, record, found, problems, form, status=422)
    return _done(request, resource, record, found, batch)


def _done(request: Request, resource: Resource, record: Any, found: Verb, batch: Any) -> HttpResponse:
    text = f"{found.label}: {record}"
    if not request.headers.get("HX-Request"):
        notify(request, text, undo=batch)
        return go(request, reverse("resource_record", args=[resource.name, record.pk]))
    events: dict[str, Any] = {"records:changed": {"resource": resource.name}, "dialog:close": {}}
    return toast(HttpResponse(status=204), text, undo=batch, events=events)


def _refused(resource: Resource, why: str) -> HttpResponse:
    """A button that asks nothing has no form to say it in."""
    changed = {"records:changed": {"resource": resource.name}}
    return toast(HttpResponse(status=409), why, kind="error", events=changed)


def _given(
    request: Request, resource: Resource, record: Any, found: Verb
) -> tuple[dict[str, Any], dict[str, list[str]], Any]:
    """(values, problems by field, the bound form)."""
    if found.form:
        form = found.form(request.POST, request.FILES or None, record=record, user=request.user)
        return (dict(form.cleaned_data) if form.is_valid() else {}, {}, form)
    fields = fields_of(resource)
    given = {name: request.POST.get(name, "") for name in found.fields}
    try:
        values = understood(resource, given, user=request.user, fields=fields)
        missing(values, found.fields, fields)
    except ValidationError as error:
        return {}, by_field(error), None
    return values, {}, None


def _beside(form: Any, problems: dict[str, list[str]]) -> dict[str, list[str]]:
    """Put what the record said beside the form's own fields; what has no field there concerns the whole."""
    for name in form.fields.keys() & problems.keys():
        form.add_error(name, problems[name])
    return {
        "__all__": [text for name, texts in problems.items() if name not in form.fields for text in texts]
    }


def _ask(
    request: Request,
    resource: Resource,
    record: Any,
    found: Verb,
    problems: Mapping[str, list[str]] | None = None,
    form: Any = None,
    status: int = 200,
) -> HttpResponse:
    fields = fields_of(resource)
    asked = [] if found.form else [fields[name] for name in found.fields]
    typed = {field.name: request.POST[field.name] for field in asked if field.name in request.POST}
    if found.form and form is None:
        form = found.form(record=record, user=request.user)
    context = {
        "resource": resource,
        "record": record,
        "verb": found,
        "inputs": inputs_of(
            asked,
            {**blanks(asked, record, request.user), **typed},
            problems or {},
            user=request.user,
            resource=resource,
        ),
        "form": form,
        "problems": (problems or {}).get("__all__", []),
    }
    template = "resources/verb.html" if request.headers.get("HX-Request") else "resources/verb_page.html"
    return render(request, template, context, status=status)


urlpatterns = [path("<resource:resource>/<int:pk>/do/<slug:name>/", verb, name="resource_verb")]
