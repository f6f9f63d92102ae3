"""Where goods lie: a warehouse, a shop, a technician's van."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from relasi.kit.records.record import Record
from relasi.kit.records.traits import Archivable, Noted


class StockPlace(Archivable, Noted, Record):
    """What lies in a place that is not `is_sellable` (damaged, at the repairer's) is never offered."""

    name = models.CharField(_("Name"), max_length=80)
    code = models.CharField(_("Code"), max_length=20, blank=True)
    city = models.CharField(_("City"), max_length=80, blank=True)
    address = models.CharField(_("Address"), max_length=200, blank=True)
    is_sellable = models.BooleanField(_("Goods here can be sold"), default=True)

    class Meta:
        verbose_name = _("Stock place")
        verbose_name_plural = _("Stock places")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                name="stock_place_once",
                violation_error_message=_("There is a place of this name already."),
            )
        ]

    def __str__(self) -> str:
        return self.name
