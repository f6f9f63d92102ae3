"""Who calls: an API key in `Authorization: Bearer rls_…`, or the browser's own session with its CSRF token.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone, translation
from ninja.security import APIKeyCookie, HttpBearer
from ninja.utils import check_csrf

from relasi.kit.access.models import ApiKey

NOTE_USE_EVERY = timedelta(minutes=5)


class Key(HttpBearer):
    """Acts as the key's user, narrowed to the key's scopes."""

    openapi_name = "ApiKey"

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        key = ApiKey.of_token(token)
        if key is None or key.user.lacks_second_factor:
            return None
        _note_use(key)
        key.user.__dict__["rights"] = key.user.rights.narrowed(key.scopes)
        request.user = key.user
        translation.activate(key.user.language)  # until the middleware ends the language it began with
        return key.user


class Browser(APIKeyCookie):
    """The signed-in reader; requests that write carry the CSRF token."""

    param_name = "sessionid"
    openapi_name = "Session"

    def __init__(self) -> None:
        super().__init__(csrf=False)

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        if not request.user.is_authenticated:
            return None
        if request.method not in {"GET", "HEAD", "OPTIONS"} and check_csrf(request):
            return None
        return request.user


def _note_use(key: ApiKey) -> None:
    now = timezone.now()
    if key.last_used_at is None or now - key.last_used_at > NOTE_USE_EVERY:
        key.note_use(at=now)
