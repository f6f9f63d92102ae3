"""What a bundle is made of."""

from __future__ import annotations

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from relasi.catalog.models.product import Product
from relasi.kit.records.record import Record


class BundleItem(Record):
    """`quantity` of `item` goes into one `bundle`; an optional one only where the customer wants it."""

    bundle = models.ForeignKey(
        Product, on_delete=models.CASCADE, related_name="parts", verbose_name=_("Bundle")
    )
    item = models.ForeignKey(
        Product, on_delete=models.PROTECT, related_name="bundles", verbose_name=_("Part")
    )
    quantity = models.DecimalField(
        _("Quantity"),
        max_digits=15,
        decimal_places=3,
        default=Decimal(1),
        validators=[MinValueValidator(Decimal("0.001"))],
    )
    is_optional = models.BooleanField(_("Optional"), default=False)

    visible_through = ("bundle",)

    class Meta:
        verbose_name = _("Part of a bundle")
        verbose_name_plural = _("Parts of bundles")
        ordering = ["bundle", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["bundle", "item"],
                name="bundle_item_once",
                violation_error_message=_("This part is in the bundle already; change its quantity."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.quantity.normalize():f} × {self.item}"

    def clean(self) -> None:
        if self.bundle.is_stocked:
            raise ValidationError({"bundle": _("What is kept in stock cannot be a bundle as well.")})
        if self.bundle_id in _within(self.item_id):
            raise ValidationError({"item": _("A bundle cannot be part of itself.")})
        try:
            self.item.check_quantity(self.quantity)
        except ValidationError as error:
            raise ValidationError({"quantity": error.messages}) from error


def _within(product_id: int) -> set[int]:
    """The product and all that goes into it, however deep."""
    found, waiting = {product_id}, {product_id}
    while waiting:
        rows = BundleItem._default_manager.filter(bundle__in=waiting)
        waiting = set(rows.values_list("item_id", flat=True)) - found
        found |= waiting
    return found
