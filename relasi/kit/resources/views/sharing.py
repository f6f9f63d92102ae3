"""Opening one record to one person, and why somebody can see it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from relasi.kit.access.models import Role
from relasi.kit.access.requests import Request
from relasi.kit.access.rights import may
from relasi.kit.resources import sharing
from relasi.kit.resources.colleagues import colleague
from relasi.kit.resources.declaration import Resource
from relasi.kit.resources.fields import fields_of
from relasi.kit.resources.finding import load
from relasi.kit.resources.replies import go, toast

VERBS = {
    "change": gettext_lazy("Change"),
    "delete": gettext_lazy("Delete"),
    "comment": gettext_lazy("Comment"),
    "attach": gettext_lazy("Attach files"),
    "share": gettext_lazy("Share"),
    "export": gettext_lazy("Export"),
}


@require_http_methods(["GET", "POST"])
def share(request: Request, resource: Resource, pk: int) -> HttpResponse:
    """Who has the record beyond roles; POST `user` and `level` (read, change) opens it to one more."""
    record = load(request, resource, pk, "share")
    may_change = may(request.user, "change", record)
    if request.method == "GET":
        return _show(request, resource, record, may_change)
    user = colleague(request.POST.get("user", ""))
    if user is None or user.pk == request.user.pk:
        return _show(
            request, resource, record, may_change, error=_("Choose a colleague from the list."), status=422
        )
    wants_change = request.POST.get("level") == "change"
    if wants_change and not may_change:
        raise PermissionDenied(_("You can only give what you may do yourself."))
    sharing.share(record, user, by=request.user, may_change=wants_change)
    return toast(_show(request, resource, record, may_change), _("Shared with %(name)s") % {"name": user})


@require_POST
def unshare(request: Request, resource: Resource, pk: int, share: int) -> HttpResponse:
    """Close it again."""
    record = load(request, resource, pk, "share")
    found = sharing.find(record, share)
    if found is None:
        raise Http404
    name = str(found.user)
    sharing.unshare(found, record, by=request.user)
    answer = _show(request, resource, record, may(request.user, "change", record))
    return toast(answer, _("No longer shared with %(name)s") % {"name": name})


@require_GET
def why(request: Request, resource: Resource, pk: int) -> HttpResponse:
    """Every reason why the reader can see the record; for who may change roles also why somebody else can
    (`?user=`)."""
    record = load(request, resource, pk)
    may_ask = may(request.user, "change", Role)
    asked = colleague(request.GET.get("user", "")) if may_ask else None
    user = asked or request.user
    fields = _closed(resource, user)
    context = {
        "resource": resource,
        "record": record,
        "person": user,
        "reasons": user.rights.explain(record),
        "verbs": [str(label).lower() for verb, label in VERBS.items() if may(user, verb, record)],
        "closed": fields,
        "may_ask": may_ask,
        "is_part": request.GET.get("part") == "1",
    }
    is_dialog = bool(request.headers.get("HX-Request"))
    return render(request, "resources/why.html" if is_dialog else "resources/why_page.html", context)


def _closed(resource: Resource, user: Any) -> list[tuple[Any, str]]:
    """Fields the person sees masked or not at all."""
    levels = [
        (field.label, user.rights.level(resource.model, name)) for name, field in fields_of(resource).items()
    ]
    return [(label, level) for label, level in levels if level in {"hidden", "masked"}]


def _show(
    request: Request,
    resource: Resource,
    record: Any,
    may_change: bool,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    if request.method == "POST" and not request.headers.get("HX-Request") and not error:
        return go(request, reverse("resource_share", args=[resource.name, record.pk]))
    context = {
        "resource": resource,
        "record": record,
        "shares": sharing.of(record),
        "may_change": may_change,
        "error": error,
    }
    is_dialog = bool(request.headers.get("HX-Request"))
    return render(
        request, "resources/share.html" if is_dialog else "resources/share_page.html", context, status=status
    )


urlpatterns = [
    path("<resource:resource>/<int:pk>/share/", share, name="resource_share"),
    path("<resource:resource>/<int:pk>/share/<int:share>/revoke/", unshare, name="resource_unshare"),
    path("<resource:resource>/<int:pk>/why/", why, name="resource_why"),
]
