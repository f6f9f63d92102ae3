"""One price in a book: of a product, from a quantity on."""

from __future__ import annotations

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from relasi.catalog.models.price_book import PriceBook
from relasi.catalog.models.product import NOT_NEGATIVE, Product
from relasi.kit.records.money import MoneyField
from relasi.kit.records.record import Record


class Price(Record):
    """`amount` is of one, when at least `min_quantity` are bought, in the currency of the book."""

    book = models.ForeignKey(
        PriceBook, on_delete=models.CASCADE, related_name="prices", verbose_name=_("Price book")
    )
    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, related_name="prices", verbose_name=_("Product")
    )
    min_quantity = models.DecimalField(
        _("From quantity"),
        max_digits=15,
        decimal_places=3,
        default=Decimal(1),
        validators=[MinValueValidator(Decimal(0))],
    )
    amount = MoneyField(_("Price"), validators=[NOT_NEGATIVE])

    visible_through = ("book",)

    class Meta:
        verbose_name = _("Price")
        verbose_name_plural = _("Prices")
        ordering = ["book", "product", "min_quantity"]
        constraints = [
            models.UniqueConstraint(
                fields=["book", "product", "min_quantity"],
                name="price_once",
                violation_error_message=_("The book has a price from this quantity already."),
            )
        ]
        indexes = [
            models.Index(fields=["product", "book", "min_quantity"], name="price_product"),
            models.Index(fields=["book", "-id"], name="price_book_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.product} · {self.book}"

    @property
    def currency(self) -> str:
        return str(self.book.currency)
