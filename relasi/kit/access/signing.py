"""Signing in and out stands in the audit: who, from where and by what, never a secret."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import password_changed, password_reset, user_logged_in
from allauth.core.internal.httpkit import get_client_ip
from allauth.mfa.signals import (
    authentication_failed,
    authenticator_added,
    authenticator_removed,
    authenticator_reset,
)
from django.contrib.auth.signals import user_logged_out
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest

from relasi.kit.access.models import User
from relasi.kit.events.writing import emit

FACTORS = {"totp": "authenticator app", "recovery_codes": "recovery code", "webauthn": "passkey"}


@receiver(user_logged_in)
def note_signed_in(request: HttpRequest, user: User, **_more: Any) -> None:
    """Who has just signed in need not prove it again for the next quarter of an hour."""
    records = request.session.get("account_authentication_methods", [])
    request.session["account_authentication_methods"] = [
        {**used, "reauthenticated": True} for used in records
    ]
    methods = [_method(used) for used in records]
    _note("signed_in", user, request, by=user, way=", ".join(dict.fromkeys(filter(None, methods))))


@receiver(user_logged_out)
def note_signed_out(request: HttpRequest, user: User | None, **_more: Any) -> None:
    if user is not None and user.pk:
        _note("signed_out", user, request, by=user)


def note_failed(request: HttpRequest, email: str) -> None:
    """A wrong password for an account there is. Tries at unknown addresses have no record to stand with."""
    user = User._default_manager.filter(email__iexact=email.strip()).first() if email else None
    if user:
        _note("sign_in_failed", user, request, way="password")


@receiver(authentication_failed)
def note_wrong_factor(request: HttpRequest, user: User, **more: Any) -> None:
    _note(
        "sign_in_failed",
        user,
        request,
        way=FACTORS.get(getattr(more.get("authenticator"), "type", ""), "second factor"),
    )


@receiver(authenticator_added)
def note_factor_added(request: HttpRequest, user: User, authenticator: Any, **_more: Any) -> None:
    _note(
        "second_factor_added", user, request, by=user, way=FACTORS.get(authenticator.type, authenticator.type)
    )


@receiver(authenticator_removed)
def note_factor_removed(request: HttpRequest, user: User, authenticator: Any, **_more: Any) -> None:
    _note(
        "second_factor_removed",
        user,
        request,
        by=user,
        way=FACTORS.get(authenticator.type, authenticator.type),
    )


@receiver(authenticator_reset)
def note_codes_renewed(request: HttpRequest, user: User, **_more: Any) -> None:
    _note("recovery_codes_renewed", user, request, by=user)


@receiver(password_changed)
def note_password_changed(request: HttpRequest, user: User, **_more: Any) -> None:
    _note("password_changed", user, request, by=user)


@receiver(password_reset)
def note_password_reset(request: HttpRequest, user: User, **_more: Any) -> None:
    """By the link of a mail: whoever holds the mailbox. Every other session ends."""
    _note("password_reset", user, request, by=user)
    user.end_sessions(by=user)


def _note(
    verb: str, user: User, request: HttpRequest | None, *, by: User | None = None, way: str = ""
) -> None:
    place = get_client_ip(request) if request is not None else ""
    with transaction.atomic():
        emit(verb, user, by=by, note=" · ".join(part for part in (way, place) if part))


def _method(used: dict[str, Any]) -> str:
    if used.get("method") == "password":
        return "password"
    return FACTORS.get(used.get("type", ""), str(used.get("method", "")))
