"""Every request: the reader's language and zone; and nobody passes without having signed in."""

from __future__ import annotations

import time
import zoneinfo
from collections.abc import Callable
from typing import TypeVar

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from relasi.kit.access.models.user import sessions_of

Answer = Callable[[HttpRequest], HttpResponse]
View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class ReaderPreferences:
    """Switches to the language and time zone of who is reading."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not user.is_authenticated:
            language = translation.get_language_from_request(request)
            with translation.override(language):
                request.LANGUAGE_CODE = language
                return self.answer(request)
        request.LANGUAGE_CODE = user.language
        with translation.override(user.language), timezone.override(zoneinfo.ZoneInfo(user.time_zone)):
            response = self.answer(request)
            response.headers.setdefault("Content-Language", user.language)
            return response


class SecondFactorFirst:
    """Who holds a role that asks for a second factor sets one up before anything else."""

    OPEN = (
        "/accounts/",
        "/settings/security/",
        "/settings/language/",
        "/settings/theme/",
        "/healthz",
        "/readyz",
    )

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.answer(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: object, kwargs: object
    ) -> HttpResponse | None:
        user = request.user
        if (
            not user.is_authenticated
            or getattr(view, "is_public", False)
            or request.path.startswith(self.OPEN)
        ):
            return None
        if not user.lacks_second_factor:
            return None
        if request.headers.get("HX-Request") and request.method == "GET":
            return HttpResponse(status=204)  # what a page asks by itself: nothing, without a complaint
        if request.path.startswith("/api/") or request.headers.get("HX-Request"):
            return HttpResponse(
                _("Set up a second factor first."), status=403, content_type="text/plain; charset=utf-8"
            )
        return redirect("security")


class SeenLately:
    """Notes when a session was last used, at most every few minutes in each web process."""

    EVERY = 300.0  # seconds
    KEPT = 10_000

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.seen: dict[str, float] = {}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.session.session_key
        if (
            key
            and request.user.is_authenticated
            and time.monotonic() - self.seen.get(key, -self.EVERY) >= self.EVERY
        ):
            self._note(key)
            sessions_of(request.user).filter(session_key=key).update(last_seen_at=timezone.now())
        return self.answer(request)

    def _note(self, key: str) -> None:
        if len(self.seen) >= self.KEPT:
            self.seen.clear()
        self.seen[key] = time.monotonic()


def public(view: View) -> View:
    """Marks a view that strangers may open."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


class SignedIn:
    """Sends strangers to the sign-in, but for views marked `public` and the sign-in itself."""

    OPEN = ("/api/", "/sw.js", "/manifest.webmanifest", "/offline/")

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.answer(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: object, kwargs: object
    ) -> HttpResponse | None:
        if request.user.is_authenticated or getattr(view, "is_public", False):
            return None
        if view.__module__.startswith("allauth.") or request.path.startswith(
            (*self.OPEN, settings.STATIC_URL)
        ):
            return None
        if request.headers.get("HX-Request"):
            answer = HttpResponse(status=401)
            answer["HX-Redirect"] = f"{request.build_absolute_uri('/accounts/login/')}"
            return answer
        return redirect_to_login(request.get_full_path())
