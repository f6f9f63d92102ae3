"""Comments of a record: read, write, change and take back one's own."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from relasi.kit.access.requests import Request
from relasi.kit.access.rights import may
from relasi.kit.resources import batches, commenting
from relasi.kit.resources.declaration import Resource
from relasi.kit.resources.finding import allow, load
from relasi.kit.resources.replies import go, toast


@require_http_methods(["GET", "POST"])
def comments(request: Request, resource: Resource, pk: int) -> HttpResponse:
    """The comments with a place to write; POST `body` adds one."""
    record = _noted(request, resource, pk)
    if request.method == "GET":
        return _show(request, resource, record)
    allow(request, "comment", record)
    try:
        written = commenting.write(record, request.POST.get("body", ""), by=request.user)
    except ValidationError as error:
        return _show(request, resource, record, error=" ".join(error.messages), status=422)
    return _told(request, _show(request, resource, record), written)


@require_http_methods(["GET", "POST"])
def comment(request: Request, resource: Resource, pk: int, comment: int) -> HttpResponse:
    """One comment: GET the field to change it, POST keeps it. Only one's own."""
    record, found = _own(request, resource, pk, comment)
    if request.method == "GET":
        return render(
            request, "resources/comment_edit.html", {"resource": resource, "record": record, "comment": found}
        )
    try:
        written = commenting.rewrite(found, record, request.POST.get("body", ""), by=request.user)
    except ValidationError as error:
        context = {
            "resource": resource,
            "record": record,
            "comment": found,
            "error": " ".join(error.messages),
        }
        return render(request, "resources/comment_edit.html", context, status=422)
    context = {
        "resource": resource,
        "record": record,
        "comment": found,
        "can_comment": True,
        "shown": commenting.shown,
    }
    return _told(request, render(request, "resources/comment.html", context), written)


@require_POST
def delete(request: Request, resource: Resource, pk: int, comment: int) -> HttpResponse:
    """Take back one's own comment, with an undo."""
    _record, found = _own(request, resource, pk, comment)
    batch = batches.begin("edit", resource.name, by=request.user, title=_("Comment deleted"))
    found.remove(by=request.user, batch=batch.token)
    if not request.headers.get("HX-Request"):
        return go(request, f"{reverse('resource_record', args=[resource.name, pk])}?tab=comments")
    return toast(HttpResponse(""), _("Comment deleted"), undo=batch)


def _noted(request: Request, resource: Resource, pk: int) -> Any:
    record = load(request, resource, pk)
    if not getattr(record, "is_noted", False):
        raise Http404
    return record


def _own(request: Request, resource: Resource, pk: int, comment: int) -> tuple[Any, Any]:
    record = _noted(request, resource, pk)
    found = commenting.find(record, comment)
    if found is None:
        raise Http404
    allow(request, "comment", record)
    if found.author_id != request.user.pk:
        raise PermissionDenied(_("Only who wrote a comment can change it."))
    return record, found


def _show(
    request: Request, resource: Resource, record: Any, error: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "resource": resource,
        "record": record,
        "comments": commenting.of(record),
        "shown": commenting.shown,
        "can_comment": may(request.user, "comment", record),
        "error": error,
        "typed": request.POST.get("body", "") if error else "",
    }
    is_part = bool(request.headers.get("HX-Request"))
    if request.method == "POST" and not is_part and not error:
        return go(request, f"{reverse('resource_record', args=[resource.name, record.pk])}?tab=comments")
    return render(
        request,
        "resources/comments.html" if is_part else "resources/comments_page.html",
        context,
        status=status,
    )


def _told(request: Request, answer: HttpResponse, written: commenting.Written) -> HttpResponse:
    """Say whom the comment could not reach."""
    if not written.cannot_see:
        return answer
    names = ", ".join(str(user) for user in written.cannot_see)
    text = _("%(names)s cannot see this record and was not told. Share it first.") % {"names": names}
    return toast(answer, text, kind="warning")


urlpatterns = [
    path("<resource:resource>/<int:pk>/comments/", comments, name="resource_comments"),
    path("<resource:resource>/<int:pk>/comments/<int:comment>/", comment, name="resource_comment"),
    path(
        "<resource:resource>/<int:pk>/comments/<int:comment>/delete/", delete, name="resource_comment_delete"
    ),
]
