"""Moves on the ladder, and the rules by which parties move."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from relasi.kit.records.record import Record, RecordQuerySet
from relasi.parties.ladder import Rung
from relasi.parties.models.party import Party


class RungRule(Record):
    """Parties that meet `filter` (the filter language, over all kinds) step to `rung`; first rule by order
    wins.

    Texts of built-in rules are kept in English and shown through the catalogue.
    """

    rung = models.CharField(_("Rung"), max_length=12, choices=Rung.choices)
    filter = models.TextField(_("When"))
    reason = models.CharField(_("Reason"), max_length=200)
    may_step_down = models.BooleanField(_("Also steps down"), default=False)
    order = models.PositiveSmallIntegerField(_("Order"), default=0)
    is_active = models.BooleanField(_("In use"), default=True)
    is_builtin = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("Rule of the ladder")
        verbose_name_plural = _("Rules of the ladder")
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return f"{self.get_rung_display()}: {self.filter}"

    @property
    def shown_reason(self) -> str:
        return gettext(self.reason) if self.is_builtin else self.reason


class RungMoveQuerySet(RecordQuerySet):
    def by_hand(self) -> Self:
        """Moves a person made, not a rule."""
        return self.filter(rule__isnull=True, by__isnull=False)


class RungMove(models.Model):
    """One step on the ladder: when, from where to where, by whom or by which rule, and why."""

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="rung_moves")
    before = models.CharField(max_length=12, choices=Rung.choices, blank=True)
    after = models.CharField(max_length=12, choices=Rung.choices)
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    rule = models.ForeignKey(RungRule, on_delete=models.SET_NULL, null=True, related_name="moves")
    reason = models.CharField(max_length=200, blank=True)

    visible_through = ("party",)

    objects = RungMoveQuerySet.as_manager()

    class Meta:
        verbose_name = _("Step on the ladder")
        verbose_name_plural = _("Steps on the ladder")
        ordering = ["-id"]
        indexes = [models.Index(fields=["at", "after"], name="rung_move_at")]

    def __str__(self) -> str:
        return f"{self.party_id}: {self.before} → {self.after}"
