"""Files of a record: add, fetch, take away. Every id is asked for through the record it hangs on."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from relasi.kit.access.requests import Request
from relasi.kit.access.rights import may
from relasi.kit.resources import attaching, batches
from relasi.kit.resources.declaration import Resource
from relasi.kit.resources.finding import allow, load
from relasi.kit.resources.replies import go, toast


@require_http_methods(["GET", "POST"])
def attachments(request: Request, resource: Resource, pk: int) -> HttpResponse:
    """The files with a place to add some; POST `file` (several) keeps them."""
    record = _attached(request, resource, pk)
    if request.method == "GET":
        return _show(request, resource, record)
    allow(request, "attach", record)
    uploads = request.FILES.getlist("file")
    problems = [] if uploads else [_("Choose a file first.")]
    for upload in uploads:
        try:
            attaching.attach(record, upload, by=request.user)
        except ValidationError as error:
            problems += error.messages
    return _show(request, resource, record, problems, status=422 if problems else 200)


@require_GET
def attachment(request: Request, resource: Resource, pk: int, file: int) -> HttpResponseBase:
    """The file as a download."""
    found = attaching.find(_attached(request, resource, pk), file)
    if found is None:
        raise Http404
    try:
        return attaching.download(found)
    except FileNotFoundError:
        raise Http404(_("The file is no longer in the storage.")) from None


@require_POST
def delete(request: Request, resource: Resource, pk: int, file: int) -> HttpResponse:
    """Take a file away, with an undo. Who put it there may, and who may delete the record."""
    record = _attached(request, resource, pk)
    found = attaching.find(record, file)
    if found is None:
        raise Http404
    allow(request, "attach", record)
    if found.uploader_id != request.user.pk and not may(request.user, "delete", record):
        raise PermissionDenied(_("Only who added a file can take it away."))
    text = _("“%(name)s” taken away") % {"name": found.name}
    batch = batches.begin("edit", resource.name, by=request.user, title=text)
    found.remove(by=request.user, batch=batch.token)
    if not request.headers.get("HX-Request"):
        return go(request, f"{reverse('resource_record', args=[resource.name, pk])}?tab=files")
    return toast(HttpResponse(""), text, undo=batch)


def _attached(request: Request, resource: Resource, pk: int) -> Any:
    record = load(request, resource, pk)
    if not getattr(record, "is_attached", False):
        raise Http404
    return record


def _show(
    request: Request,
    resource: Resource,
    record: Any,
    problems: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    can = may(request.user, "attach", record)
    files = attaching.of(record)
    may_delete = (
        can
        and any(file.uploader_id != request.user.pk for file in files)
        and may(request.user, "delete", record)
    )
    context = {
        "resource": resource,
        "record": record,
        "files": files,
        "can_attach": can,
        "removable": {
            file.pk for file in files if can and (may_delete or file.uploader_id == request.user.pk)
        },
        "problems": problems or [],
    }
    is_part = bool(request.headers.get("HX-Request"))
    if request.method == "POST" and not is_part and not problems:
        return go(request, f"{reverse('resource_record', args=[resource.name, record.pk])}?tab=files")
    return render(
        request,
        "resources/attachments.html" if is_part else "resources/attachments_page.html",
        context,
        status=status,
    )


urlpatterns = [
    path("<resource:resource>/<int:pk>/attachments/", attachments, name="resource_attachments"),
    path("<resource:resource>/<int:pk>/attachments/<int:file>/", attachment, name="resource_attachment"),
    path(
        "<resource:resource>/<int:pk>/attachments/<int:file>/delete/",
        delete,
        name="resource_attachment_delete",
    ),
]
