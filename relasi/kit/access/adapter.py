"""How allauth's sign-in fits this house: nobody signs up, tries are counted per account, secrets are kept
encrypted.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from relasi.lib.secrets import Vault

WORDS = {
    "account/messages/password_changed.txt": _("Your password is changed."),
    "account/messages/password_set.txt": _("Your password is set."),
    "mfa/messages/totp_activated.txt": _("The authenticator app is set up."),
    "mfa/messages/totp_deactivated.txt": _("The authenticator app is taken off."),
    "mfa/messages/recovery_codes_generated.txt": _(
        "New recovery codes are made; the old ones no longer work."
    ),
    "mfa/messages/webauthn_added.txt": _("The key is added."),
    "mfa/messages/webauthn_removed.txt": _("The key is removed."),
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account is shut. Ask whoever looks after Relasi in your company."),
        "email_password_mismatch": _("E-mail address or password is not right."),
        "enter_current_password": _("This is not your present password."),
        "incorrect_code": _("This code is not right."),
        "incorrect_password": _("This password is not right."),
        "too_many_login_attempts": _("Too many failed tries. Wait 15 minutes and try again."),
        "rate_limited": _("Too many tries. Wait a little and try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Our own words, and none for what everybody sees anyway (signed in, signed out)."""
        text = message or WORDS.get(message_template or "")
        if text:
            messages.add_message(request, level, text, extra_tags=extra_tags)

    def reauthenticate(self, user: Any, password: str) -> bool:
        found = self.authenticate(context.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        from relasi.kit.access.signing import note_failed

        note_failed(request, credentials.get("email", ""))

    def get_reset_password_from_key_url(self, key: str) -> str:
        """At the address people know, whatever host the request named."""
        from django.urls import reverse

        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.RELASI_PUBLIC_URL.rstrip("/") + path.replace("UID-KEY", key)

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        from django.shortcuts import redirect

        return redirect("account_inactive")

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """By account alone: the same for every name this host goes by."""
        return str(credentials.get("email", "")).strip().lower()


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is not right."),
        "cannot_delete_authenticator": _(
            "Your role asks for a second factor; this is the only one you have."
        ),
        "cannot_generate_recovery_codes": _("Set up an authenticator app or a passkey first."),
    }

    def get_public_key_credential_rp_entity(self) -> dict[str, Any]:
        entity: dict[str, Any] = super().get_public_key_credential_rp_entity()
        return {**entity, "name": "Relasi"}

    def encrypt(self, text: str) -> str:
        return _vault(settings.SECRET_KEY).encrypt(text, context="access.second_factor")

    def decrypt(self, encrypted_text: str) -> str:
        return _vault(settings.SECRET_KEY).decrypt(encrypted_text, context="access.second_factor")

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        """The last factor stays while a role of the user asks for one."""
        user = authenticator.user
        if not user.roles.filter(requires_second_factor=True).exists():
            return True
        others = user.authenticator_set.exclude(pk=authenticator.pk).exclude(type="recovery_codes")
        return bool(others.exists())

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        from django.utils.translation import gettext

        count = user.authenticator_set.filter(type=type).count()
        return gettext("Passkey %(number)d") % {"number": count + 1}


@cache
def _vault(secret: str) -> Vault:
    return Vault({1: secret.encode()})
