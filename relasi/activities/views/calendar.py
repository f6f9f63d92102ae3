"""The calendar: its page, its events as JSON, moving and making them, and its feed for other programs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone, translation
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from relasi.activities import ics
from relasi.activities.coming import repeats_of
from relasi.activities.composer import FORMS, kept, party_of
from relasi.activities.icons import ICONS
from relasi.activities.models import Activity, BusyTime, CalendarFeed, Kind
from relasi.activities.views.today import refused
from relasi.activities.visibility import load_parties
from relasi.kit.access.middleware import public
from relasi.kit.access.models import User
from relasi.kit.access.requests import Request
from relasi.kit.access.rights import may
from relasi.kit.resources import batches
from relasi.kit.resources.replies import toast
from relasi.kit.ui import formats

MOST = 2000
REPEATING = 300  # activities whose repeats are looked for
LONGEST = timedelta(days=400)
TONES = {"task": "blue", "call": "green", "meeting": "violet", "visit": "teal"}
SHORTEST = timedelta(minutes=30)
PLANNABLE = ("meeting", "task", "visit", "call")


@require_GET
def calendar(request: Request) -> HttpResponse:
    """Day, week, month and list; of oneself, the team or one colleague."""
    who = request.GET.get("who", "me")
    people = [
        {"id": user.pk, "name": str(user)}
        for user in User.objects.visible_to(request.user).active().order_by("name")[:200]
    ]
    page = {
        "who": who,
        "people": people,
        "events_url": f"{reverse('calendar_events')}?who={who if who.isalnum() else 'me'}",
        "is_over_all": _is_over_all(request.user),
        "may_write": may(request.user, "add", Activity),
        "date": _day(request.GET.get("date", "")),
    }
    return render(request, "activities/calendar.html", page)


@require_GET
def events(request: Request) -> HttpResponse:
    """`?start=&end=&who=me|team|<id>`: what has a place on the calendar, in the reader's wall time."""
    start, end = _moment(request.GET.get("start", "")), _moment(request.GET.get("end", ""))
    if not start or not end or end <= start or end - start > LONGEST:
        return JsonResponse({"error": _("Give a start and an end.")}, status=400)
    rows = Activity.objects.visible_to(request.user).live().exclude(kind=Kind.NOTE).between(start, end)
    rows = _of_whom(rows, request.user, request.GET.get("who", "me"))
    found = list(rows.select_related("owner").order_by("at", "id")[:MOST])
    coming = _coming(request, start, end)
    load_parties([*found, *(activity for activity, _then in coming)], request.user)
    movable = _movable(found, request.user)
    told = [_event(activity, activity.pk in movable, request.user) for activity in found]
    told += [_coming_event(activity, then, request.user) for activity, then in coming]
    told += [_taken(busy) for busy in _busy(request, start, end)]
    return JsonResponse({"events": told})


@require_POST
def move(request: Request) -> HttpResponse:
    """`id`, `start`, `end`, `all_day`: dragged or stretched, with an undo."""
    activity = _activity(request, request.POST.get("id", ""), "change")
    start, end = _moment(request.POST.get("start", "")), _moment(request.POST.get("end", ""))
    if start is None:
        return HttpResponseBadRequest(_("Give a start and an end."))
    all_day = request.POST.get("all_day") == "true"
    end = _kept_end(activity, start, end, all_day)
    try:
        with transaction.atomic():
            batch = batches.begin("edit", f"{activity.kind}s", by=request.user, title=str(activity))
            activity.reschedule(start=start, end=end, all_day=all_day, by=request.user, batch=batch.token)
    except ValidationError as error:
        return refused(error)
    words = {"subject": str(activity), "when": formats.datetime(start, "weekday", zone=False)}
    return toast(HttpResponse(status=204), _("“%(subject)s” is now on %(when)s.") % words, undo=batch)


@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """A dialog to plan something at the time that was clicked."""
    if not may(request.user, "add", Activity):
        raise PermissionDenied(_("You may not do this."))
    kind = request.POST.get("kind") or request.GET.get("kind") or "meeting"
    if kind not in PLANNABLE:
        raise Http404
    start = _moment(request.GET.get("start", ""))
    form = FORMS[kind](request.POST or None, user=request.user, initial=_initial(kind, start))
    if request.method == "GET":
        return render(request, "activities/calendar_new.html", _planning(kind, form, start))
    problem = ""
    try:
        form.party = party_of(
            request.POST.get("party") or request.POST.get("party:text", ""), user=request.user
        )
    except ValidationError as error:
        problem = " ".join(error.messages)
    batch = None if problem else kept(form, by=request.user)
    if batch is None:
        return render(
            request, "activities/calendar_new.html", _planning(kind, form, start, problem), status=422
        )
    told: dict[str, Any] = {"dialog:close": {}, "calendar:changed": {}, "today:changed": {}}
    return toast(HttpResponse(status=204), form.said(), undo=batch, events=told)


