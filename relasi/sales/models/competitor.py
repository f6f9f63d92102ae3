"""Who else is after the same customers."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from relasi.kit.records.record import Record
from relasi.kit.records.traits import Archivable, Attached, Noted


class Competitor(Archivable, Noted, Attached, Record):
    name = models.CharField(_("Name"), max_length=120)
    website = models.URLField(_("Website"), blank=True)
    strengths = models.TextField(_("Strengths"), blank=True)
    weaknesses = models.TextField(_("Weaknesses"), blank=True)
    answer = models.TextField(
        _("How we answer"), blank=True, help_text=_("What a seller says when the customer names them.")
    )

    class Meta:
        verbose_name = _("Competitor")
        verbose_name_plural = _("Competitors")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                name="competitor_once",
                violation_error_message=_("There is a competitor of this name already."),
            )
        ]

    def __str__(self) -> str:
        return self.name
