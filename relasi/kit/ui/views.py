"""The gallery of components, the parts of an installable page, and the pages for what went wrong."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from http import HTTPStatus
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils import timezone
from django.utils.translation import gettext as _

from relasi.kit.ui import menu
from relasi.kit.ui.context import frame

GALLERY_PARTS = ("dialog", "peek", "toast", "move")


def gallery(request: HttpRequest) -> HttpResponse:
    """Every component in every state: what a page may be built of, and where the look is checked."""
    return render(request, "ui/gallery.html", _samples())


def gallery_part(request: HttpRequest, part: str) -> HttpResponse:
    """What the gallery's own buttons fetch: a dialog, a peek, an undo toast."""
    if part not in GALLERY_PARTS:
        raise Http404
    if part == "move":
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    if part == "toast":
        return HttpResponse(status=204, headers={"HX-Trigger": _toast(request)})
    return render(request, f"ui/gallery_{part}.html", _samples())


def gallery_cell(request: HttpRequest, row: int, field: str) -> HttpResponse:
    """In-place editing as resources answer it; nothing is kept. A value with a question mark is refused."""
    value = request.POST.get("value", "")
    if request.method == "POST" and "?" not in value:
        return render(request, "ui/gallery_cell.html", {"shown": value or "—"})
    context = {"value": value, "field": field, "error": _("Say it without a question mark.") if value else ""}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if value else HTTPStatus.OK
    return render(request, "ui/gallery_cell.html", context, status=status)


def menu_counts(request: HttpRequest) -> HttpResponse:
    """The numbers beside the items of the reader's menu."""
    return render(request, "ui/menu_counts.html", {"counts": menu.counts_for(request.user)})


def manifest(request: HttpRequest) -> JsonResponse:
    """What a phone needs to install the page as an app."""
    company = frame(request)["company"]
    drawn = {"src": static("ui/logo.svg"), "type": "image/svg+xml", "sizes": "any", "purpose": "any"}
    return JsonResponse(
        {
            "name": company,
            "short_name": company[:12],
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "background_color": "#ffffff",
            "theme_color": "#ffffff",
            "icons": [drawn, *_pictures("any", "icon"), *_pictures("maskable", "icon-maskable")],
        },
        content_type="application/manifest+json",
    )


def _pictures(purpose: str, name: str) -> list[dict[str, str]]:
    return [
        {
            "src": static(f"ui/{name}-{size}.png"),
            "type": "image/png",
            "sizes": f"{size}x{size}",
            "purpose": purpose,
        }
        for size in (192, 512)
    ]


def service_worker(_request: HttpRequest) -> HttpResponse:
    """Served from the root, because a worker only sees pages below its own address."""
    found = finders.find("ui/sw.js")
    if found is None:
        raise Http404
    script = Path(str(found)).read_bytes()
    return HttpResponse(script, content_type="text/javascript", headers={"Cache-Control": "no-cache"})


def offline(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/offline.html")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _wrong(request, HTTPStatus.BAD_REQUEST)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _wrong(request, HTTPStatus.FORBIDDEN)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _wrong(request, HTTPStatus.NOT_FOUND)


def server_error(request: HttpRequest) -> HttpResponse:
    return _wrong(request, HTTPStatus.INTERNAL_SERVER_ERROR)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was open too long; `CSRF_FAILURE_VIEW` in settings."""
    return render(request, "403_csrf.html", status=HTTPStatus.FORBIDDEN)


def _wrong(request: HttpRequest, status: HTTPStatus) -> HttpResponse:
    return render(request, f"{status.value}.html", status=status)


def _toast(request: HttpRequest) -> str:
    return json.dumps({"toast": {"text": _("3 people archived"), "undo_url": request.path}})


def _samples() -> dict[str, Any]:
    now = timezone.now()
    return {
        "people": [{"id": index, **person} for index, person in enumerate(_PEOPLE, start=1)],
        "tones": ("grey", "blue", "green", "amber", "red", "violet", "teal", "pink"),
        "amount": Decimal("545000000"),
        "now": now,
        "times": [now - dt.timedelta(hours=hours) for hours in (0.15, 5, 27)],
    }


_PEOPLE = tuple(
    dict(zip(("name", "job", "company", "email", "phone", "rung", "score"), line, strict=True))
    for line in (
        ("Dewi Lestari", "IT Manager", "Mandiri Tech", "dewi@example.com", "+628129916136", "client", 94),
        (
            "Budi Santoso",
            "Operations",
            "PT Nusantara Digital",
            "budi@example.com",
            "+628128687249",
            "prospect",
            80,
        ),
        ("Siti Rahmawati", "", "Cipta Pangan Abadi", "siti@example.com", "+628127506467", "suspect", 86),
        ("Suharto", "Founder", "", "", "+62217979000", "member", 23),
        (
            "Raden Ajeng Kusumawardhani Prawirodirdjo binti Sosrokusumo",
            "Head of Regional Procurement and Logistics",
            "PT Perusahaan Perdagangan Indonesia Maju Bersama Tbk",
            "ra.kusumawardhani.prawirodirdjo@perusahaan.example.co.id",
            "+628127350799",
            "advocate",
            76,
        ),
    )
)
