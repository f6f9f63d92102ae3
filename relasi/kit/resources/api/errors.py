"""Every error of the API in one shape (schemas.Problem), in plain words."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError
from ninja.errors import ValidationError as ShapeError

from relasi.kit.records.record import Stale
from relasi.kit.resources.api.shapes import told
from relasi.kit.resources.filtering import FilterError
from relasi.kit.resources.paging import PageError


class ApiError(Exception):
    """An answer that is not the one asked for."""

    def __init__(self, status: int, error: str, message: str, **rest: Any) -> None:
        super().__init__(message)
        self.status, self.error, self.message, self.rest = status, error, message, rest


def handle_errors(api: NinjaAPI) -> None:
    """Teach the API how each failure is told."""

    def say(request: HttpRequest, status: int, error: str, message: str, **rest: Any) -> HttpResponse:
        return api.create_response(
            request, {"error": error, "message": str(message), "fields": {}, **rest}, status=status
        )

    @api.exception_handler(ApiError)
    def api_error(request: HttpRequest, exc: ApiError) -> HttpResponse:
        return say(request, exc.status, exc.error, exc.message, **exc.rest)

    @api.exception_handler(Http404)
    def missing(request: HttpRequest, exc: Http404) -> HttpResponse:
        return say(request, 404, "not_found", _("There is no such record, or you may not see it."))

    @api.exception_handler(PermissionDenied)
    def denied(request: HttpRequest, exc: PermissionDenied) -> HttpResponse:
        return say(request, 403, "forbidden", str(exc) or _("You may not do this."))

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, exc: ValidationError) -> HttpResponse:
        fields = exc.message_dict if hasattr(exc, "error_dict") else {}
        message = _("Some values cannot be taken.") if fields else " ".join(exc.messages)
        return say(request, 422, "invalid", message, fields=fields)

    @api.exception_handler(ShapeError)
    def misshapen(request: HttpRequest, exc: ShapeError) -> HttpResponse:
        fields = {
            ".".join(str(part) for part in one["loc"][2:]) or "body": [told(one)] for one in exc.errors
        }
        return say(request, 422, "invalid", _("Some values cannot be taken."), fields=fields)

    @api.exception_handler(FilterError)
    @api.exception_handler(PageError)
    def misread(request: HttpRequest, exc: Exception) -> HttpResponse:
        return say(request, 400, "bad_request", str(exc))

    @api.exception_handler(Stale)
    def stale(request: HttpRequest, exc: Stale) -> HttpResponse:
        message = _("Somebody else saved this record first.")
        return say(
            request, 412, "stale", message, current={"id": exc.current.pk, "version": exc.current.version}
        )

    @api.exception_handler(AuthenticationError)
    def stranger(request: HttpRequest, exc: AuthenticationError) -> HttpResponse:
        return say(request, 401, "unauthorized", _("Give an API key in the Authorization header."))

    @api.exception_handler(HttpError)
    def http_error(request: HttpRequest, exc: HttpError) -> HttpResponse:
        return say(request, exc.status_code, "bad_request", str(exc))
