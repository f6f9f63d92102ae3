"""Where other sides call us: one address per account, `/hooks/<token>/`, and what each provider does with it.

A provider registers a Hook under its own name, in the same module as itself:

    register_hook("sms_twilio", Hook(verify=is_signed, answer=kept))
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from relasi.channels.models import Account, Intake
from relasi.channels.receiving import take_in

MEGABYTE = 1024 * 1024
TOKEN = re.compile(r"[A-Za-z0-9_-]{24,64}")
SHOWN = ("Content-Type", "User-Agent")  # headers kept beside a raw input


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """What a provider does with a call. `verify` says whether it comes from whom it should (no: 401, and
    nothing is kept); `answer` keeps it (`kept`) and answers. `most` is the longest body in bytes.
    """

    verify: Callable[[Account, HttpRequest], bool]
    answer: Callable[[Account, HttpRequest], HttpResponse]
    methods: tuple[str, ...] = ("POST",)
    most: int = MEGABYTE


HOOKS: dict[str, Hook] = {}


def register_hook(provider: str, hook: Hook) -> Hook:
    """Have the calls for accounts of a provider answered. Raises ValueError when there is one already."""
    if provider in HOOKS:
        raise ValueError(f"{provider!r} has a hook already.")
    HOOKS[provider] = hook
    return hook


def new_hook(account: Account) -> str:
    """A new unguessable token for an account; the old address stops to work. Answers with the token."""
    token = secrets.token_urlsafe(24)
    account.settings = {**account.settings, "hook": token}
    type(account)._default_manager.filter(pk=account.pk).update(settings=account.settings)
    return token


def hook_path(account: Account) -> str:
    """`/hooks/<token>/`, or "" while the account has none."""
    token = account.settings.get("hook", "")
    return reverse("channel_hook", args=[token]) if token else ""


def account_called(token: str) -> Account | None:
    """Whose address was called; None for nobody's, without asking the database when it is no token at all."""
    if not TOKEN.fullmatch(token):
        return None
    return Account._default_manager.all().in_use().filter(settings__hook=token).first()


def content_of(request: HttpRequest) -> bytes:
    """What was sent, byte for byte: the body, or the query of a GET."""
    return request.body if request.method == "POST" else request.META.get("QUERY_STRING", "").encode()


def kept(account: Account, request: HttpRequest, *, title: str = "", once: bool = True) -> Intake:
    """Keep what was sent before it is answered. `once`: the same bytes again are the same call."""
    content = content_of(request)
    meta = {name.lower(): value[:200] for name in SHOWN if (value := request.headers.get(name, ""))}
    return take_in(
        account,
        content,
        external_id=f"sha256:{hashlib.sha256(content).hexdigest()}" if once else "",
        title=title,
        meta={"hook": request.method or "", **meta},
    )
