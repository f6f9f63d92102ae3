"""Why deals are won and lost: the company's own short list."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from relasi.kit.records.record import Record
from relasi.kit.records.traits import Archivable


class CloseReason(Archivable, Record):
    class Kind(models.TextChoices):
        WON = "won", _("Won")
        LOST = "lost", _("Lost")

    name = models.CharField(_("Name"), max_length=80)
    kind = models.CharField(_("Outcome"), max_length=4, choices=Kind.choices, default=Kind.LOST)
    order = models.PositiveSmallIntegerField(_("Order"), default=10)

    class Meta:
        verbose_name = _("Reason won or lost")
        verbose_name_plural = _("Reasons won and lost")
        ordering = ["kind", "order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "name"],
                name="close_reason_once",
                violation_error_message=_("This reason is there already."),
            )
        ]

    def __str__(self) -> str:
        return self.name