@require_http_methods(["GET", "POST"])
def subscribe(request: Request) -> HttpResponse:
    """The address for other programs: made, shown once, ended."""
    address = ""
    if request.method == "POST" and request.POST.get("end"):
        for feed in CalendarFeed.objects.visible_to(request.user).usable():
            feed.revoke(by=request.user)
    elif request.method == "POST":
        _made, token = CalendarFeed.issue(user=request.user, by=request.user)
        address = request.build_absolute_uri(reverse("calendar_feed", args=[token]))
    current = CalendarFeed.objects.visible_to(request.user).usable().first()
    return render(request, "activities/calendar_feed.html", {"address": address, "feed": current})


@public
@require_GET
def feed(request: Request, token: str) -> HttpResponse:
    """One person's calendar for whoever holds the secret address; nothing else is told."""
    found = CalendarFeed.of_token(token)
    if found is None:
        raise Http404
    found.was_read()
    with translation.override(found.user.language):
        body = ics.feed_of(found.user, timezone.now())
    answer = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    answer["Cache-Control"] = "private, no-store"
    answer["X-Robots-Tag"] = "noindex"
    return answer


@require_GET
def download(request: Request, pk: int) -> HttpResponse:
    """One activity as a file for another calendar."""
    activity = _activity(request, str(pk), "view")
    answer = HttpResponse(
        ics.calendar_of([activity], user=request.user), content_type="text/calendar; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="{activity.kind}-{activity.pk}.ics"'
    return answer


def _kept_end(activity: Activity, start: datetime, end: datetime | None, all_day: bool) -> datetime | None:
    """The end that was dragged to; what was only drawn longer than it is keeps its own length."""
    was = activity.planned_at or activity.at
    if all_day or activity.all_day or end is None or end - start != _drawn_end(activity, was) - was:
        return end
    return activity.ends_at + (start - was) if activity.ends_at else None


def _of_whom(rows: Any, user: Any, who: str) -> Any:
    if who == "team" and _is_over_all(user):
        return rows
    if who == "team":
        return rows.filter(owner__in=user.rights._colleague_ids or [user.pk])
    if who.isdecimal() and len(who) < 19:
        return rows.filter(owner_id=int(who))
    return rows.for_user(user)


def _coming(request: Request, start: datetime, end: datetime) -> list[tuple[Activity, datetime]]:
    """What will come back in this time though it is not made yet."""
    rows = Activity.objects.visible_to(request.user).exclude(kind=Kind.NOTE).repeating(end)
    rows = _of_whom(rows, request.user, request.GET.get("who", "me"))
    found = rows.select_related("owner").order_by("id")[:REPEATING]
    return [(activity, then) for activity in found for then in repeats_of(activity, start, end)][:MOST]


def _coming_event(activity: Activity, then: datetime, reader: Any) -> dict[str, Any]:
    """A repeat leads to the one it will come from; it is moved by changing that one."""
    told = _event(activity, False, reader)
    start = activity.planned_at or activity.at
    length = (_drawn_end(activity, start) if not activity.all_day else activity.until or start) - start
    return {
        **told,
        "id": f"{activity.pk}-{then:%Y%m%d}",
        "start": _wall(then, activity.all_day),
        "end": _wall(then + length, activity.all_day),
        "coming": True,
    }


def _busy(request: Request, start: datetime, end: datetime) -> list[BusyTime]:
    """What the reader's other calendars say is taken."""
    if request.GET.get("who", "me") not in ("me", str(request.user.pk)):
        return []
    return list(BusyTime.objects.visible_to(request.user).between(start, end).order_by("starts_at")[:MOST])


def _taken(busy: BusyTime) -> dict[str, Any]:
    return {
        "id": f"busy-{busy.pk}",
        "title": str(busy),
        "start": _wall(busy.starts_at, busy.all_day),
        "end": _wall(busy.ends_at, busy.all_day),
        "all_day": busy.all_day,
        "tone": "grey",
        "url": "",
        "icon": "clock",
        "who": "",
        "editable": False,
    }


def _is_over_all(user: Any) -> bool:
    """In no team, but with everybody's activities to look after: an owner, an administrator."""
    return user.team_id is None and user.rights.scope("activity", "view") == "all"


def _movable(found: list[Activity], user: Any) -> set[int]:
    """Those the reader may change. One query."""
    rows = Activity.objects.open_to(user, "change").filter(pk__in=[activity.pk for activity in found])
    return set(rows.values_list("pk", flat=True))


def _event(activity: Activity, is_movable: bool, reader: Any) -> dict[str, Any]:
    start = activity.planned_at or activity.at
    end = None if activity.all_day else _drawn_end(activity, start)
    party = activity.shown_party
    return {
        "id": str(activity.pk),
        "title": f"{activity} · {party.name}" if party else str(activity),
        "start": _wall(start, activity.all_day),
        "end": _wall(end or activity.until or start, activity.all_day),
        "all_day": activity.all_day,
        "tone": "grey" if not activity.is_open else TONES.get(activity.kind, "blue"),
        "url": f"/{activity.kind}s/{activity.pk}/",
        "icon": ICONS[activity.kind],
        "who": "" if activity.owner_id == reader.pk else str(activity.owner or ""),
        "editable": is_movable,
    }


def _drawn_end(activity: Activity, start: datetime) -> datetime:
    """Never shorter than can be read and grasped."""
    end = start if activity.kind == Kind.TASK else activity.until or start
    return max(end, start + SHORTEST)


def _wall(moment: datetime, all_day: bool) -> str:
    """The reader's clock, without a zone: calendars in the browser draw what they are told."""
    here = timezone.localtime(moment).replace(tzinfo=None)
    return here.date().isoformat() if all_day else here.isoformat(timespec="seconds")


def _moment(text: str) -> datetime | None:
    """A time with or without a zone, or a day (its midnight), in the reader's zone; else None."""
    try:
        moment = parse_datetime(text)
        if moment is None and (day := parse_date(text)):
            moment = datetime.combine(day, datetime.min.time())
        if moment is None:
            return None
        return timezone.make_aware(moment) if timezone.is_naive(moment) else moment
    except (ValueError, OverflowError):
        return None


def _day(text: str) -> str:
    """The day a calendar opens on: the asked one, else today where the reader is."""
    return text if _moment(text) else timezone.localdate().isoformat()


def _initial(kind: str, start: datetime | None) -> dict[str, Any]:
    if start is None:
        return {}
    here = timezone.localtime(start)
    if (here.hour, here.minute) == (0, 0):
        here = here.replace(hour=9)
    return {"due_at" if kind == "task" else "starts_at": here}


def _planning(kind: str, form: Any, start: datetime | None, problem: str = "") -> dict[str, Any]:
    given = timezone.localtime(start).strftime("%Y-%m-%dT%H:%M") if start else ""
    tabs = [
        {
            "kind": key,
            "label": Kind(key).label,
            "icon": ICONS[key],
            "url": f"{reverse('calendar_new')}?kind={key}&start={given}",
        }
        for key in PLANNABLE
    ]
    return {"kind": Kind(kind), "form": form, "tabs": tabs, "problem": problem, **_customer_typed(form)}


def _customer_typed(form: Any) -> dict[str, str]:
    return {"chosen": form.data.get("party", ""), "typed": form.data.get("party:text", "")}


def _activity(request: Request, pk: str, verb: str) -> Activity:
    number = int(pk) if pk.isdecimal() and len(pk) < 19 else 0
    activity: Activity | None = Activity.objects.visible_to(request.user).filter(pk=number).first()
    if activity is None:
        raise Http404(_("There is no such record, or you may not see it."))
    if verb != "view" and not may(request.user, verb, activity):
        raise PermissionDenied(_("You may not do this."))
    return activity


urlpatterns = [
    path("calendar/", calendar, name="calendar"),
    path("calendar/events/", events, name="calendar_events"),
    path("calendar/move/", move, name="calendar_move"),
    path("calendar/new/", new, name="calendar_new"),
    path("calendar/subscribe/", subscribe, name="calendar_subscribe"),
    path("calendar/feed/<str:token>.ics", feed, name="calendar_feed"),
    path("calendar/<int:pk>.ics", download, name="calendar_download"),
]
