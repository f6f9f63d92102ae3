"""A file that a large export wrote, kept until it expires."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ExportFileQuerySet(models.QuerySet["ExportFile"]):
    def visible_to(self, user: Any) -> Self:
        """One's own, until they expire."""
        return self.filter(owner=user, expires_at__gt=timezone.now())


class ExportFile(models.Model):
    """What was asked for (`query` is the list's own address), how far it is, and where the file lies."""

    class Kind(models.TextChoices):
        CSV = "csv", _("CSV")
        XLSX = "xlsx", _("Excel (XLSX)")
        JSON = "json", _("JSON")

    resource = models.CharField(max_length=40)
    kind = models.CharField(max_length=4, choices=Kind.choices)
    query = models.TextField(blank=True)
    name = models.CharField(_("Name"), max_length=120)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    rows_done = models.PositiveIntegerField(default=0)
    rows_total = models.PositiveIntegerField(null=True)
    size = models.PositiveBigIntegerField(default=0)
    path = models.CharField(max_length=255, blank=True)
    problem = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()

    objects = ExportFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("Exported file")
        verbose_name_plural = _("Exported files")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["owner", "-id"], name="export_owner"),
            models.Index(fields=["expires_at"], name="export_expiry"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_ready(self) -> bool:
        return bool(self.path)
