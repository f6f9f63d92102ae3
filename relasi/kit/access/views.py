"""What anybody may choose before or after the door: language and theme."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from relasi.kit.access.middleware import public
from relasi.kit.access.requests import Request

YEAR = 365 * 24 * 3600


@public
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """POST `language` and `next`: kept with the person, and in this browser for the sign-in page."""
    answer = _back(request)
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        if request.user.is_authenticated:
            request.user.change(by=request.user, language=language)
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, language, max_age=YEAR, samesite="Lax", secure=request.is_secure()
        )
    return answer


@require_POST
def set_theme(request: Request) -> HttpResponse:
    """POST `theme` (light, dark, system): kept with the person for their other browsers."""
    theme = request.POST.get("theme", "")
    if theme in {"light", "dark", "system"}:
        request.user.change(by=request.user, theme=theme)
    return HttpResponse(status=204)


def closed(request: HttpRequest) -> HttpResponse:
    """Addresses of the sign-in library that this house does not use."""
    return redirect("account_login")


def _back(request: HttpRequest) -> HttpResponse:
    place = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(place, {request.get_host()}, require_https=request.is_secure())
    return redirect(place if safe else "/")
