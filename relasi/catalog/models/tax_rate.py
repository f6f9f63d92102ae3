"""The rate of a tax from a day on, and which share of the price it is reckoned on."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from relasi.catalog.models.tax import Tax
from relasi.kit.records.record import Record
from relasi.lib.money import Money


class TaxRate(Record):
    """`rate` in per cent of `base_part` / `base_whole` of the price.

    Since 2025 Indonesian value added tax (PPN) is 12 % of 11/12 of the price for all but luxury goods
    (PMK 131/2024): rate 12, base 11 of 12, together 11 %.
    """

    tax = models.ForeignKey(Tax, on_delete=models.CASCADE, related_name="rates", verbose_name=_("Tax"))
    valid_from = models.DateField(_("Valid from"))
    rate = models.DecimalField(
        _("Rate in %"),
        max_digits=7,
        decimal_places=4,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
    )
    base_part = models.PositiveSmallIntegerField(
        _("Parts of the price taxed"), default=1, validators=[MinValueValidator(1)]
    )
    base_whole = models.PositiveSmallIntegerField(
        _("Of so many parts"), default=1, validators=[MinValueValidator(1)]
    )
    basis = models.CharField(_("Legal basis"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("Tax rate")
        verbose_name_plural = _("Tax rates")
        ordering = ["tax", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["tax", "valid_from"],
                name="tax_rate_once",
                violation_error_message=_("This tax has a rate from that day already."),
            ),
            models.CheckConstraint(
                condition=models.Q(base_part__lte=models.F("base_whole")),
                name="tax_rate_share",
                violation_error_message=_("No more than the whole price can be taxed."),
            ),
        ]
        indexes = [models.Index(fields=["-valid_from", "-id"], name="tax_rate_from")]

    def __str__(self) -> str:
        share = f" × {self.base_part}/{self.base_whole}" if self.base_part != self.base_whole else ""
        return f"{self.rate.normalize():f} %{share}"

    @property
    def share(self) -> Fraction:
        """The tax on one of anything, exactly: 12 % of 11/12 is 11/100."""
        return Fraction(self.rate) / 100 * Fraction(self.base_part, self.base_whole)

    def on_top_of(self, net: Money) -> Money:
        """The tax on a price without it, to the smallest coin."""
        return _times(net, self.share).rounded()

    def inside(self, gross: Money) -> Money:
        """The tax within a price that includes it, to the smallest coin."""
        return _times(gross, self.share / (1 + self.share)).rounded()


def _times(money: Money, share: Fraction) -> Money:
    return Money(money.amount * share.numerator / share.denominator, money.currency)
