"""Today, and the acts that are done in place on it."""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from relasi.activities.forms import tomorrow_morning
from relasi.activities.models import Activity, Note, Task
from relasi.activities.today import items_for
from relasi.activities.today.week import week_of
from relasi.kit.access.requests import Request
from relasi.kit.access.rights import may
from relasi.kit.resources import batches
from relasi.kit.resources.models import Batch
from relasi.kit.resources.replies import toast
from relasi.kit.ui import formats
from relasi.parties.models import Party

VERBS = {
    "finish": gettext_lazy("“%(subject)s” is done."),
    "reopen": gettext_lazy("“%(subject)s” is open again."),
    "postpone": gettext_lazy("“%(subject)s” is put off to %(day)s."),
}


@require_GET
def today(request: Request) -> HttpResponse:
    """The first page of the day."""
    now = timezone.now()
    items = items_for(request.user, now)
    page: dict[str, Any] = {
        "items": items,
        "groups": [(name, list(group)) for name, group in groupby(items, key=lambda item: item.group)],
        "headings": {"now": _("Now"), "today": _("Today"), "soon": _("Coming up")},
        "day": timezone.localdate(),
        "hello": _hello(timezone.localtime(now).hour),
        "week": None if items else week_of(request.user, now),
        "may_plan": may(request.user, "add", Activity),
    }
    template = "activities/today_list.html" if request.GET.get("part") == "list" else "activities/today.html"
    return render(request, template, page)


@require_POST
def act(request: Request, pk: int, verb: str) -> HttpResponse:
    """Finish, reopen or postpone one activity where it is listed: the line leaves, with an undo."""
    if verb not in VERBS:
        raise Http404
    activity = _activity(request, pk, verb)
    said: dict[str, Any] = {}
    if verb == "finish":
        said["result"] = request.POST.get("result", "")
    if verb == "postpone":
        said["until"] = _until(request, activity)
        if said["until"] is None:
            return HttpResponseBadRequest(_("Until when?"))
    with transaction.atomic():
        batch = batches.begin("edit", f"{activity.kind}s", by=request.user, title=str(activity))
        getattr(activity, verb)(by=request.user, batch=batch.token, **said)
    words = {"subject": str(activity), "day": formats.date(activity.planned_at, "weekday")}
    return _gone(str(VERBS[verb]) % words, batch)


@require_POST
def greet(request: Request, party_id: int) -> HttpResponse:
    """Log that somebody was greeted for an occasion."""
    party = _party(request, party_id)
    subject = _("Greeted: %(what)s") % {"what": _what(request)}
    batch = _created(request, Note, party=party, subject=subject)
    return _gone(_("Greeting to %(name)s noted.") % {"name": party.name}, batch)


@require_POST
def remember(request: Request, party_id: int) -> HttpResponse:
    """A task for the reader to greet somebody today."""
    party = _party(request, party_id)
    subject = _("Greet %(name)s: %(what)s") % {"name": party.name, "what": _what(request)}
    batch = _created(request, Task, party=party, subject=subject, due_at=timezone.now() + timedelta(hours=2))
    return _gone(_("Task made: %(subject)s") % {"subject": subject}, batch)


def _hello(hour: int) -> str:
    if hour < 11:
        return _("Good morning")
    if hour < 15:
        return _("Good day")
    return _("Good afternoon") if hour < 18 else _("Good evening")


def _activity(request: Request, pk: int, verb: str) -> Activity:
    """The activity, when the reader may see it (else 404) and may do `verb` to it (else 403)."""
    activity: Activity | None = Activity.objects.visible_to(request.user).filter(pk=pk).first()
    if activity is None:
        raise Http404(_("There is no such record, or you may not see it."))
    if not may(request.user, verb, activity):
        raise PermissionDenied(_("You may not do this."))
    return activity


def _party(request: Request, pk: int) -> Party:
    party: Party | None = Party.objects.visible_to(request.user).filter(pk=pk).first()
    if party is None:
        raise Http404(_("There is no such record, or you may not see it."))
    return party


def _created(request: Request, model: type[Activity], *, party: Party, **fields: Any) -> Batch:
    """Make an activity of the reader in a batch. PermissionDenied, and nothing written, without the right."""
    if not may(request.user, "add", Activity):
        raise PermissionDenied(_("You may not do this."))
    occasion = request.POST.get("occasion", "")[:40]
    with transaction.atomic():
        batch = batches.begin("edit", f"{model.fixed_kind}s", by=request.user, title=party.name)
        given = {"owner": request.user, "party": party, "occasion": occasion, **fields}
        model.create(by=request.user, batch=batch.token, **given)
    return batch


def _what(request: Request) -> str:
    return request.POST.get("what", "").strip()[:80] or _("Birthday")


def _until(request: Request, activity: Activity) -> Any:
    """From `until` (a time), or `days` from today at the same hour."""
    if given := request.POST.get("until"):
        try:
            moment = parse_datetime(given)
        except ValueError:
            moment = None
        return timezone.make_aware(moment) if moment and timezone.is_naive(moment) else moment
    days = request.POST.get("days", "1")
    if not days.isdecimal() or len(days) > 3 or not 1 <= int(days) <= 365:
        return None
    morning = tomorrow_morning(timezone.now(), days=int(days))
    planned = timezone.localtime(activity.planned_at or morning)
    return morning.replace(hour=planned.hour, minute=planned.minute)


def _gone(text: str, batch: Batch) -> HttpResponse:
    told: dict[str, Any] = {"today:changed": {}, "timeline:changed": {}}
    return toast(HttpResponse(""), text, undo=batch, events=told)


def refused(error: ValidationError) -> HttpResponse:
    """What could not be kept, in plain words, as a toast; nothing was changed."""
    return toast(HttpResponse(status=422), " ".join(error.messages), kind="error")


urlpatterns = [
    path("", today, name="today"),
    path("today/activity/<int:pk>/<slug:verb>/", act, name="activity_act"),
    path("today/greet/<int:party_id>/", greet, name="today_greet"),
    path("today/remember/<int:party_id>/", remember, name="today_remember"),
]
