"""A chat widget as its account keeps it: its public key, its face, when it is open, where it was seen."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from relasi.channels.chat.forms import ChatForm, origin_of
from relasi.channels.models import Account

PROVIDER = "chat_widget"
KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")
NOTED_EVERY = timedelta(minutes=5)
MOST_PAGES = 20
TEXTS = ("title", "greeting", "consent", "hours")
MOST_BYTES = 8 * 1024 * 1024  # of a file


def key_of(account: Account) -> str:
    """The key in the line that embeds it, made when it is first asked for. It is no secret."""
    if not account.settings.get("key"):
        account.settings = _with_key(account.pk)
    return str(account.settings["key"])


@transaction.atomic
def _with_key(pk: int) -> dict[str, Any]:
    """The settings with a key; of two who ask at once both get the same."""
    locked = Account._default_manager.select_for_update(of=("self",)).get(pk=pk)
    if not locked.settings.get("key"):
        locked.settings = {**locked.settings, "key": secrets.token_urlsafe(18)}
        Account._default_manager.filter(pk=pk).update(settings=locked.settings)
    kept: dict[str, Any] = locked.settings
    return kept


def account_with(key: str) -> Account | None:
    """The widget with this key, in use; what is no key asks nothing of the database."""
    if not KEY.fullmatch(key):
        return None
    return Account._default_manager.all().in_use().filter(provider=PROVIDER, settings__key=key).first()


def snippet(account: Account) -> str:
    """The one line for the pages of the company's site."""
    home = settings.RELASI_PUBLIC_URL.rstrip("/")
    return f'<script src="{home}/chat.js" data-key="{key_of(account)}" async></script>'


def setting(account: Account, name: str) -> Any:
    """What was filled in, else what the form begins with."""
    found = account.settings.get(name)
    return ChatForm.base_fields[name].initial if found is None else found


def allows(account: Account, origin: str) -> bool:
    """May a page of this origin talk to it? Our own may, for the preview."""
    said = origin_of(origin)
    own = origin_of("{0.scheme}://{0.netloc}".format(urlsplit(settings.RELASI_PUBLIC_URL)))
    return bool(said) and (said == own or said in (setting(account, "origins") or []))


def face(account: Account, language: str) -> dict[str, Any]:
    """What visitors see of it, in their language."""
    tongue = "en" if language.startswith("en") else "id"
    return {
        **{name: str(setting(account, f"{name}_{tongue}") or "") for name in TEXTS},
        "colour": setting(account, "colour"),
        "position": setting(account, "position"),
        "asked": setting(account, "asked"),
        "needed": [name for name in setting(account, "needed") or [] if name in setting(account, "asked")],
        "offline": setting(account, "offline_asked") or ["email"],
        "files": bool(setting(account, "takes_files")),
        "most": MOST_BYTES,
    }


def consent_of(account: Account, language: str) -> str:
    return str(face(account, language)["consent"])


def is_open(account: Account, now: datetime) -> bool:
    """Is it within the opening hours, on the company's clock?"""
    local = timezone.localtime(now, timezone.get_default_timezone())
    days = setting(account, "days")
    opens, closes = setting(account, "opens_at"), setting(account, "closes_at")
    on_day = not days or str(local.weekday()) in days
    return on_day and (not opens or not closes or opens <= f"{local:%H:%M}" < closes)


def page_of(address: Any) -> str:
    """Origin and path of a page's address, without what may be secret in its query; "" for anything else."""
    try:
        parts = urlsplit(str(address or "")[:2000])
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return ""
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}".replace("\0", "")[:500]


def note_page(account: Account, page: str, origin: str, now: datetime) -> None:
    """Remember on which pages it stands, for the check; each at most every few minutes."""
    if not page or origin_of(origin) != origin_of("/".join(page.split("/")[:3])):
        return
    pages: Mapping[str, str] = account.cursor.get("pages", {})
    if (last := seen_at(pages.get(page))) and now - last < NOTED_EVERY:
        return
    newest = sorted({**pages, page: now.isoformat()}.items(), key=lambda one: one[1])[-MOST_PAGES:]
    account.keep_cursor({**account.cursor, "pages": dict(newest)})


def seen_at(text: Any) -> datetime | None:
    return parse_datetime(text) if isinstance(text, str) else None
