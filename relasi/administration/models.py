"""What the administration keeps for itself."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class ChainCheck(models.Model):
    """One verification of the audit chain. `flaws` holds the first hundred as `[kind, seal, event]`."""

    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    asked_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    job_id = models.BigIntegerField(null=True)
    seals = models.BigIntegerField(default=0)
    events = models.BigIntegerField(default=0)
    flaw_count = models.BigIntegerField(default=0)
    flaws = models.JSONField(default=list)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"Check of {self.asked_at:%Y-%m-%d %H:%M}"
