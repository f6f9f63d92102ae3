"""API keys, and the answers kept for repeated requests with one Idempotency-Key."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from relasi.kit.records.record import Record, RecordQuerySet


class ApiKeyQuerySet(RecordQuerySet):
    def usable(self) -> Self:
        return self.filter(revoked_at__isnull=True, user__is_active=True).filter(
            models.Q(expires_at__isnull=True) | models.Q(expires_at__gt=timezone.now())
        )


class ApiKey(Record):
    """Acts as its user, never wider; `scopes` narrows it: `["*"]`, `["party:view", "task:*"]`.

    Shown once, kept hashed.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(_("Name"), max_length=80)
    prefix = models.CharField(max_length=12, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    scopes = models.JSONField(_("Scopes"), default=list)
    expires_at = models.DateTimeField(_("Expires"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("Last used"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("Revoked"), null=True, editable=False)

    guarded_fields = secret_fields = ("token_hash",)
    unlogged_fields = ("last_used_at",)
    objects = ApiKeyQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def issue(
        cls, *, user: models.Model, name: str, scopes: list[str], by: models.Model, **fields: Any
    ) -> tuple[Self, str]:
        """A new key and its secret (`rls_…`), which nobody can read again."""
        token = "rls_" + secrets.token_urlsafe(32)
        digest = hashlib.sha256(token.encode()).hexdigest()
        key = cls.create(
            by=by,
            verb="issued",
            user=user,
            name=name,
            scopes=scopes,
            prefix=token[:10],
            token_hash=digest,
            **fields,
        )
        return key, token

    @classmethod
    def of_token(cls, token: str) -> Self | None:
        digest = hashlib.sha256(token.encode()).hexdigest()
        return cls.objects.usable().select_related("user").filter(token_hash=digest).first()

    def note_use(self, *, at: datetime) -> None:
        """No event: a key is used all the time."""
        type(self)._default_manager.filter(pk=self.pk).update(last_used_at=at)

    def revoke(self, *, by: models.Model) -> None:
        if not self.revoked_at:
            self.change(by=by, verb="revoked", revoked_at=timezone.now())


class IdempotentAnswerQuerySet(models.QuerySet[Any]):
    def of(self, user: Any, key: str) -> Self:
        """What one user was answered under a key: none or one."""
        return self.filter(user=user, key=key)

    def older_than(self, age: timedelta) -> Self:
        return self.filter(created_at__lt=timezone.now() - age)


class IdempotentAnswer(models.Model):
    """The answer once given under an Idempotency-Key: same key and body, same answer; same key, other body,
    refused.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.BinaryField(null=True)
    headers = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    objects = IdempotentAnswerQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="idempotency_once")]

    def __str__(self) -> str:
        return self.key
