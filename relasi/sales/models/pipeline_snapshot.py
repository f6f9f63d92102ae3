"""The pipeline as it stood: how every open deal looked from one day until another."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from relasi.kit.records.money import MoneyField
from relasi.kit.records.record import RecordQuerySet
from relasi.sales.models.deal import Deal
from relasi.sales.models.pipeline import Pipeline
from relasi.sales.models.stage import Category, Stage


class PipelineSnapshotQuerySet(RecordQuerySet):
    def as_of(self, day: date) -> Self:
        """How things stood on the morning of a day."""
        return self.filter(Q(until_on__isnull=True) | Q(until_on__gt=day), from_on__lte=day)


class PipelineSnapshot(models.Model):
    """A new row only when a deal differs from the night before: a night costs what has changed.

    It holds on the mornings from `from_on` to before `until_on`.
    """

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="snapshots", db_index=False)
    from_on = models.DateField()
    until_on = models.DateField(null=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    pipeline = models.ForeignKey(Pipeline, on_delete=models.CASCADE, related_name="+", db_index=False)
    stage = models.ForeignKey(Stage, on_delete=models.CASCADE, related_name="+", db_index=False)
    category = models.CharField(max_length=9, choices=Category.choices)
    value = MoneyField(currency="")
    weighted = MoneyField(currency="")
    expected_close_on = models.DateField()

    visible_through: ClassVar[tuple[str, ...]] = ("deal",)

    objects = PipelineSnapshotQuerySet.as_manager()

    class Meta:
        verbose_name = _("Snapshot of the pipeline")
        verbose_name_plural = _("Snapshots of the pipeline")
        constraints = [
            models.UniqueConstraint(
                fields=["deal"], condition=Q(until_on__isnull=True), name="snapshot_one_current"
            ),
            models.UniqueConstraint(fields=["deal", "from_on"], name="snapshot_once_a_day"),
        ]
        indexes = [
            models.Index(fields=["until_on", "from_on"], name="snapshot_until"),
            models.Index(fields=["from_on", "until_on"], name="snapshot_from"),
        ]

    def __str__(self) -> str:
        return f"{self.deal_id}: {self.from_on}"
