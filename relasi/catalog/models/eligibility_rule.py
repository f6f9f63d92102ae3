"""Who may have a product: a filter over customers, and what to tell whoever does not meet it."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from relasi.catalog.models.category import Category
from relasi.catalog.models.product import Product
from relasi.catalog.segments import check_segment
from relasi.kit.records.record import Record


class EligibilityRule(Record):
    """Only a customer who meets `filter` may have the product, or what is in the category; with neither,
    anything at all. `reason` is told to whoever asks for somebody who does not meet it.
    """

    name = models.CharField(_("Name"), max_length=120)
    product = models.ForeignKey(
        Product,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="eligibility_rules",
        verbose_name=_("Product"),
    )
    category = models.ForeignKey(
        Category,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="eligibility_rules",
        verbose_name=_("Category"),
    )
    filter = models.TextField(
        _("Only for customers with"), help_text=_("As in the filter of a list, for example: rung >= client.")
    )
    reason = models.CharField(
        _("Reason for the others"), max_length=200, help_text=_("Told to whoever offers it to somebody else.")
    )
    is_active = models.BooleanField(_("In use"), default=True)

    class Meta:
        verbose_name = _("Eligibility rule")
        verbose_name_plural = _("Eligibility rules")
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(product__isnull=True) | models.Q(category__isnull=True),
                name="eligibility_of_one",
                violation_error_message=_("Choose a product or a category, not both."),
            )
        ]
        indexes = [models.Index(fields=["name", "id"], name="eligibility_name")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if problem := check_segment(self.filter):
            raise ValidationError({"filter": problem})
