"""Saved views: the tabs of a list.

Everybody keeps their own; only who made one, or an owner, changes or deletes it.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from relasi.kit.access.requests import Request
from relasi.kit.resources.asking import OWN_DEFAULT, Asked, asked
from relasi.kit.resources.declaration import Resource
from relasi.kit.resources.filtering import FilterError
from relasi.kit.resources.models import SavedView
from relasi.kit.resources.paging import PageError
from relasi.kit.resources.replies import go, toast
from relasi.kit.resources.views.listing import answer, gate

LONGEST_NAME = 80
MOST_VIEWS = 200


@require_http_methods(["GET", "POST"])
def new_view(request: Request, resource: Resource) -> HttpResponse:
    """Ask for a name and who sees it; then keep what the address shows."""
    gate(request, resource)
    ask = asked(request, resource)
    if request.method == "GET":
        return _form(request, ask, None)
    name, scope, error = _given(request)
    error = error or _unusable(request, ask)
    if (
        not error
        and SavedView.objects.visible_to(request.user).filter(owner=request.user).count() >= MOST_VIEWS
    ):
        error = _("You have too many views; delete one first.")
    if error:
        return _form(request, ask, None, error)
    last = max((view.order for view in ask.views), default=0)
    view = SavedView.create(
        by=request.user,
        resource=resource.name,
        name=name,
        scope=scope,
        owner=request.user,
        order=last + 1,
        **_state(ask),
    )
    return go(request, f"/{resource.name}/?view={view.pk}")


@require_POST
def save_view(request: Request, resource: Resource, pk: int) -> HttpResponse:
    """Keep what the address shows in the view itself."""
    view = _own(request, resource, pk)
    ask = asked(request, resource)
    if error := _unusable(request, ask):
        return toast(HttpResponse(status=422), error, kind="error")
    view.change(by=request.user, **_state(ask))
    request.method = "GET"
    given = request.GET.copy()
    given["view"] = str(view.pk)
    request.GET = QueryDict(given.urlencode())
    return toast(answer(request, asked(request, resource)), _("View “%(name)s” saved") % {"name": view.name})


@require_http_methods(["GET", "POST"])
def edit_view(request: Request, resource: Resource, pk: int) -> HttpResponse:
    """Its name and who sees it."""
    view = _own(request, resource, pk)
    ask = asked(request, resource)
    if request.method == "GET":
        return _form(request, ask, view)
    name, scope, error = _given(request)
    if error:
        return _form(request, ask, view, error)
    view.change(by=request.user, name=name, scope=scope)
    return go(request, f"/{resource.name}/?view={view.pk}")


@require_POST
def delete_view(request: Request, resource: Resource, pk: int) -> HttpResponse:
    """Gone for everybody; the list itself is shown instead."""
    _own(request, resource, pk).remove(by=request.user)
    return go(request, f"/{resource.name}/")


@require_safe
def view_menu(request: Request, resource: Resource, pk: int) -> HttpResponse:
    """What can be done with the view in front."""
    gate(request, resource)
    view = SavedView.objects.visible_to(request.user).filter(pk=pk, resource=resource.name).first()
    if view is None:
        raise Http404
    context = {
        "resource": resource,
        "view": view,
        "ask": asked(request, resource),
        "may_change": view.may_be_changed_by(request.user),
        "owner": view.owner,
    }
    return render(request, "resources/view_menu.html", context)


@require_http_methods(["GET", "POST"])
def order_views(request: Request, resource: Resource) -> HttpResponse:
    """The order of the tabs that are the reader's own (an owner orders all)."""
    gate(request, resource)
    views = list(
        SavedView.objects.visible_to(request.user).filter(resource=resource.name).exclude(name=OWN_DEFAULT)
    )
    own = [view for view in views if view.may_be_changed_by(request.user)]
    if request.method == "GET":
        return render(request, "resources/view_order.html", {"resource": resource, "views": own})
    wanted = [int(word) for word in request.POST.getlist("id") if word.isdecimal() and len(word) < 19]
    by_id = {view.pk: view for view in own}
    with transaction.atomic():
        for place, pk in enumerate(pk for pk in dict.fromkeys(wanted) if pk in by_id):
            by_id[pk].change(by=request.user, order=place + 1)
    return go(request, f"/{resource.name}/")


def _own(request: Request, resource: Resource, pk: int) -> SavedView:
    """The view, when the reader may see it (else 404) and change it (else 403)."""
    gate(request, resource)
    views = SavedView.objects.visible_to(request.user).filter(pk=pk, resource=resource.name)
    view: SavedView | None = views.exclude(name=OWN_DEFAULT).first()
    if view is None:
        raise Http404(_("This view is no longer there."))
    if not view.may_be_changed_by(request.user):
        raise PermissionDenied(_("Only who made a view changes it. Save your own instead."))
    return view


def _state(ask: Asked) -> dict[str, Any]:
    way = ask.way
    return {
        "filter": way.filter,
        "sort": list(way.sort),
        "columns": list(way.columns),
        "layout": way.layout,
        "group_by": way.group,
    }


def _unusable(request: Request, ask: Asked) -> str:
    """Why a view cannot be kept: its filter or sort cannot be read."""
    try:
        ask.listing(request.user)
    except (FilterError, PageError) as error:
        return str(error)
    return ""


def _given(request: Request) -> tuple[str, str, str]:
    """(name, scope, what is wrong)"""
    name = " ".join(request.POST.get("name", "").split())[:LONGEST_NAME]
    scope = request.POST.get("scope", SavedView.Scope.PRIVATE)
    if not name or name == OWN_DEFAULT:
        return name, scope, _("Give the view a name.")
    if scope not in SavedView.Scope.values:
        return name, SavedView.Scope.PRIVATE, _("Choose who sees it.")
    return name, scope, ""


def _form(request: Request, ask: Asked, view: SavedView | None, error: str = "") -> HttpResponse:
    posted = request.method == "POST"
    context = {
        "resource": ask.resource,
        "ask": ask,
        "view": view,
        "name": request.POST.get("name", "") if posted else view.name if view else "",
        "scope": request.POST.get("scope", "") if posted else view.scope if view else SavedView.Scope.PRIVATE,
        "scopes": SavedView.Scope.choices,
        "error": error,
    }
    return render(request, "resources/view_form.html", context, status=422 if error else 200)


urlpatterns = [
    path("<resource:resource>/views/new/", new_view, name="resource_view_new"),
    path("<resource:resource>/views/order/", order_views, name="resource_view_order"),
    path("<resource:resource>/views/<int:pk>/", save_view, name="resource_view_save"),
    path("<resource:resource>/views/<int:pk>/edit/", edit_view, name="resource_view_edit"),
    path("<resource:resource>/views/<int:pk>/delete/", delete_view, name="resource_view_delete"),
    path("<resource:resource>/views/<int:pk>/menu/", view_menu, name="resource_view_menu"),
]
