"""Taking a list away as a file: small ones at once, large ones by a job that writes a file to fetch."""

from __future__ import annotations

import tempfile
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.db import transaction
from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from relasi.kit.access.requests import Request
from relasi.kit.access.rights import may
from relasi.kit.resources import exporting
from relasi.kit.resources.asking import Asked, asked
from relasi.kit.resources.declaration import Resource
from relasi.kit.resources.exported import ExportFile
from relasi.kit.resources.filtering import FilterError
from relasi.kit.resources.paging import PageError
from relasi.kit.resources.replies import go, toast

LISTED = 20


@require_safe
def export(request: Request, resource: Resource) -> HttpResponseBase:
    """`?format=csv|xlsx|json` and the list's own address; without a format the reader's files."""
    _gate(request, resource)
    kind = request.GET.get("format", "")
    if not kind:
        return _files(request, resource)
    if kind not in exporting.MIME:
        raise Http404
    ask = asked(request, resource)
    try:
        listing = ask.listing(request.user, verb="export")
        count = exporting.how_many(listing)
    except (FilterError, PageError) as error:
        return render(
            request, "resources/export_refused.html", {"resource": resource, "error": str(error)}, status=422
        )
    if count > exporting.AT_ONCE:
        return _later(request, resource, kind, ask)
    exporting.told(listing, kind, count, by=request.user, query=ask.plain_query())
    return _now(listing, kind, resource)


@require_safe
def export_progress(request: Request, resource: Resource, pk: int) -> HttpResponse:
    """How far the writing of a file is."""
    _gate(request, resource)
    return render(
        request, "resources/export_line.html", {"file": _own(request, resource, pk), "resource": resource}
    )


@require_safe
def export_file(request: Request, resource: Resource, pk: int) -> HttpResponseBase:
    """The file, for who asked for it and for nobody else."""
    _gate(request, resource)
    wanted = _own(request, resource, pk)
    if not wanted.is_ready or not default_storage.exists(wanted.path):
        raise Http404(_("This file is not there (any longer)."))
    file = default_storage.open(wanted.path, "rb")
    return _guarded(FileResponse(file, as_attachment=True, filename=wanted.name), wanted.kind)


@require_POST
def export_drop(request: Request, resource: Resource, pk: int) -> HttpResponse:
    """Throw a file away, or call off the writing of it."""
    exporting.drop(_own(request, resource, pk))
    if not request.headers.get("HX-Request"):
        return go(request, f"/{resource.name}/export/")
    return toast(_files(request, resource), _("File thrown away"))


def _gate(request: Request, resource: Resource) -> None:
    user: Any = request.user
    if not (may(user, "view", resource.model) and may(user, "export", resource.model)):
        raise PermissionDenied(_("You may not export these."))


def _own(request: Request, resource: Resource, pk: int) -> ExportFile:
    found = ExportFile.objects.visible_to(request.user).filter(pk=pk, resource=resource.name).first()
    if found is None:
        raise Http404(_("This file is not there (any longer)."))
    return found


def _now(listing: Any, kind: str, resource: Resource) -> HttpResponseBase:
    name = exporting.file_name(resource, kind)
    if kind == "xlsx":
        file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
        exporting.write_xlsx(listing, listing.every_row(), file)
        file.seek(0)
        return _guarded(FileResponse(file, as_attachment=True, filename=name), kind)
    lines = exporting.csv_lines if kind == "csv" else exporting.json_lines
    answer = StreamingHttpResponse(lines(listing, listing.every_row()), content_type=exporting.MIME[kind])
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return _guarded(answer, kind)


def _guarded(answer: HttpResponseBase, kind: str) -> HttpResponseBase:
    answer["Content-Type"] = exporting.MIME[kind]
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


@transaction.atomic
def _later(request: Request, resource: Resource, kind: str, ask: Asked) -> HttpResponse:
    made = exporting.begin(resource, kind, ask.plain_query(), by=request.user)
    if not request.headers.get("HX-Request"):
        return go(request, f"/{resource.name}/export/")
    return _files(request, resource, just=made)


def _files(request: Request, resource: Resource, just: ExportFile | None = None) -> HttpResponse:
    files = list(ExportFile.objects.visible_to(request.user).filter(resource=resource.name)[:LISTED])
    template = (
        "resources/export_dialog.html" if request.headers.get("HX-Request") else "resources/export_page.html"
    )
    return render(request, template, {"resource": resource, "files": files, "just": just})


urlpatterns = [
    path("<resource:resource>/export/", export, name="resource_export"),
    path("<resource:resource>/export/<int:pk>/", export_progress, name="resource_export_progress"),
    path("<resource:resource>/export/<int:pk>/file/", export_file, name="resource_export_file"),
    path("<resource:resource>/export/<int:pk>/drop/", export_drop, name="resource_export_drop"),
]
