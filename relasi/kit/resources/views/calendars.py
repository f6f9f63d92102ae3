"""Records of a noun on a calendar."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from relasi.kit.access.requests import Request
from relasi.kit.records.record import Stale
from relasi.kit.resources.asking import asked as asked_for
from relasi.kit.resources.dated import CalendarError, Happening, day_of, happenings
from relasi.kit.resources.dated import move as move_record
from relasi.kit.resources.declaration import Resource
from relasi.kit.resources.fields import fields_of
from relasi.kit.resources.filtering import FilterError
from relasi.kit.resources.finding import is_number, load
from relasi.kit.resources.paging import PageError
from relasi.kit.resources.replies import go, toast
from relasi.kit.resources.views.listing import gate


@require_GET
def calendar(request: Request, resource: Resource) -> HttpResponse:
    """The calendar of what the address asks for; it fetches its own events. A page of its own is the
    list's."""
    gate(request, resource)
    if resource.calendar is None:
        raise Http404
    if not request.headers.get("HX-Request"):
        query = request.GET.copy()
        query["layout"] = "calendar"
        return go(request, f"/{resource.name}/?{query.urlencode()}")
    rights = request.user.rights
    can_add = resource.can_create and bool(rights.scope(resource.noun, "add"))
    context = {
        "resource": resource,
        "query": request.GET.urlencode(),
        "can_move": not resource.calendar.yearly and bool(rights.scope(resource.noun, "change")),
        "can_add": can_add and not resource.calendar.yearly,
    }
    return render(request, "resources/calendar.html", context)


@require_GET
def events(request: Request, resource: Resource) -> HttpResponse:
    """JSON `{"events": […]}` between `start` and `end`; without them this month."""
    gate(request, resource)
    if resource.calendar is None:
        raise Http404
    try:
        first = timezone.localdate().replace(day=1)
        start = day_of(request.GET["start"]) if "start" in request.GET else first
        end = day_of(request.GET["end"]) if "end" in request.GET else start + timedelta(days=31)
        found = happenings(asked_for(request, resource).listing(request.user), start, end)
    except (CalendarError, FilterError, PageError) as error:
        return JsonResponse({"error": str(error), "events": []}, status=400)
    return JsonResponse({"events": [_written(happening, resource) for happening in found]})


@require_POST
def move(request: Request, resource: Resource) -> HttpResponse:
    """A record `id` dragged to `start` (and `end`)."""
    if resource.calendar is None or not is_number(request.POST.get("id", "")):
        raise Http404
    record = load(request, resource, int(request.POST["id"]), "change")
    version = request.POST.get("version", "")
    try:
        batch = move_record(
            record,
            request.POST.get("start", ""),
            request.POST.get("end", ""),
            resource=resource,
            fields=fields_of(resource),
            by=request.user,
            if_version=int(version) if version.isdecimal() and len(version) < 10 else None,
        )
    except Stale:
        text = _(
            "“%(title)s” was changed by somebody else meanwhile. The calendar shows it as it is now."
        ) % {"title": record}
        changed: dict[str, Any] = {"records:changed": {"resource": resource.name}}
        return toast(HttpResponse(status=409), text, kind="error", events=changed)
    except ValidationError as error:
        return toast(HttpResponse(status=409), " ".join(error.messages), kind="error")
    changed = {"records:changed": {"resource": resource.name}}
    return toast(
        HttpResponse(status=204), _("“%(title)s” moved") % {"title": record}, undo=batch, events=changed
    )


def _written(happening: Happening, resource: Resource) -> dict[str, Any]:
    end = happening.end
    if happening.all_day:
        end = (end or happening.start) + timedelta(days=1)
    return {
        "id": happening.record.pk,
        "title": happening.title,
        "start": happening.start.isoformat(),
        "end": end.isoformat() if end else (happening.start + timedelta(minutes=30)).isoformat(),
        "all_day": happening.all_day,
        "tone": happening.tone,
        "url": reverse("resource_record", args=[resource.name, happening.record.pk]),
        "editable": happening.is_editable,
        "version": happening.record.version,
    }


urlpatterns = [
    path("<resource:resource>/calendar/", calendar, name="resource_calendar"),
    path("<resource:resource>/calendar/events/", events, name="resource_calendar_events"),
    path("<resource:resource>/calendar/move/", move, name="resource_calendar_move"),
]
