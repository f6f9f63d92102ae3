"""Days to remember besides the birth date: anniversaries and the company's own kinds."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from relasi.kit.records.record import Record
from relasi.lib import periods
from relasi.parties.models.party import Party


class ImportantDate(Record):
    """`month_day` is month × 100 + day, to find what falls on a day. `label` names an occasion of one's own.
    """

    class Kind(models.TextChoices):
        WEDDING = "wedding", _("Wedding anniversary")
        FOUNDING = "founding", _("Anniversary of the company")
        MEMORIAL = "memorial", _("Day of remembrance")
        OWN = "own", _("Other occasion")

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="important_dates")
    kind = models.CharField(_("Kind"), max_length=10, choices=Kind.choices, default=Kind.OWN)
    label = models.CharField(_("Occasion"), max_length=80, blank=True)
    on = models.DateField(_("Day"))
    month_day = models.PositiveSmallIntegerField(editable=False)
    every_year = models.BooleanField(_("Every year"), default=True)

    visible_through = ("party",)
    unlogged_fields = ("month_day",)

    class Meta:
        verbose_name = _("Important date")
        verbose_name_plural = _("Important dates")
        ordering = ["month_day", "id"]
        indexes = [models.Index(fields=["month_day"], name="important_day")]

    def __str__(self) -> str:
        return self.label or str(self.get_kind_display())

    def prepare(self) -> None:
        self.month_day = self.on.month * 100 + self.on.day

    def next_on(self, today: date) -> date | None:
        """When it comes next, today included; None for a single day that is past."""
        if self.every_year:
            return periods.next_anniversary(self.on, today)
        return self.on if self.on >= today else None
