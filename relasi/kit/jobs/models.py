"""The rows of the job engine: a job, each run of it, and the slots that periodic jobs have used."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")  # trying again cannot help: unknown job, wrong arguments, GiveUp
    SET_ASIDE = "set_aside", _("Set aside")  # tried as often as allowed; waits for a person
    CANCELLED = "cancelled", _("Cancelled")


class Outcome(models.TextChoices):
    DONE = "done", _("Done")
    ERROR = "error", _("Error")
    AGAIN = "again", _("Again later")
    STOPPED = "stopped", _("Stopped with its worker")
    CANCELLED = "cancelled", _("Cancelled")
    LOST = "lost", _("Worker lost")


class JobQuerySet(models.QuerySet["Job"]):
    def waiting(self) -> JobQuerySet:
        return self.filter(state=State.WAITING)

    def running(self) -> JobQuerySet:
        return self.filter(state=State.RUNNING)

    def unfinished(self) -> JobQuerySet:
        return self.filter(state__in=(State.WAITING, State.RUNNING))

    def needing_attention(self) -> JobQuerySet:
        return self.filter(state__in=(State.FAILED, State.SET_ASIDE))

    def due(self, at: datetime, queues: Sequence[str] | None = None) -> JobQuerySet:
        """Waiting jobs whose time has come, the most urgent and then the oldest first."""
        due = self.waiting().filter(run_at__lte=at).order_by("-priority", "run_at", "id")
        return due if queues is None else due.filter(queue__in=queues)

    def locked(self) -> JobQuerySet:
        """The same rows, locked by this transaction; rows somebody else has locked are passed over."""
        from django.db import connections

        skips = connections[self.db].features.has_select_for_update_skip_locked
        return self.select_for_update(skip_locked=True) if skips else self


class Job(models.Model):
    """One call that is to be made later. The row is the truth, whoever carries it to a worker."""

    name = models.CharField(_("job"), max_length=200, db_index=True)
    args = models.JSONField(_("arguments"), default=dict)
    queue = models.CharField(_("queue"), max_length=50, default="default")
    priority = models.SmallIntegerField(_("priority"), default=0)
    key = models.CharField(_("key"), max_length=200, blank=True, default="")
    waiting_key = models.CharField(max_length=200, null=True, editable=False)

    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    run_at = models.DateTimeField(_("runs at"))
    sent_at = models.DateTimeField(null=True, editable=False)  # when a broker was last told of it
    leased_until = models.DateTimeField(_("leased until"), null=True)
    worker = models.CharField(_("worker"), max_length=200, blank=True, default="")
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    max_attempts = models.PositiveSmallIntegerField(_("tries allowed"), default=5)
    error = models.TextField(_("error"), blank=True, default="")
    cancel_requested = models.BooleanField(_("cancel requested"), default=False)

    progress_done = models.BigIntegerField(_("done so far"), default=0)
    progress_total = models.BigIntegerField(_("of"), null=True)
    progress_note = models.CharField(_("note"), max_length=300, blank=True, default="")
    rate = models.FloatField(_("per second"), null=True)

    created_at = models.DateTimeField(_("created"), default=timezone.now)
    started_at = models.DateTimeField(_("started"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        constraints = (
            models.UniqueConstraint(fields=("name", "waiting_key"), name="jobs_one_waiting_per_key"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="jobs_state_known"),
        )
        indexes = (
            models.Index(
                F("priority").desc(), F("run_at"), F("id"), name="jobs_due", condition=Q(state="waiting")
            ),
            models.Index(fields=("leased_until",), name="jobs_leased", condition=Q(state="running")),
            models.Index(fields=("state", "finished_at"), name="jobs_finished"),
        )

    def __str__(self) -> str:
        return f"{self.name} #{self.pk}"

    @property
    def is_finished(self) -> bool:
        return self.state not in (State.WAITING, State.RUNNING)

    @property
    def share_done(self) -> float | None:
        """Between 0 and 1, or None while the total is unknown."""
        if not self.progress_total:
            return None
        return min(1.0, self.progress_done / self.progress_total)

    @property
    def time_left(self) -> timedelta | None:
        """At the present rate, or None while rate or total is unknown."""
        if not self.rate or self.progress_total is None:
            return None
        return timedelta(seconds=max(0, self.progress_total - self.progress_done) / self.rate)

    def cancel(self) -> None:
        """A waiting job is cancelled at once; a running one is asked to stop at its next checkpoint."""
        with transaction.atomic():
            row = Job.objects.select_for_update().get(pk=self.pk)
            if row.state == State.WAITING:
                row.state, row.finished_at, row.waiting_key = State.CANCELLED, timezone.now(), None
            elif row.state == State.RUNNING:
                row.cancel_requested = True
            row.save(update_fields=("state", "finished_at", "waiting_key", "cancel_requested"))
        self.refresh_from_db()

    def replay(self) -> None:
        """Queue a finished job once more with all its tries; one that waits or runs is left as it is."""
        with transaction.atomic():
            finished = Job.objects.exclude(state__in=(State.WAITING, State.RUNNING)).filter(pk=self.pk)
            replayed = finished.update(
                state=State.WAITING,
                run_at=timezone.now(),
                sent_at=None,
                attempts=0,
                cancel_requested=False,
                finished_at=None,
                progress_done=0,
                progress_total=None,
                progress_note="",
                rate=None,
            )
            self.refresh_from_db()
            if replayed:
                from relasi.kit.jobs.handover import announce

                announce(self)


class JobRun(models.Model):
    """One attempt at a job, written when it has ended."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="runs", verbose_name=_("job"))
    attempt = models.PositiveSmallIntegerField(_("try"))
    worker = models.CharField(_("worker"), max_length=200)
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"))
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices)
    error = models.TextField(_("error"), blank=True, default="")

    class Meta:
        verbose_name = _("job run")
        verbose_name_plural = _("job runs")
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.job_id}/{self.attempt} {self.outcome}"


class Slot(models.Model):
    """A due time of a schedule that has been used: unique, so that it runs once over all workers."""

    name = models.CharField(_("schedule"), max_length=200)
    due_at = models.DateTimeField(_("due"))

    class Meta:
        verbose_name = _("slot")
        verbose_name_plural = _("slots")
        constraints = (models.UniqueConstraint(fields=("name", "due_at"), name="jobs_slot_once"),)

    def __str__(self) -> str:
        return f"{self.name} {self.due_at:%Y-%m-%d %H:%M}"
