"""What the lines of quotes and orders have in common: a product or words, how many, for how much."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from relasi.catalog.models import Product, Tax
from relasi.kit.records.money import MoneyField
from relasi.kit.records.record import Record
from relasi.sales.reckoning import AMOUNT, PERCENT, Amounts, amounts_of

NOT_NEGATIVE = MinValueValidator(Decimal(0))


class PricedLine(Record):
    """`tax_rate` per cent of `tax_part` / `tax_whole` of the net price, as the tax stood on the day the line
    was written; the amounts follow from `reckoning.amounts_of`.
    """

    class DiscountIn(models.TextChoices):
        PERCENT = PERCENT, _("Per cent")
        AMOUNT = AMOUNT, _("Amount")

    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, null=True, blank=True, related_name="%(class)ss",
        verbose_name=_("Product"),
    )  # fmt: skip
    description = models.CharField(_("Description"), max_length=300, blank=True)
    quantity = models.DecimalField(
        _("Quantity"), max_digits=12, decimal_places=3, default=1,
        validators=[MinValueValidator(Decimal("0.001"))],
    )  # fmt: skip
    unit_price = MoneyField(
        _("Unit price"), null=True, blank=True, validators=[NOT_NEGATIVE],
        help_text=_("Without tax. Left empty, what the price books say for this customer."),
    )  # fmt: skip
    discount = models.DecimalField(
        _("Discount"), max_digits=15, decimal_places=2, default=0, validators=[NOT_NEGATIVE]
    )
    discount_in = models.CharField(
        _("Discount in"), max_length=7, choices=DiscountIn.choices, default=DiscountIn.PERCENT
    )
    tax = models.ForeignKey(
        Tax, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Tax")
    )
    tax_rate = models.DecimalField(_("Tax (%)"), max_digits=7, decimal_places=4, default=0, editable=False)
    tax_part = models.PositiveSmallIntegerField(default=1, editable=False)
    tax_whole = models.PositiveSmallIntegerField(default=1, editable=False)
    net = MoneyField(_("Net"), default=0, editable=False)
    tax_amount = MoneyField(_("Tax amount"), default=0, editable=False)
    total = MoneyField(_("Total"), default=0, editable=False)
    order_no = models.PositiveSmallIntegerField(_("Order"), default=10)

    unlogged_fields: ClassVar[tuple[str, ...]] = (
        "net", "tax_amount", "total", "tax_rate", "tax_part", "tax_whole",
    )  # fmt: skip
    _copying = ""
    is_chosen: Any

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.description or str(self.product or "")

    @classmethod
    def copy_of(cls, line: PricedLine, *, by: Any, copying: str, **whole: Any) -> Any:
        """The same on another quote or order."""
        names = [
            "product", "description", "quantity", "unit_price", "discount", "discount_in", "tax", "order_no",
            "tax_rate", "tax_part", "tax_whole",
        ]  # fmt: skip
        return cls.create(by=by, copying=copying, **{name: getattr(line, name) for name in names}, **whole)

    @property
    def copying(self) -> str:
        """`exact` for a copy with the tax of then, `fresh` for one with the tax of today; empty for a line
        that somebody writes.
        """
        return self._copying

    @copying.setter
    def copying(self, how: str) -> None:
        self._copying = how

    @property
    def whole(self) -> Any:
        """The quote or order it stands on."""
        raise NotImplementedError

    @property
    def currency(self) -> str:
        return str(self.whole.currency)

    @property
    def tax_share(self) -> Fraction:
        """The tax on one of anything, exactly: 12 % of 11/12 is 11/100."""
        return Fraction(self.tax_rate) / 100 * Fraction(self.tax_part, self.tax_whole)

    @property
    def tax_label(self) -> str:
        """The tax with what it comes to: “PPN 11 %”."""
        share = self.tax_share * 100
        rate = (Decimal(share.numerator) / Decimal(share.denominator)).quantize(Decimal("0.01")).normalize()
        return f"{self.tax.name if self.tax else _('Tax')} {rate:f} %"

    @property
    def amounts(self) -> Amounts:
        return amounts_of(self, self.currency)

    def prepare(self) -> None:
        from relasi.sales.lines import net_price

        if self._state.adding and self.product and self.tax is None and not self.copying:
            self.tax = self.product.tax
        self.description = self.description or (self.product.name if self.product else "")
        if self.unit_price is None and self.product and self.quantity:
            self.unit_price = net_price(
                product=self.product, party=self.whole.party, quantity=self.quantity, currency=self.currency,
                field="unit_price",
            )  # fmt: skip
        if self._wants_tax():
            self._fix_tax()
        amounts = self.amounts
        self.net, self.tax_amount, self.total = amounts.net, amounts.tax, amounts.total

    def clean(self) -> None:
        super().clean()
        problems: dict[str, Any] = {}
        if not self.description:
            problems["description"] = _("Choose a product, or say in words what it is.")
        if self.unit_price is None:
            problems["unit_price"] = _("There is no price for this product; type one.")
        if self.discount_in == PERCENT and self.discount > 100:
            problems["discount"] = _("A discount is at most 100 %.")
        elif self.discount_in == AMOUNT and self.discount > self.amounts.gross:
            problems["discount"] = _("The discount is more than the price.")
        if self.product:
            try:
                self.product.check_quantity(self.quantity)
            except ValidationError as error:
                problems["quantity"] = error.messages
        if problems:
            raise ValidationError(problems)

    def _wants_tax(self) -> bool:
        if self._state.adding:
            return self.copying != "exact"
        before = type(self)._default_manager.filter(pk=self.pk).values_list("tax_id", flat=True).first()
        return before != self.tax_id

    def _fix_tax(self) -> None:
        """The rate of the day the line is written; it stays, whatever the law says later."""
        rate = self.tax.rate_on(timezone.localdate()) if self.tax else None
        self.tax_rate = rate.rate if rate else Decimal(0)
        self.tax_part, self.tax_whole = (rate.base_part, rate.base_whole) if rate else (1, 1)
