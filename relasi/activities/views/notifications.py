"""The bell: what colleagues and the clock want to tell the reader."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from relasi.activities.models import Notification
from relasi.kit.access.requests import Request
from relasi.kit.resources.replies import toast

SHOWN = 40
CAP = 100
CHANGED: dict[str, Any] = {"notifications:changed": {}}


@require_GET
def notifications(request: Request) -> HttpResponse:
    """The newest, on a page of their own, or as the menu below the bell when htmx asks for `?part=menu`."""
    rows = list(Notification.objects.visible_to(request.user).order_by("-at", "-id")[:SHOWN])
    page = {"notifications": rows, "unseen": _unseen(request)}
    template = "notifications_menu" if request.GET.get("part") == "menu" else "notifications"
    return render(request, f"activities/{template}.html", page)


@require_GET
def bell(request: Request) -> HttpResponse:
    """The bell with its number; nothing when it is the number the page shows already (`?shown=`)."""
    unseen = _unseen(request)
    if request.GET.get("shown") == str(unseen):
        return HttpResponse(status=204)
    return render(request, "activities/bell.html", {"unseen": unseen, "cap": CAP})


@require_GET
def open_one(request: Request, pk: int) -> HttpResponse:
    """To what it is about; it is read then."""
    one = _own(request, pk)
    _mark(request, pk)
    safe = url_has_allowed_host_and_scheme(one.url, allowed_hosts=None)
    return HttpResponseRedirect(one.url if one.url and safe else "/")


@require_POST
def seen(request: Request, pk: int) -> HttpResponse:
    """Read; the line leaves where it is listed."""
    _own(request, pk)
    _mark(request, pk)
    return toast(HttpResponse(""), _("Marked as read."), events=CHANGED)


@require_POST
def all_seen(request: Request) -> HttpResponse:
    Notification.objects.visible_to(request.user).unseen().update(seen_at=timezone.now())
    return toast(HttpResponse(status=204), _("All marked as read."), events=CHANGED)


def _unseen(request: Request) -> int:
    """How many are unread, up to a hundred."""
    return len(Notification.objects.visible_to(request.user).unseen().order_by().values_list("pk")[:CAP])


def _own(request: Request, pk: int) -> Notification:
    one = Notification.objects.visible_to(request.user).filter(pk=pk).first()
    if one is None:
        raise Http404
    return one


def _mark(request: Request, pk: int) -> None:
    Notification.objects.visible_to(request.user).unseen().filter(pk=pk).update(seen_at=timezone.now())


urlpatterns = [
    path("notifications/", notifications, name="notifications"),
    path("notifications/bell/", bell, name="notifications_bell"),
    path("notifications/seen/", all_seen, name="notifications_all_seen"),
    path("notifications/<int:pk>/", open_one, name="notification_open"),
    path("notifications/<int:pk>/seen/", seen, name="notification_seen"),
]
