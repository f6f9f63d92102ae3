"""Who chats: a visitor of the company's web site, known by a secret in their browser and by nothing else."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from relasi.channels.models import Account
from relasi.conversations.models.message import Message
from relasi.parties.models import Party

HERE = timedelta(seconds=60)


def new_code() -> str:
    return f"visitor-{secrets.token_hex(5)}"


def hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class ChatVisitor(models.Model):
    """A browser that began a chat. No events: what they say is kept as messages.

    `code` is the address of their conversations. Name, e-mail and phone are what they typed, proven by
    nothing; `may_be` is the customer who has the same, a hint for colleagues that no visitor is told.
    `last_number` counts their lines; those up to `acked_number` have reached the browser, those up to
    `read_number` were shown. `minute_at` and `minute_count` count what was sent within a minute.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    token_hash = models.CharField(max_length=64)
    code = models.CharField(max_length=32, unique=True, default=new_code)
    may_be = models.ForeignKey(
        Party, on_delete=models.SET_NULL, null=True, related_name="chat_visitors", verbose_name=_("May be")
    )
    name = models.CharField(_("Name"), max_length=200, blank=True)
    email = models.EmailField(_("E-mail"), blank=True)
    phone = models.CharField(_("Phone"), max_length=40, blank=True)
    page = models.CharField(_("Page"), max_length=500, blank=True)
    referrer = models.CharField(_("Came from"), max_length=500, blank=True)
    language = models.CharField(_("Language"), max_length=5, default="id")
    address_code = models.CharField(max_length=64)
    created_at = models.DateTimeField(_("First seen"), default=timezone.now)
    seen_at = models.DateTimeField(_("Last seen"), default=timezone.now)
    consent_at = models.DateTimeField(_("Consent"), null=True)
    consent_text = models.TextField(blank=True)

    typing_until = models.DateTimeField(null=True)

    last_number = models.PositiveIntegerField(default=0)
    acked_number = models.PositiveIntegerField(default=0)
    read_number = models.PositiveIntegerField(default=0)
    minute_at = models.DateTimeField(null=True)
    minute_count = models.PositiveIntegerField(default=0)
    transcript_at = models.DateTimeField(null=True)

    TYPED: ClassVar[tuple[str, ...]] = ("name", "email", "phone")

    class Meta:
        verbose_name = _("Chat visitor")
        verbose_name_plural = _("Chat visitors")
        constraints = [models.UniqueConstraint(fields=["token_hash", "account"], name="chat_visitor_once")]
        indexes = [
            models.Index(fields=["address_code", "-created_at"], name="chat_visitor_address"),
            models.Index(fields=["address_code", "-minute_at"], name="chat_visitor_minute"),
        ]

    def __str__(self) -> str:
        return self.name or self.email or self.phone or self.code

    def is_typing(self, now: datetime) -> bool:
        return self.typing_until is not None and self.typing_until > now

    def is_here(self, now: datetime) -> bool:
        """Whether their page was heard of a moment ago."""
        return now - self.seen_at < HERE


class ChatLine(models.Model):
    """A message as one visitor sees it, numbered without gaps in the order they are told of it."""

    visitor = models.ForeignKey(ChatVisitor, on_delete=models.CASCADE, related_name="lines", db_index=False)
    number = models.PositiveIntegerField()
    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="chat_line")

    class Meta:
        verbose_name = _("Line of a chat")
        verbose_name_plural = _("Lines of a chat")
        constraints = [models.UniqueConstraint(fields=["visitor", "number"], name="chat_line_once")]

    def __str__(self) -> str:
        return f"{self.visitor_id}: {self.number}"
