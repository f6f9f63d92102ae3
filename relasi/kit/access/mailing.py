"""The few mails the door sends."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _


def mail_password_link(user: Any) -> bool:
    """A link to choose a new password, in the user's language."""
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"}).replace(
        "UID-KEY", key
    )
    context = {"user": user, "password_reset_url": settings.RELASI_PUBLIC_URL.rstrip("/") + path}
    with translation.override(user.language):
        subject = _("Choose a new password for Relasi")
        return mail(subject, "account/email/password_reset_key_message.txt", context, user.email)


def mail(subject: str, template: str, context: dict[str, Any], to: str) -> bool:
    """Whether the mail could be handed over."""
    try:
        return bool(send_mail(subject, render_to_string(template, context), None, [to]))
    except OSError:
        return False
