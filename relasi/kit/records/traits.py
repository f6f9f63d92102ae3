"""What a noun can be besides a row: owned, archivable, customisable, tagged, noted, attached."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Owned(models.Model):
    """Somebody looks after it; "own" and "team" rights are read from here."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Owner"),
    )

    class Meta:
        abstract = True


class Archivable(models.Model):
    """Put away without being deleted."""

    archived_at = models.DateTimeField(_("Archived"), null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None

    def archive(self, *, by: Any, batch: str = "") -> None:
        if not self.archived_at:
            self.change(by=by, verb="archived", batch=batch, archived_at=timezone.now())  # type: ignore[attr-defined]

    def unarchive(self, *, by: Any, batch: str = "") -> None:
        if self.archived_at:
            self.change(by=by, verb="unarchived", batch=batch, archived_at=None)  # type: ignore[attr-defined]


class Customisable(models.Model):
    """Carries the company's own fields: `custom` maps the key of a CustomField to its plain JSON value."""

    custom = models.JSONField(_("Own fields"), default=dict, blank=True)

    class Meta:
        abstract = True


class Tagged(models.Model):
    """Carries tags (Tag, Tagging in this app)."""

    is_tagged = True

    class Meta:
        abstract = True


class Noted(models.Model):
    """People comment on it (Comment in this app)."""

    is_noted = True

    class Meta:
        abstract = True


class Attached(models.Model):
    """Files hang on it (Attachment in this app)."""

    is_attached = True

    class Meta:
        abstract = True
