"""A tax, whose rates are rows with a day from which they hold."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from relasi.kit.records.record import Record
from relasi.kit.records.traits import Archivable

if TYPE_CHECKING:
    from relasi.catalog.models.tax_rate import TaxRate


class Tax(Archivable, Record):
    name = models.CharField(_("Name"), max_length=60)
    description = models.TextField(_("Description"), blank=True)

    class Meta:
        verbose_name = _("Tax")
        verbose_name_plural = _("Taxes")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                name="tax_once",
                violation_error_message=_("There is a tax of this name already."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def rate_on(self, day: date) -> TaxRate | None:
        """The rate that holds on a day; None before the first."""
        rates: list[TaxRate] = list(self.rates.all())
        held = [rate for rate in rates if rate.valid_from <= day]
        return max(held, key=lambda rate: rate.valid_from, default=None)
