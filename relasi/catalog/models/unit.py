"""What quantities are counted in: pieces, hours, metres, policies."""

from __future__ import annotations

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from relasi.kit.records.record import Record


class Unit(Record):
    name = models.CharField(_("Name"), max_length=40)
    symbol = models.CharField(_("Symbol"), max_length=10, help_text=_("As it stands behind a quantity: pcs."))
    is_whole = models.BooleanField(_("Only whole quantities"), default=True)

    class Meta:
        verbose_name = _("Unit")
        verbose_name_plural = _("Units")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                name="unit_once",
                violation_error_message=_("There is a unit of this name already."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def check_quantity(self, quantity: Decimal) -> None:
        """Raises ValidationError for a part of what is only counted whole."""
        if self.is_whole and quantity != quantity.to_integral_value():
            raise ValidationError(gettext("This is counted in whole %(unit)s.") % {"unit": self.symbol})
