"""An import and its rows.

A chunk of records, its row outcomes and the mark how far it came are one transaction.
"""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from relasi.kit.jobs.models import Job
from relasi.kit.records.record import Record, RecordQuerySet
from relasi.kit.records.sealed import SealedJSONField


class ImportRunQuerySet(RecordQuerySet):
    def visible_to(self, user: Any) -> Self:
        """One's own; owners of the installation see all."""
        return self if user.is_owner else self.filter(owner=user)

    def to_mend(self) -> Self:
        """Done, with rows that failed and were not mended or put aside."""
        return self.filter(state=ImportRun.State.DONE, open_failures__gt=0)


class ImportRun(Record):
    """`mapping`: column → {"field", "index", "part", "new"}; `options`: match, on_match, tags, day_order,
    owner.

    `read_rows` is how many input rows are accounted for in `rows`; after a kill the run goes on behind them.
    """

    class State(models.TextChoices):
        MAPPING = "mapping", _("To map")
        CHECKING = "checking", _("Being tried")
        CHECKED = "checked", _("Tried")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Cancelled")
        FAILED = "failed", _("Failed")
        UNDOING = "undoing", _("Being undone")
        UNDONE = "undone", _("Undone")

    resource = models.CharField(max_length=40)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(_("File"), max_length=255)
    path = models.CharField(max_length=255, editable=False)
    size = models.PositiveBigIntegerField(default=0)
    format = models.CharField(max_length=10, blank=True)
    encoding = models.CharField(max_length=40, blank=True)
    separator = models.CharField(max_length=4, blank=True)
    sheet = models.CharField(max_length=120, blank=True)
    sheets = models.JSONField(default=list, blank=True)
    source = models.CharField(max_length=30, blank=True)
    columns = models.JSONField(default=list, blank=True)
    mapping = models.JSONField(default=dict, blank=True)
    options = models.JSONField(default=dict, blank=True)
    state = models.CharField(_("State"), max_length=10, choices=State.choices, default=State.MAPPING)
    total_rows = models.PositiveIntegerField(default=0)
    read_rows = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict, blank=True)
    trial = models.JSONField(default=dict, blank=True)
    open_failures = models.PositiveIntegerField(default=0)
    message = models.TextField(blank=True)
    act = models.ForeignKey(
        "resources.Batch", on_delete=models.SET_NULL, null=True, blank=True, related_name="imports"
    )
    job_id = models.BigIntegerField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    unlogged_fields = ("read_rows", "job_id", "trial", "columns", "sheets")
    objects = ImportRunQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("Import")
        verbose_name_plural = _("Imports")
        ordering = ["-id"]
        indexes = [models.Index(fields=["owner", "state"], name="import_owner")]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_busy(self) -> bool:
        return self.state in {self.State.CHECKING, self.State.RUNNING, self.State.UNDOING}

    @property
    def job(self) -> Job | None:
        """The job that works on it or did last."""
        return Job.objects.filter(pk=self.job_id).first() if self.job_id else None

    @property
    def token(self) -> str:
        return self.act.token if self.act else ""


class ImportRow(models.Model):
    """What became of one input row. `cells` is kept where something was wrong, so that it can be mended.

    Both it and `problems`, which quotes it, are encrypted: a broken row may hold an identity number anywhere.
    """

    class Outcome(models.TextChoices):
        CREATED = "created", _("created")
        UPDATED = "updated", _("updated")
        UNCHANGED = "unchanged", _("unchanged")
        SKIPPED = "skipped", _("skipped")
        FAILED = "failed", _("failed")

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    outcome = models.CharField(max_length=9, choices=Outcome.choices)
    record_id = models.BigIntegerField(null=True, blank=True)
    problems = SealedJSONField(default=list)
    cells = SealedJSONField(null=True)
    is_trial = models.BooleanField(default=False)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["run", "is_trial", "number"], name="import_row_once")]
        indexes = [models.Index(fields=["run", "outcome", "number"], name="import_row_outcome")]

    def __str__(self) -> str:
        return f"{self.run_id}:{self.number} {self.outcome}"


class ImportMapping(models.Model):
    """How columns with these headings were mapped the last time, for this noun."""

    resource = models.CharField(max_length=40)
    headings = models.CharField(max_length=64)
    mapping = models.JSONField(default=dict, blank=True)
    options = models.JSONField(default=dict, blank=True)
    used_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["resource", "headings"], name="import_mapping_once")]

    def __str__(self) -> str:
        return f"{self.resource} {self.headings[:8]}"
