"""Who asks: a Basic password that is an API key, and what the key opens. One at a time for each thread."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone
from radicale.auth import BaseAuth
from radicale.rights import BaseRights

from relasi.kit.access.models import ApiKey

CALENDAR, CONTACTS = "calendar", "contacts"
NOTE_USE_EVERY = timedelta(minutes=5)


@dataclass
class Asking:
    """The reader, narrowed to the key's scopes; `refused` says why something was not done."""

    user: Any = None
    refused: str = ""


asking: ContextVar[Asking] = ContextVar("asking")


class Auth(BaseAuth):
    """User: the e-mail address; password: an API key of that user."""

    def _login(self, login: str, password: str) -> str:
        key = ApiKey.of_token(password)
        if key is None or key.user.email != login.lower() or key.user.lacks_second_factor:
            return ""
        now = timezone.now()
        if key.last_used_at is None or now - key.last_used_at > NOTE_USE_EVERY:
            key.note_use(at=now)
        key.user.__dict__["rights"] = key.user.rights.narrowed(key.scopes)
        asking.get().user = key.user
        return str(key.user.email)


class Rights(BaseRights):
    """One's own two collections: the calendar to read and write, the contacts to read."""

    def authorization(self, user: str, user_groups: set[str], path: str) -> str:
        parts = [part for part in path.split("/") if part]
        if not user or (parts and parts[0] != user):
            return ""
        if len(parts) < 2:
            return "R"
        return {CALENDAR: "rw", CONTACTS: "r"}.get(parts[1], "")
