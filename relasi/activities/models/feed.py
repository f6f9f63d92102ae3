"""The secret address under which a person's calendar is read by other programs."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from relasi.kit.records.record import Record, RecordQuerySet

SEEN_EVERY = timedelta(minutes=15)


class CalendarFeedQuerySet(RecordQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Only one's own."""
        return self.filter(user=user)

    def usable(self) -> Self:
        return self.filter(revoked_at__isnull=True, user__is_active=True)


class CalendarFeed(Record):
    """The token is shown once and kept hashed; a new one ends the one before."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_feeds"
    )
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    last_read_at = models.DateTimeField(_("Last read"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("Revoked"), null=True, editable=False)

    guarded_fields = secret_fields = ("token_hash",)
    unlogged_fields = ("last_read_at",)
    objects = CalendarFeedQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("Calendar feed")
        verbose_name_plural = _("Calendar feeds")
        ordering = ["-id"]

    def __str__(self) -> str:
        return str(_("Calendar of %(user)s") % {"user": self.user})

    @classmethod
    @transaction.atomic
    def issue(cls, *, user: Any, by: Any) -> tuple[Self, str]:
        """A new feed and its token, which nobody can read again; the old ones end."""
        for feed in cls._default_manager.filter(user=user, revoked_at__isnull=True):
            feed.revoke(by=by)
        token = secrets.token_urlsafe(32)
        return cls.create(by=by, verb="issued", user=user, token_hash=digest(token)), token

    @classmethod
    def of_token(cls, token: str) -> Self | None:
        found: Self | None = (
            cls.objects.usable().select_related("user").filter(token_hash=digest(token)).first()
        )
        return found

    def revoke(self, *, by: Any) -> None:
        if not self.revoked_at:
            self.change(by=by, verb="revoked", revoked_at=timezone.now())

    def was_read(self) -> None:
        """Remember when it was last read, to the quarter of an hour."""
        now = timezone.now()
        if not self.last_read_at or now - self.last_read_at > SEEN_EVERY:
            type(self)._default_manager.filter(pk=self.pk).update(last_read_at=now)


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
