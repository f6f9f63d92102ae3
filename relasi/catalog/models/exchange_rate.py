"""What another currency was worth on a day."""

from __future__ import annotations

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from relasi.kit.records.money import CurrencyField, own_currency
from relasi.kit.records.record import Record
from relasi.lib.money import CURRENCIES


class ExchangeRate(Record):
    """One `currency` is `rate` of the company's own currency, from `on` until the next day that has one."""

    currency = CurrencyField(default="USD", choices=[(code, code) for code in CURRENCIES])
    on = models.DateField(_("Day"))
    rate = models.DecimalField(
        _("Rate"),
        max_digits=15,
        decimal_places=6,
        validators=[MinValueValidator(Decimal("0.000001"))],
        help_text=_("What one of it is worth in the currency of your books."),
    )
    source = models.CharField(_("Source"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("Exchange rate")
        verbose_name_plural = _("Exchange rates")
        ordering = ["-on", "currency"]
        constraints = [
            models.UniqueConstraint(
                fields=["currency", "on"],
                name="exchange_rate_once",
                violation_error_message=_("This currency has a rate on that day already."),
            )
        ]
        indexes = [models.Index(fields=["-on", "-id"], name="exchange_rate_newest")]

    def __str__(self) -> str:
        return f"{self.currency} {self.on:%Y-%m-%d}"

    def clean(self) -> None:
        if self.currency == own_currency():
            raise ValidationError({"currency": _("This is the currency of your books; it is always 1.")})
