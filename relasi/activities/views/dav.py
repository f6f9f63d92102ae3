"""The calendar and the contacts for programs that speak CalDAV and CardDAV, through Radicale."""

from __future__ import annotations

import io
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import path
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from radicale import config
from radicale.app import Application

from relasi.activities.dav.asking import Asking, Auth, Rights, asking
from relasi.activities.dav.keeping import Storage
from relasi.kit.access.middleware import public

BEFORE = "/dav"
MISLEADING = ("HTTP_X_SCRIPT_NAME", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PROTO")
SETTINGS: dict[str, dict[str, Any]] = {
    "auth": {"type": Auth, "delay": "0"},
    "rights": {"type": Rights, "permit_delete_collection": "False", "permit_overwrite_collection": "False"},
    "storage": {"type": Storage, "predefined_collections": ""},
    "web": {"type": "none"},
    "hook": {"type": "none"},
    "sharing": {"type": "none"},
    "logging": {"level": "error"},
}


@public
@csrf_exempt
def dav(request: HttpRequest, rest: str = "") -> HttpResponse:
    """No cookie opens it: each request carries its own user and key."""
    told: dict[str, Any] = {}

    def begin(status: str, headers: list[tuple[str, str]], *_more: Any) -> None:
        told["status"], told["headers"] = int(status.split()[0]), headers

    token = asking.set(Asking())
    try:
        body = b"".join(_application()(_environment(request, rest), begin))
        refused, user = asking.get().refused, asking.get().user
    finally:
        asking.reset(token)
    if refused:
        with translation.override(user.language):
            return HttpResponse(refused, status=403, content_type="text/plain; charset=utf-8")
    answer = HttpResponse(body, status=told["status"])
    for name, value in told["headers"]:
        answer[name] = value
    answer["Cache-Control"] = "private, no-store"
    return answer


@public
@csrf_exempt
@require_http_methods(["GET", "HEAD", "OPTIONS", "PROPFIND", "REPORT"])
def well_known(request: HttpRequest, what: str = "") -> HttpResponse:
    """Where programs look first."""
    return HttpResponsePermanentRedirect(f"{BEFORE}/")


def _environment(request: HttpRequest, rest: str) -> dict[str, Any]:
    """The request as Radicale reads it: whole, and of a path below /dav."""
    kept = {name: value for name, value in request.META.items() if name not in MISLEADING}
    body = request.body
    return {
        **kept,
        "SCRIPT_NAME": BEFORE,
        "PATH_INFO": "/" + rest,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "SERVER_PROTOCOL": request.META.get("SERVER_PROTOCOL", "HTTP/1.1"),
        "HTTP_ACCEPT_ENCODING": "",
    }


@cache
def _application() -> Application:
    settings = config.load()
    known = {section: set(settings.options(section)) for section in settings.sections()}
    wanted = {
        section: {name: value for name, value in told.items() if name in known[section]}
        for section, told in SETTINGS.items()
        if section in known
    }
    settings.update(wanted, "relasi", privileged=True)
    return Application(settings)


urlpatterns = [
    path("dav/", dav, name="dav"),
    path("dav/<path:rest>", dav, name="dav_below"),
    path(".well-known/caldav", well_known, name="caldav_well_known"),
    path(".well-known/carddav", well_known, name="carddav_well_known"),
]
