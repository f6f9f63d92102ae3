"""From which discount on somebody must approve, and who."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from relasi.kit.access.models import Role
from relasi.kit.records.record import Record
from relasi.kit.records.traits import Archivable


class DiscountRule(Archivable, Record):
    """Asks for approval when a line is cheaper by more than `above` per cent, or the quote leaves less margin
    than `margin_below` per cent. Whoever has the right to approve and is `approver` or holds `role` may, or
    anybody with the right where neither is named.
    """

    name = models.CharField(_("Name"), max_length=120)
    above = models.DecimalField(
        _("Discount above (%)"), max_digits=5, decimal_places=2, null=True, blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )  # fmt: skip
    margin_below = models.DecimalField(
        _("Margin below (%)"), max_digits=5, decimal_places=2, null=True, blank=True,
        validators=[MinValueValidator(-100), MaxValueValidator(100)],
    )  # fmt: skip
    role = models.ForeignKey(
        Role, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("Role")
    )
    approver = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("Who approves"), help_text=_("Left empty, whoever may approve quotes."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("Discount rule")
        verbose_name_plural = _("Discount rules")
        ordering = ["above", "id"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.above is None and self.margin_below is None:
            raise ValidationError({"above": _("Say from which discount or which margin on it asks.")})

    def names(self, user: Any) -> bool:
        """Whether the rule lets this person approve."""
        if self.approver_id is None and self.role_id is None:
            return True
        return self.approver_id == user.pk or bool(
            self.role_id and user.roles.filter(pk=self.role_id).exists()
        )
