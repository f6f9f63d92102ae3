"""One value edited where it stands: GET answers with its editor, POST keeps it.

The grid and the record page share it.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from relasi.kit.access.models import User
from relasi.kit.access.requests import Request
from relasi.kit.events.models import Event
from relasi.kit.records.record import Stale
from relasi.kit.resources import batches, cells, repeats
from relasi.kit.resources.declaration import Resource
from relasi.kit.resources.entering import Input, blanks, inputs_of, posted, required
from relasi.kit.resources.fields import Field, fields_of
from relasi.kit.resources.finding import load
from relasi.kit.resources.listing import load_cells
from relasi.kit.resources.replies import toast
from relasi.kit.resources.writing import change, understood


@require_http_methods(["GET", "POST"])
def cell(request: Request, resource: Resource, pk: int, field: str) -> HttpResponse:
    """The editor; `?show=1` the value; POST: 200 the new value, 422 the editor with its error, 409 both
    versions.
    """
    record = load(request, resource, pk, "view" if request.GET.get("show") else "change")
    known = _field(request, resource, field)
    load_cells([known], [record], request.user)
    if request.GET.get("show"):
        return _shown(request, resource, record, known)
    _refuse_unwritable(request, resource, known)
    if request.method == "GET":
        return _editor(request, resource, record, known, blanks([known], record, request.user))
    return _keep(request, resource, record, known)


def _keep(request: Request, resource: Resource, record: Any, field: Field) -> HttpResponse:
    given = posted(request.POST, [field])
    if field.name not in given:
        return _shown(request, resource, record, field)
    try:
        values = understood(resource, given, user=request.user, fields={field.name: field})
        problems = required(values, [field], record)
        if problems:
            raise ValidationError(problems)
        if _changed_since(request, record, field):
            return _both(request, resource, record, field, given)
        batch = _write(request, resource, record, field, values)
    except ValidationError as error:
        return _editor(request, resource, record, field, given, _said(error), status=422)
    except Stale as stale:
        load_cells([field], [stale.current], request.user)
        return _both(request, resource, stale.current, field, given)
    answer = _shown(request, resource, record, field)
    if batch is None:
        return answer
    text = _("%(field)s of “%(title)s” changed") % {"field": field.label, "title": record}
    events: dict[str, Any] = {"cell:saved": {"id": record.pk, "field": field.name, "version": record.version}}
    if request.POST.get("kept"):
        events["dialog:close"] = {}
    return toast(answer, text, undo=batch, events=events)


def _write(request: Request, resource: Resource, record: Any, field: Field, values: dict[str, Any]) -> Any:
    """The batch of the change, None when nothing differed."""
    title = _("%(field)s of “%(title)s”") % {"field": field.label, "title": record}
    with transaction.atomic():
        batch = batches.begin("edit", resource.name, by=request.user, title=title)
        changed = change(record, values, by=request.user, batch=batch.token, if_version=record.version)
        if not changed:
            transaction.set_rollback(True)
    record.__dict__.pop("_links", None)
    load_cells([field], [record], request.user)
    return batch if changed else None


def _changed_since(request: Request, record: Any, field: Field) -> bool:
    """Whether this value (not merely this record) was saved by somebody else after the editor was opened."""
    version = request.POST.get("version", "")
    if not version.isdecimal() or len(version) > 9 or int(version) == record.version:
        return False
    return request.POST.get("was", "") != _mark(field, record, request.user)


def _both(
    request: Request, resource: Resource, record: Any, field: Field, given: dict[str, Any]
) -> HttpResponse:
    """Both versions, and the choice between them."""
    last = Event.objects.of(record).first()
    typed = inputs_of([field], given, {}, user=request.user, resource=resource)[0]
    context = {
        **_context(resource, record, field, typed, request.user),
        "address": request.get_full_path(),
        "mine": _as_read(field, typed),
        "theirs": cells.show(field, record, request.user, resource=resource, titled=False),
        "by": last.actor_name if last else "",
        "at": last.at if last else None,
    }
    return render(request, "resources/cell_both.html", context, status=409)


def _editor(
    request: Request,
    resource: Resource,
    record: Any,
    field: Field,
    values: dict[str, Any],
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    problems = {field.name: [error]} if error else {}
    typed = inputs_of([field], values, problems, user=request.user, resource=resource)[0]
    return render(
        request,
        "resources/cell_editor.html",
        _context(resource, record, field, typed, request.user),
        status=status,
    )


def _context(resource: Resource, record: Any, field: Field, typed: Input, user: Any) -> dict[str, Any]:
    return {
        "resource": resource,
        "record": record,
        "field": field,
        "input": typed,
        "version": record.version,
        "was": _mark(field, record, user),
    }


def _mark(field: Field, record: Any, user: Any) -> str:
    """What the value is, for telling whether it changed; nothing of values that are not shown in clear."""
    if field.kind in cells.MASKS or field.kind == "identity":
        return str(record.version)
    held = blanks([field], record, user)[field.name]
    return ",".join(held) if isinstance(held, list) else str(held)


def _as_read(field: Field, typed: Input) -> Any:
    if field.kind in {"choice", "multi"}:
        parts = typed.value if isinstance(typed.value, list) else [typed.value]
        return ", ".join(str(field.choice_label(part)) for part in parts if part)
    if field.kind == "repeat":
        return repeats.words(typed.value)
    return typed.shown or typed.value


def _shown(request: Request, resource: Resource, record: Any, field: Field) -> HttpResponse:
    titled = request.GET.get("in") == "list"
    html = cells.show(field, record, request.user, resource=resource, titled=titled)
    answer = HttpResponse(html)
    answer["Relasi-Version"] = str(record.version)
    return answer


def _field(request: Request, resource: Resource, name: str) -> Field:
    known = fields_of(resource).get(name)
    user: User = request.user
    if known is None or user.rights.level(resource.model, name) == "hidden":
        raise Http404(_("There is no such field."))
    return known


def _refuse_unwritable(request: Request, resource: Resource, field: Field) -> None:
    user: User = request.user
    if not field.is_editable or not user.rights.writable(resource.model, field.name):
        raise PermissionDenied(_("You may not change %(field)s.") % {"field": field.label})


def _said(error: ValidationError) -> str:
    return " ".join(str(text) for text in error.messages)


urlpatterns = [path("<resource:resource>/<int:pk>/cell/<str:field>/", cell, name="resource_cell")]
