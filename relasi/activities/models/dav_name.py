"""Under which name and UID a calendar program made an activity."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from relasi.activities.models.activity import Activity


class DavName(models.Model):
    """Programs ask again for what they made by the name they gave it; all others are named by number."""

    activity = models.OneToOneField(Activity, on_delete=models.CASCADE, related_name="dav_name")
    name = models.CharField(max_length=250, db_index=True)
    uid = models.CharField(max_length=300)

    class Meta:
        verbose_name = _("Name in a calendar program")
        verbose_name_plural = _("Names in calendar programs")

    def __str__(self) -> str:
        return self.name
