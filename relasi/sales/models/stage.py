"""A stage of a pipeline, and what must be true before a deal leaves it."""

from __future__ import annotations

from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from relasi.kit.records.record import Record, RecordQuerySet
from relasi.sales.models.pipeline import Pipeline
from relasi.sales.required import RequiredField

TONES = ("grey", "blue", "teal", "violet", "amber", "pink")


class Outcome(models.TextChoices):
    OPEN = "open", pgettext_lazy("state", "Open")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")


class Category(models.TextChoices):
    """How surely a deal is counted on, least first."""

    OMITTED = "omitted", _("Left out")
    PIPELINE = "pipeline", _("Pipeline")
    BEST_CASE = "best_case", _("Best case")
    COMMIT = "commit", _("Commit")
    CLOSED = "closed", _("Closed")


class StageQuerySet(RecordQuerySet):
    def open(self) -> Self:
        return self.filter(kind=Outcome.OPEN)

    def between(self, start: Stage, end: Stage) -> Self:
        """Open stages of the pipeline from `start` to before `end`."""
        return self.filter(
            pipeline=start.pipeline_id, kind=Outcome.OPEN, order__gte=start.order, order__lt=end.order
        )


class Stage(Record):
    """`required_fields` must be filled to stand here; exit criteria be met to go on from here.

    A deal that stands here longer than `rots_after` days without anything done, and without a next activity
    still ahead, is rotting.
    """

    pipeline = models.ForeignKey(
        Pipeline, on_delete=models.CASCADE, related_name="stages", verbose_name=_("Pipeline")
    )
    name = models.CharField(_("Name"), max_length=80)
    order = models.PositiveSmallIntegerField(_("Order"), default=50)
    kind = models.CharField(_("Outcome"), max_length=4, choices=Outcome.choices, default=Outcome.OPEN)
    probability = models.PositiveSmallIntegerField(
        _("Probability (%)"), default=50, validators=[MaxValueValidator(100)]
    )
    category = models.CharField(
        _("Forecast category"), max_length=9, choices=Category.choices, default=Category.PIPELINE
    )
    rots_after = models.PositiveSmallIntegerField(
        _("Rots after (days)"), null=True, blank=True, help_text=_("Left empty, deals do not rot here.")
    )
    required_fields = RequiredField(_("Required fields"), default=list, blank=True)

    objects = StageQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("Stage")
        verbose_name_plural = _("Stages")
        ordering = ["pipeline", "order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["pipeline", "name"],
                name="stage_once",
                violation_error_message=_("This pipeline has a stage of this name already."),
            ),
            models.CheckConstraint(
                condition=models.Q(probability__lte=100), name="stage_probability_in_percent"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def full_name(self) -> str:
        """With its pipeline, as files say it."""
        return f"{self.pipeline.name} / {self.name}"

    @classmethod
    def of_full_name(cls, rows: Any, text: str) -> Stage | None:
        """The stage a full name means."""
        pipeline, slash, name = text.rpartition(" / ")
        named = rows.filter(pipeline__name__iexact=pipeline, name__iexact=name) if slash else rows.none()
        found: Stage | None = named.first()
        return found

    @property
    def is_open(self) -> bool:
        return self.kind == Outcome.OPEN

    @property
    def tone(self) -> str:
        """Green for won, red for lost, by its place otherwise."""
        fixed = {Outcome.WON.value: "green", Outcome.LOST.value: "red"}
        return fixed.get(self.kind) or TONES[(self.order // 10) % len(TONES)]

    def prepare(self) -> None:
        if self.kind != Outcome.OPEN:
            self.probability = 100 if self.kind == Outcome.WON else 0
            self.category = Category.CLOSED if self.kind == Outcome.WON else Category.OMITTED
            self.rots_after = None

    def clean(self) -> None:
        if self.kind == Outcome.OPEN and self.category == Category.CLOSED:
            raise ValidationError({"category": _("Only won deals are closed in the forecast.")})

    def saved(self, *, created: bool, fields: set[str], removed: bool = False) -> None:
        if not created and not removed and fields & {"probability", "category", "rots_after", "kind"}:
            self._tell_deals()
        super().saved(created=created, fields=fields, removed=removed)

    def _tell_deals(self) -> None:
        """Deals that stand here follow the stage, later and in the background when there are many."""
        from relasi.sales.deal_jobs import follow_stage

        follow_stage.later(stage_id=self.pk, _key=f"stage-{self.pk}")


class ExitCriterion(Record):
    """One line of the checklist of a stage; a deal goes on when every required line is met."""

    stage = models.ForeignKey(
        Stage, on_delete=models.CASCADE, related_name="exit_criteria", verbose_name=_("Stage")
    )
    name = models.CharField(_("What must be true"), max_length=160)
    order = models.PositiveSmallIntegerField(_("Order"), default=10)
    is_required = models.BooleanField(_("Required"), default=True)

    visible_through = ("stage",)

    class Meta:
        verbose_name = _("Exit criterion")
        verbose_name_plural = _("Exit criteria")
        ordering = ["stage", "order", "id"]

    def __str__(self) -> str:
        return self.name


def known_stages(pipeline_id: int) -> list[Any]:
    """The stages of a pipeline in their order."""
    return list(Stage._default_manager.filter(pipeline=pipeline_id).order_by("order", "id"))
