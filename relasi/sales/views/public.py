"""Pages for strangers: forms, business cards, refer a friend. They show nothing of any record but what its
owner put on them, and whatever they are sent is kept raw before anything is made of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from relasi.kit.access.middleware import public
from relasi.kit.access.strangers import TRAP, is_trapped
from relasi.sales import doors
from relasi.sales.actions.take_submission import take_submission
from relasi.sales.answers import read_answers
from relasi.sales.doors import Door
from relasi.sales.models import FormSubmission, QuoteTemplate
from relasi.sales.public import (
    answers_of,
    code_of_address,
    frame_policy,
    is_too_much,
    new_token,
    opened,
    utm_of,
)

Status = FormSubmission.Status


@dataclass
class Filling:
    """What the page shows: what was typed so far, and what is wrong with it."""

    typed: dict[str, str] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    said: str = ""
    status: int = 200
    token: str = ""


def _in_frames(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Speaks the form's language; may stand in a frame on the sites the form names, and nowhere else."""

    @public
    @csrf_exempt
    @never_cache
    @wraps(view)
    def answer(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
        door = doors.find(kind, slug)
        if door is None:
            raise Http404(_("There is no such page."))
        with translation.override(door.language):
            response = view(request, door)
        response["Content-Security-Policy"] = frame_policy(door.form)
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex"
        response.xframe_options_exempt = True
        return response

    return answer


@_in_frames
@require_http_methods(["GET", "POST"])
def form(request: HttpRequest, door: Door) -> HttpResponse:
    """Show the form; take what is sent."""
    if request.method == "GET":
        return _show(request, door, Filling())
    typed = answers_of(door.form, request.POST) if door.form else {}
    token = opened(request.POST.get("token", ""), door.name)
    if token is None:
        said = _("The page was open for too long. Nothing is lost: please send it once more.")
        return _show(request, door, Filling(typed=typed, said=said, status=422))
    if not door.is_open or door.form is None:
        return _show(request, door, Filling(status=410))
    is_hasty = token.is_hasty and not read_answers(door.form, typed).problems
    return _take(request, door, typed, token.key, is_robot=is_hasty or is_trapped(request.POST))


def _take(
    request: HttpRequest, door: Door, typed: dict[str, str], key: str, *, is_robot: bool
) -> HttpResponse:
    code = code_of_address(request)
    try:
        submission = _kept(request, door, typed, key, code, is_robot=is_robot)
    except (IntegrityError, ValidationError):  # sent twice at the same moment
        submission = doors.submission_of(key)
    if submission is None:
        said = _("That was a lot in a short time. Please try again in ten minutes.")
        return _show(request, door, Filling(typed=typed, said=said, status=429))
    problems = {} if is_robot else take_submission(submission=submission, failed=Status.INCOMPLETE)
    if problems:
        same = request.POST.get("token", "")
        return _show(request, door, Filling(typed=typed, problems=problems, status=422, token=same))
    embed = "?embed=1" if request.POST.get("embed") == "1" else ""
    return HttpResponseRedirect(reverse("public_thanks", args=[door.kind, door.slug]) + embed)


@transaction.atomic
def _kept(
    request: HttpRequest, door: Door, typed: dict[str, str], key: str, code: str, *, is_robot: bool
) -> FormSubmission | None:
    """The submission as it came, written before anything is made of it; None when there were too many.

    The same key again is the same submission: corrected while it is incomplete, untouched when it is done.
    """
    known = doors.submission_of(key)
    if known is not None:
        if known.status == Status.INCOMPLETE:
            known.change(by=None, verb="corrected", answers=typed, raw={**known.raw, "again": typed})
        return known
    if is_too_much(code):
        return None
    sent: FormSubmission = FormSubmission.create(
        by=None, verb="received", form=door.form, key=key, answers=typed, raw=typed,
        utm=utm_of(request.POST), page_url=request.POST.get("page", "").replace("\0", "")[:500],
        address_code=code, status=Status.SPAM if is_robot else Status.RECEIVED, card=door.card,
        referral_link=door.link, name=doors.name_in(door, typed),
    )  # fmt: skip
    return sent


@_in_frames
@require_GET
def thanks(request: HttpRequest, door: Door) -> HttpResponse:
    return render(request, "sales/public_thanks.html", _context(request, door))


@public
@require_GET
def qr(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """The page's address as a QR code."""
    if doors.find(kind, slug) is None:
        raise Http404(_("There is no such page."))
    return HttpResponse(doors.qr(doors.address(kind, slug)), content_type="image/svg+xml")


@public
@require_GET
def contact(request: HttpRequest, slug: str) -> HttpResponse:
    """A business card as a contact for the telephone book."""
    door = doors.find("card", slug)
    if door is None or door.card is None or not door.is_open:
        raise Http404(_("There is no such page."))
    answer = HttpResponse(doors.vcard(door.card), content_type="text/vcard; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="contact.vcf"'
    return answer


def _show(request: HttpRequest, door: Door, filling: Filling) -> HttpResponse:
    if not door.is_open or door.form is None:
        return render(request, "sales/public_closed.html", _context(request, door), status=410)
    data = request.POST if request.method == "POST" else request.GET
    context: dict[str, Any] = {
        **_context(request, door),
        "questions": door.form.ordered_fields,
        "filling": filling,
        "token": filling.token or new_token(door.name),
        "trap": TRAP,
        "utm": utm_of(data),
        "page": data.get("page", "")[:500],
    }
    return render(request, "sales/public_form.html", context, status=filling.status)


def _context(request: HttpRequest, door: Door) -> dict[str, Any]:
    data = request.POST if request.method == "POST" else request.GET
    return {
        "door": door,
        "form": door.form,
        "letterhead": QuoteTemplate.letterhead(door.language),
        "is_framed": data.get("embed") == "1",
        "here": reverse("public_form", args=[door.kind, door.slug]),
    }


urlpatterns = [
    path("f/<slug:kind>/<slug:slug>/", form, name="public_form"),
    path("f/<slug:kind>/<slug:slug>/thanks/", thanks, name="public_thanks"),
    path("f/<slug:kind>/<slug:slug>/qr.svg", qr, name="public_qr"),
    path("f/card/<slug:slug>/contact.vcf", contact, name="public_contact"),
]
