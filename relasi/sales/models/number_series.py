"""Running numbers of quotes and orders, one row for each series and year."""

from __future__ import annotations

from datetime import date

from django.db import models, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _


class NumberSeries(models.Model):
    """`last` is the number given last. Two that ask at once wait for each other, so none is given twice."""

    key = models.CharField(max_length=20, unique=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("Number series")
        verbose_name_plural = _("Number series")

    def __str__(self) -> str:
        return f"{self.key}: {self.last}"


@transaction.atomic
def next_number(prefix: str, on: date) -> str:
    """The next of a series: `Q-2026-0001`."""
    key = f"{prefix}-{on.year}"
    NumberSeries.objects.get_or_create(key=key)
    NumberSeries.objects.filter(key=key).update(last=F("last") + 1)
    return f"{key}-{NumberSeries.objects.get(key=key).last:04d}"
