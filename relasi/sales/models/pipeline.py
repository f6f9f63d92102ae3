"""A pipeline: one way of selling, with its own stages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from relasi.kit.records.record import Record
from relasi.kit.records.traits import Archivable

if TYPE_CHECKING:
    from relasi.sales.models.stage import Stage


class Pipeline(Archivable, Record):
    """The first by `order` is where new deals begin. A new one has a stage for each outcome already."""

    name = models.CharField(_("Name"), max_length=80)
    description = models.TextField(_("Description"), blank=True)
    order = models.PositiveSmallIntegerField(_("Order"), default=10)
    needs_next_activity = models.BooleanField(
        _("Always a next activity"),
        default=True,
        help_text=_("Open deals without one stand on Today, and whoever moves one is asked for the next."),
    )

    class Meta:
        verbose_name = _("Pipeline")
        verbose_name_plural = _("Pipelines")
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                name="pipeline_once",
                violation_error_message=_("There is a pipeline of this name already."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def first_stage(self) -> Stage:
        """Where its deals begin."""
        return self.stage_for("open")

    def stage_for(self, kind: str) -> Stage:
        """The first stage of a kind. Raises ValidationError when somebody removed it."""
        found: Stage | None = self.stages.filter(kind=kind).order_by("order", "id").first()
        if found is None:
            raise ValidationError(
                {"stage": _("“%(pipeline)s” has no stage for this.") % {"pipeline": self.name}}
            )
        return found

    def saved(self, *, created: bool, fields: set[str], removed: bool = False) -> None:
        if created and not removed:
            self._begin()
        super().saved(created=created, fields=fields, removed=removed)

    def _begin(self) -> None:
        from relasi.sales.models.stage import Stage
        from relasi.sales.starting import stages_of_new_pipeline

        for values in stages_of_new_pipeline():
            Stage.create(by=None, pipeline=self, **values)


def default_pipeline() -> Any:
    """Where a deal begins when nobody says; None when there is no pipeline."""
    return Pipeline._default_manager.filter(archived_at__isnull=True).order_by("order", "id").first()
