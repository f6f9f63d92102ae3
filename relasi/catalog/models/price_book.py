"""A list of prices: for whom, in which currency, from when until when."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from relasi.catalog.segments import check_segment
from relasi.kit.records.money import CurrencyField
from relasi.kit.records.record import Record, RecordQuerySet
from relasi.kit.records.traits import Archivable


class PriceBookQuerySet(RecordQuerySet):
    def valid_on(self, day: date) -> Self:
        """Those in use on a day."""
        begun = Q(valid_from__isnull=True) | Q(valid_from__lte=day)
        not_over = Q(valid_until__isnull=True) | Q(valid_until__gte=day)
        return self.filter(begun, not_over, is_active=True, archived_at__isnull=True)


class PriceBook(Archivable, Record):
    """Of several books that fit, the one with the highest `priority` decides; `valid_until` is its last."""

    name = models.CharField(_("Name"), max_length=120)
    currency = CurrencyField()
    filter = models.TextField(
        _("For customers with"),
        blank=True,
        help_text=_("As in the filter of a list, for example: tags = grosir. Empty: for everybody."),
    )
    valid_from = models.DateField(_("Valid from"), null=True, blank=True)
    valid_until = models.DateField(_("Valid until"), null=True, blank=True)
    priority = models.PositiveSmallIntegerField(
        _("Priority"), default=10, help_text=_("Where several fit, the highest decides.")
    )
    includes_tax = models.BooleanField(_("Prices include tax"), default=False)
    is_active = models.BooleanField(_("In use"), default=True)
    description = models.TextField(_("Description"), blank=True)

    objects = PriceBookQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("Price book")
        verbose_name_plural = _("Price books")
        ordering = ["-priority", "name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(valid_until__gte=models.F("valid_from")),
                name="price_book_days",
                violation_error_message=_("The last day lies before the first."),
            )
        ]
        indexes = [
            models.Index(fields=["name", "id"], name="price_book_name"),
            models.Index(fields=["currency", "-priority"], name="price_book_currency"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_valid_today(self) -> bool:
        today = timezone.localdate()
        begun = self.valid_from is None or self.valid_from <= today
        return self.is_active and begun and (self.valid_until is None or self.valid_until >= today)

    def copy(self, *, name: str, percent: Decimal, by: Any, valid_from: date | None = None) -> PriceBook:
        """A new book with the same prices, each changed by `percent`; this one stays as it is."""
        from relasi.catalog.actions.copy_price_book import copy_price_book

        return copy_price_book(book=self, name=name, percent=percent, valid_from=valid_from, by=by)

    def clean(self) -> None:
        if problem := check_segment(self.filter):
            raise ValidationError({"filter": problem})
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise ValidationError({"valid_until": _("The last day lies before the first.")})
