"""What every request and answer passes: a strict Content-Security-Policy, bodies that fit, nothing kept."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)


class ContentSecurityPolicy:
    """Sets the policy on every answer that has not set a stricter one itself, as attachments do."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        return response


class BodiesThatFit:
    """Refuses a body larger than any upload may be, before a byte of it is read or put on the disk."""

    ROOM = 10_000_000  # for the rest of the form

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        size = request.headers.get("Content-Length", "")
        most = settings.RELASI_MAX_UPLOAD_MB * 1_000_000 + self.ROOM
        if size.isdecimal() and (len(size) > 12 or int(size) > most):
            return HttpResponse(status=413)
        return self.get_response(request)


class TextWithoutNul:
    """Refuses a query with a NUL sign in it, which PostgreSQL cannot keep. Forms say it by field."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponseBase | None:
        given = (text for _key, texts in request.GET.lists() for text in texts)
        if not any("\0" in str(text) for text in given):
            return None
        said = _("The text has a character that cannot be kept.")
        if request.path.startswith("/api/"):
            return JsonResponse({"error": "bad_request", "message": said, "fields": {}}, status=400)
        return HttpResponse(said, status=400, content_type="text/plain; charset=utf-8")


class NothingKept:
    """What a signed-in reader is shown stays in no cache, neither on the way nor in the browser: who signs
    out on a shared computer leaves nothing behind.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response
