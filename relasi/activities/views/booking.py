"""Booking pages for strangers: free times by their own clock, a short form, and a page of their own to move
it or call it off. They read nothing but when somebody is free.
"""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache, wraps
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone, translation
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from relasi.activities.actions.book_meeting import (
    TimeTaken,
    Visitor,
    book_meeting,
    call_off_booking,
    move_booking,
)
from relasi.activities.booking import letters
from relasi.activities.booking.offering import free_starts
from relasi.activities.models import Booking, BookingPage
from relasi.kit.access.middleware import public
from relasi.kit.access.strangers import TRAP, code_of_address, is_trapped, new_token, opened
from relasi.lib.wording import InputError
from relasi.parties.models.contact_point import normal_value

SALT = "relasi.activities.booking"
MOST, WINDOW = 12, timedelta(minutes=10)
DAYS = 7  # with free times, on one page
NEXT = 6  # times offered instead of one that is gone
HOME_ZONES = (("Asia/Jakarta", "WIB"), ("Asia/Makassar", "WITA"), ("Asia/Jayapura", "WIT"))


@dataclass
class Filling:
    """What was typed so far, and what is wrong with it; `said` stands above it all."""

    typed: dict[str, str] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    said: str = ""
    status: int = 200
    token: str = ""


def _for_strangers(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """No cookie, no memory, no other site's frame."""

    @public
    @csrf_exempt
    @never_cache
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex"
        return response

    return answer


@_for_strangers
@require_http_methods(["GET", "POST"])
def book(request: HttpRequest, key: str) -> HttpResponse:
    """Free times; with `?at=` the form for one of them; what is sent becomes a meeting."""
    page = BookingPage.objects.of_key(key).select_related("owner", "team").first()
    if page is None:
        raise Http404(_("There is no such page."))
    with translation.override(page.language), timezone.override(_zone(request, page)):
        if not page.is_active or not page.hosts():
            return render(request, "activities/booking_closed.html", {"page": page}, status=410)
        if request.method == "POST":
            return _take(request, page)
        start = _moment(request.GET.get("at", ""))
        return _form(request, page, start, Filling()) if start else _times(request, page)


def _times(
    request: HttpRequest, page: BookingPage, booking: Booking | None = None, said: str = ""
) -> HttpResponse:
    """A week of days that have free times, and the way to the next; `said` tells why one was not taken."""
    starts = free_starts(page, timezone.now(), without=booking)
    days, later, earlier = _week(starts, request.GET.get("from", ""))
    context = {
        **_context(request, page), "days": days, "later": later, "earlier": earlier, "booking": booking,
        "here": request.path, "zones": _zones(), "said": said,
    }  # fmt: skip
    return render(request, "activities/booking_times.html", context, status=409 if said else 200)


def _form(request: HttpRequest, page: BookingPage, start: datetime, filling: Filling) -> HttpResponse:
    """Who comes. When the time is gone the next free ones stand in its place; what was typed stays."""
    starts = free_starts(page, timezone.now())
    if start not in starts and filling.status == 200:
        filling.said, filling.status = _("This time is no longer free. Please choose another one."), 409
    context = {
        **_context(request, page), "start": start, "is_free": start in starts, "filling": filling,
        "others": _nearest(starts, start), "questions": list(enumerate(page.asked)), "trap": TRAP,
        "token": filling.token or new_token(page.key, salt=SALT),
    }  # fmt: skip
    return render(request, "activities/booking_form.html", context, status=filling.status)


def _take(request: HttpRequest, page: BookingPage) -> HttpResponse:
    start, typed = _moment(request.POST.get("at", "")), _typed(page, request.POST)
    if start is None:
        return HttpResponseRedirect(reverse("booking_page", args=[page.key]))
    token = opened(request.POST.get("token", ""), page.key, salt=SALT)
    if token is None:
        said = _("The page was open for too long. Nothing is lost: please send it once more.")
        return _form(request, page, start, Filling(typed=typed, said=said, status=422))
    again = request.POST.get("token", "")
    visitor, problems = _read(request, page, typed)
    if problems:
        return _form(request, page, start, Filling(typed, problems, status=422, token=again))
    if is_trapped(request.POST) or token.is_hasty:
        said = _("This was sent faster than anybody types. Please send it once more.")
        return _form(request, page, start, Filling(typed, said=said, status=422, token=again))
    known = Booking.objects.of_form(token.key).first()
    if known is None and _is_too_much(visitor.address_code):
        said = _("That was a lot in a short time. Please try again in ten minutes.")
        return _form(request, page, start, Filling(typed, said=said, status=429, token=again))
    try:
        booking = known or book_meeting(page=page, start=start, visitor=visitor, form_key=token.key)
    except TimeTaken:
        said = _("Somebody else has just taken this time. Please choose another one; what you wrote is kept.")
        return _form(request, page, start, Filling(typed, said=said, status=409, token=again))
    return HttpResponseRedirect(reverse("booking", args=[booking.secret]))


@_for_strangers
@require_GET
def booked(request: HttpRequest, secret: str) -> HttpResponse:
    """The visitor's own page: what was booked, and the ways to change it."""
    booking = _booking(secret)
    with translation.override(booking.page.language), timezone.override(_zone_of(booking)):
        return render(request, "activities/booking_done.html", _own_context(request, booking))


@_for_strangers
@require_GET
def keep(request: HttpRequest, secret: str) -> HttpResponse:
    """The meeting as a file for the visitor's calendar."""
    answer = HttpResponse(letters.ics_of(_booking(secret)), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="meeting.ics"'
    return answer


@_for_strangers
@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, secret: str) -> HttpResponse:
    """Other free times with the same host; POST `at` takes one."""
    booking = _booking(secret)
    zone = _zone(request, booking.page) if "zone" in request.GET else _zone_of(booking)
    with translation.override(booking.page.language), timezone.override(zone):
        if not booking.may_be_changed(timezone.now()):
            return render(request, "activities/booking_done.html", _own_context(request, booking), status=409)
        start = _moment(request.POST.get("at", ""))
        if start is None:
            return _times(request, booking.page, booking)
        try:
            is_moved = move_booking(booking=booking, start=start)
        except TimeTaken:
            said = _("Somebody else has just taken this time. Please choose another one.")
            return _times(request, booking.page, booking, said)
    kept = "?moved=1" if is_moved else ""
    return HttpResponseRedirect(reverse("booking", args=[secret]) + kept)


@_for_strangers
@require_POST
def call_off(request: HttpRequest, secret: str) -> HttpResponse:
    call_off_booking(booking=_booking(secret))
    return HttpResponseRedirect(reverse("booking", args=[secret]))


def _week(starts: list[datetime], first: str) -> tuple[list[tuple[date, list[datetime]]], str, str]:
    """(day, its times) for the seven next days with free times; where the next and the last ones begin."""
    by_day: dict[date, list[datetime]] = {}
    for start in starts:
        by_day.setdefault(timezone.localdate(start), []).append(start)
    days = sorted(by_day)
    at = next((number for number, day in enumerate(days) if day.isoformat() >= first), 0)
    shown = [(day, by_day[day]) for day in days[at : at + DAYS]]
    later = days[at + DAYS].isoformat() if at + DAYS < len(days) else ""
    return shown, later, days[max(0, at - DAYS)].isoformat() if at else ""


def _nearest(starts: list[datetime], wanted: datetime) -> list[datetime]:
    return sorted(sorted(starts, key=lambda start: abs(start - wanted))[:NEXT])


def _typed(page: BookingPage, data: Mapping[str, str]) -> dict[str, str]:
    names = ("name", "email", "phone", *(f"q-{number}" for number in range(len(page.asked))))
    return {name: data.get(name, "").replace("\0", "").strip()[:2000] for name in names}


def _read(request: HttpRequest, page: BookingPage, typed: dict[str, str]) -> tuple[Visitor, dict[str, str]]:
    """Who books, and what is missing or wrong, by the name of the answer."""
    problems: dict[str, str] = {}
    name, email, phone = " ".join(typed["name"].split())[:200], typed["email"], typed["phone"]
    if not name:
        problems["name"] = _("Please say who you are.")
    if not email and not phone:
        problems["email"] = _("Please leave an e-mail address or a phone number.")
    if email:
        try:
            validate_email(email)
        except ValidationError as error:
            problems["email"] = " ".join(error.messages)
    if phone:
        try:
            phone = normal_value("phone", phone)
        except (ValidationError, InputError):
            problems["phone"] = _("This is not a phone number.")
    answers = []
    for number, (question, is_needed) in enumerate(page.asked):
        text = typed[f"q-{number}"]
        if is_needed and not text:
            problems[f"q-{number}"] = _("This is needed.")
        elif text:
            answers.append((question, text))
    visitor = Visitor(
        name=name, email=email, phone=phone, time_zone=timezone.get_current_timezone_name(), answers=answers,
        address_code=code_of_address(request, salt=SALT),
    )  # fmt: skip
    return visitor, problems


def _is_too_much(code: str) -> bool:
    """Whether this address has booked its share of the last ten minutes."""
    rows = Booking.objects.of_address(code, timezone.now() - WINDOW).order_by()
    return len(rows.values_list("pk")[:MOST]) >= MOST


def _booking(secret: str) -> Booking:
    rows = Booking.objects.of_secret(secret).select_related("page", "meeting", "owner", "page__team")
    booking: Booking | None = rows.first()
    if booking is None:
        raise Http404(_("There is no such page."))
    return booking


def _moment(text: str) -> datetime | None:
    """An instant as our own links write it; None for anything else."""
    try:
        moment = parse_datetime(text)
    except (ValueError, OverflowError):
        return None
    return moment.astimezone(UTC) if moment and timezone.is_aware(moment) else None


def _zone(request: HttpRequest, page: BookingPage) -> zoneinfo.ZoneInfo:
    """The visitor's, as chosen; before that the host's."""
    chosen = request.POST.get("zone") or request.GET.get("zone") or ""
    usual = page.owner.time_zone if page.owner else "Asia/Jakarta"
    return zoneinfo.ZoneInfo(chosen if chosen in _known_zones() else usual)


def _zone_of(booking: Booking) -> zoneinfo.ZoneInfo:
    return zoneinfo.ZoneInfo(booking.time_zone if booking.time_zone in _known_zones() else "Asia/Jakarta")


@cache
def _known_zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


@cache
def _zones() -> list[tuple[str, str]]:
    """Ours first, then the world's by name."""
    ours = [(key, f"{name} · {key.partition('/')[2]}") for key, name in HOME_ZONES]
    first = dict(ours)
    world = sorted(key for key in _known_zones() if "/" in key and not key.startswith("Etc/"))
    return [*ours, ("UTC", "UTC"), *((key, key.replace("_", " ")) for key in world if key not in first)]


def _context(request: HttpRequest, page: BookingPage) -> dict[str, Any]:
    return {
        "page": page,
        "zone": timezone.get_current_timezone_name(),
        "is_zone_chosen": "zone" in request.GET or "zone" in request.POST,
        "host": "" if page.team_id or page.owner is None else page.owner.name,
    }


def _own_context(request: HttpRequest, booking: Booking) -> dict[str, Any]:
    now = timezone.now()
    return {
        "page": booking.page, "booking": booking, "meeting": booking.meeting,
        "host": booking.owner.name if booking.owner else "", "may_change": booking.may_be_changed(now),
        "is_moved": "moved" in request.GET,
    }  # fmt: skip


urlpatterns = [
    path("book/<slug:key>/", book, name="booking_page"),
    path("booked/<str:secret>/", booked, name="booking"),
    path("booked/<str:secret>/meeting.ics", keep, name="booking_ics"),
    path("booked/<str:secret>/move/", move, name="booking_move"),
    path("booked/<str:secret>/cancel/", call_off, name="booking_cancel"),
]
