"""What the company sells: goods, services and plans."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from relasi.catalog.models.category import Category
from relasi.catalog.models.tax import Tax
from relasi.catalog.models.unit import Unit
from relasi.kit.records.money import CurrencyField, MoneyField
from relasi.kit.records.record import Record, RecordQuerySet
from relasi.kit.records.traits import Archivable, Attached, Customisable, Noted, Tagged

NOT_NEGATIVE = MinValueValidator(Decimal(0))


class Kind(models.TextChoices):
    GOODS = "goods", _("Goods")
    SERVICE = "service", pgettext_lazy("what is sold", "Service")
    PLAN = "plan", pgettext_lazy("what is sold", "Plan")


class Billing(models.TextChoices):
    ONCE = "once", _("Once")
    MONTHLY = "monthly", _("Monthly")
    QUARTERLY = "quarterly", _("Quarterly")
    HALF_YEARLY = "half_yearly", _("Half-yearly")
    YEARLY = "yearly", _("Yearly")


class ProductQuerySet(RecordQuerySet):
    def on_sale(self) -> Self:
        """What can be offered now."""
        return self.filter(is_active=True, archived_at__isnull=True)

    def stocked(self) -> Self:
        return self.filter(is_stocked=True)

    def within(self, category: Category) -> Self:
        """Those of a category and of the categories below it."""
        return self.filter(category__in=Category.objects.within(category).values("pk"))


class Product(Archivable, Customisable, Tagged, Noted, Attached, Record):
    """`list_price` holds where no price book says otherwise; `cost` is what it costs the company.

    A product with parts (`BundleItem`) is a bundle: it has no stock of its own, its parts have.
    """

    name = models.CharField(_("Name"), max_length=160)
    kind = models.CharField(_("Kind"), max_length=8, choices=Kind.choices)
    sku = models.CharField(_("SKU"), max_length=40, blank=True, help_text=_("Your own number of it."))
    category = models.ForeignKey(
        Category,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="products",
        verbose_name=_("Category"),
    )
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="products", verbose_name=_("Unit")
    )
    tax = models.ForeignKey(
        Tax, on_delete=models.PROTECT, null=True, blank=True, related_name="products", verbose_name=_("Tax")
    )
    currency = CurrencyField()
    list_price = MoneyField(_("List price"), null=True, blank=True, validators=[NOT_NEGATIVE])
    cost = MoneyField(_("Cost"), null=True, blank=True, validators=[NOT_NEGATIVE])
    billing = models.CharField(_("Billed"), max_length=12, choices=Billing.choices, default=Billing.ONCE)
    term_months = models.PositiveSmallIntegerField(_("Term in months"), null=True, blank=True)
    is_stocked = models.BooleanField(
        _("Kept in stock"), default=False, help_text=_("Receipts and issues are counted, by place.")
    )
    is_active = models.BooleanField(_("On sale"), default=True)
    description = models.TextField(_("Description"), blank=True)

    guarded_fields = ("cost", "margin")

    objects = ProductQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("Product")
        verbose_name_plural = _("Products")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(Lower("sku"), condition=~models.Q(sku=""), name="product_sku_once")
        ]
        indexes = [
            models.Index(fields=["name", "id"], name="product_name"),
            models.Index(fields=["kind", "name"], name="product_kind"),
            models.Index(fields=["sku"], name="product_sku"),
            models.Index(fields=["category", "name"], name="product_category"),
            models.Index(fields=["list_price", "id"], name="product_list_price"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_on_sale(self) -> bool:
        return self.is_active and not self.is_archived

    @property
    def margin(self) -> Decimal | None:
        """List price less cost; None where either is missing."""
        if self.list_price is None or self.cost is None:
            return None
        return Decimal(self.list_price - self.cost)

    def withdraw(self, *, by: Any, batch: str = "") -> None:
        """No longer offered; what was sold stays."""
        self.change(by=by, verb="withdrawn", batch=batch, is_active=False)

    def launch(self, *, by: Any, batch: str = "") -> None:
        """Offered from now on."""
        self.change(by=by, verb="launched", batch=batch, is_active=True)

    def prepare(self) -> None:
        self.sku = self.sku.strip()

    def clean(self) -> None:
        problems: dict[str, Any] = {}
        if self.is_stocked and self.kind != Kind.GOODS:
            problems["is_stocked"] = _("Only goods are kept in stock.")
        elif self.is_stocked and self.pk and self.parts.exists():
            problems["is_stocked"] = _("A bundle has no stock of its own; its parts have.")
        elif not self.is_stocked and self.pk and self._has_stock():
            problems["is_stocked"] = _("There is still stock of it; count it to nothing first.")
        if self.sku and self._twins().exists():
            problems["sku"] = _("Another product has this SKU.")
        if problems:
            raise ValidationError(problems)

    def check_quantity(self, quantity: Decimal) -> None:
        """Raises ValidationError for a quantity that its unit does not allow."""
        if self.unit:
            self.unit.check_quantity(quantity)

    def _twins(self) -> models.QuerySet[Any]:
        return Product._default_manager.filter(sku__iexact=self.sku).exclude(pk=self.pk)

    def _has_stock(self) -> bool:
        levels = self.stock_levels.exclude(on_hand=0, reserved=0)
        return bool(levels.exists())
