"""What happened to a record, and bringing an older value back."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from relasi.kit.access.requests import Request
from relasi.kit.access.rights import may
from relasi.kit.resources import batches
from relasi.kit.resources.declaration import Resource
from relasi.kit.resources.fields import shown_fields
from relasi.kit.resources.finding import load
from relasi.kit.resources.history import event_of, history_of
from relasi.kit.resources.history import restore as bring_back
from relasi.kit.resources.replies import go, toast


@require_GET
def history(request: Request, resource: Resource, pk: int) -> HttpResponse:
    """Entries for the record page (asked by htmx) or as a page; `?before=` the next ones."""
    record = load(request, resource, pk)
    fields = shown_fields(resource, request.user)
    before = request.GET.get("before", "")
    entries, following = history_of(
        record,
        resource,
        request.user,
        fields,
        before=int(before) if before.isdecimal() and len(before) < 19 else None,
        may_change=may(request.user, "change", record),
    )
    context = {
        "resource": resource,
        "record": record,
        "entries": entries,
        "following": following,
        "is_more": bool(before),
    }
    template = (
        "resources/history.html" if request.headers.get("HX-Request") else "resources/history_page.html"
    )
    return render(request, template, context)


@require_POST
def restore(request: Request, resource: Resource, pk: int, event: int) -> HttpResponse:
    """Set `field` back to what it was before the event."""
    record = load(request, resource, pk, "change")
    found = event_of(record, event)
    if found is None:
        raise Http404
    fields = shown_fields(resource, request.user)
    name = request.POST.get("field", "")
    try:
        with transaction.atomic():
            title = _("Restored: %(title)s") % {"title": record}
            batch = batches.begin("edit", resource.name, by=request.user, title=title)
            changed = bring_back(
                record, found, name, resource=resource, by=request.user, fields=fields, batch=batch.token
            )
            transaction.set_rollback(not changed)
    except ValidationError as error:
        return toast(HttpResponse(status=409), " ".join(error.messages), kind="error")
    if not request.headers.get("HX-Request"):
        return go(request, f"/{resource.name}/{pk}/?tab=history")
    text = (
        _("%(field)s is as it was before.") % {"field": fields[name].label}
        if changed
        else _("It is like that already.")
    )
    answer = HttpResponse(status=204)
    return toast(
        answer, text, undo=batch if changed else None, events={"records:changed": {"resource": resource.name}}
    )


urlpatterns = [
    path("<resource:resource>/<int:pk>/history/", history, name="resource_history"),
    path("<resource:resource>/<int:pk>/history/<int:event>/restore/", restore, name="resource_restore"),
]
