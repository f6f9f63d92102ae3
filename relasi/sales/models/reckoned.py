"""What is expected of a lead or deal, and what was spent on it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from relasi.kit.records.money import MoneyField

KEPT = ("expected_value", "cost_to_serve", "minutes_spent", "value_per_hour", "worth_parts")
GUARDED = ("expected_value", "cost_to_serve", "value_per_hour", "worth_parts")


class Reckoned(models.Model):
    """What is expected of a lead or deal and what was spent on it: kept for lists by `expected`."""

    expected_value = MoneyField(_("Expected value"), currency="", default=0, editable=False)
    cost_to_serve = MoneyField(_("Cost to serve"), currency="", default=0, editable=False)
    minutes_spent = models.PositiveIntegerField(_("Minutes spent"), default=0, editable=False)
    value_per_hour = MoneyField(_("Value per hour"), currency="", null=True, editable=False)
    worth_parts = models.JSONField(default=list, blank=True, editable=False)

    class Meta:
        abstract = True
