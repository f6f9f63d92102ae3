"""The sequence: steps on any channel, one after the other, until the customer answers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from relasi.conversations.models import Purpose, Template
from relasi.kit.records.record import Record, RecordQuerySet
from relasi.kit.records.traits import Archivable, Owned
from relasi.parties.models import Party


class Sequence(Record, Owned, Archivable):
    """A change to its steps holds for whoever has not come so far yet."""

    name = models.CharField(_("Name"), max_length=120)
    about = models.TextField(_("What it is for"), blank=True)
    purpose = models.CharField(_("Purpose"), max_length=10, choices=Purpose.choices, default=Purpose.SERVICE)
    stops_on_reply = models.BooleanField(_("Stops when the customer answers"), default=True)
    is_active = models.BooleanField(_("In use"), default=True)

    class Meta:
        verbose_name = _("Sequence")
        verbose_name_plural = _("Sequences")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class SequenceStep(Record):
    """What is done `wait_days` after the step before it (the first: after the start)."""

    class Kind(models.TextChoices):
        TASK = "task", _("Task")
        CALL = "call", _("Call")
        EMAIL = "email", _("E-mail")
        WHATSAPP = "whatsapp", _("WhatsApp")
        SMS = "sms", _("SMS")

    MESSAGES: ClassVar[tuple[str, ...]] = ("email", "whatsapp", "sms")

    sequence = models.ForeignKey(
        Sequence, on_delete=models.CASCADE, related_name="steps", verbose_name=_("Sequence")
    )
    order = models.PositiveSmallIntegerField(_("Order"), default=1)
    kind = models.CharField(_("What"), max_length=8, choices=Kind.choices, default=Kind.TASK)
    wait_days = models.PositiveSmallIntegerField(_("Days after the step before"), default=0)
    template = models.ForeignKey(
        Template,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Template"),
    )
    subject = models.CharField(_("What is to be done"), max_length=200, blank=True)

    visible_through: ClassVar[tuple[str, ...]] = ("sequence",)

    class Meta:
        verbose_name = _("Step")
        verbose_name_plural = _("Steps")
        ordering = ["sequence", "order", "id"]

    def __str__(self) -> str:
        return f"{self.order}. {self.get_kind_display()}"

    def prepare(self) -> None:
        """A message is called after its template."""
        if self.is_message and self.template_id:
            self.subject = str(self.template)[:200]

    def clean(self) -> None:
        if self.kind in self.MESSAGES and self.template_id is None:
            raise ValidationError({"template": _("Choose what is to be said.")})
        if self.kind not in self.MESSAGES and not self.subject.strip():
            raise ValidationError({"subject": _("Say what is to be done.")})

    @property
    def is_message(self) -> bool:
        return self.kind in self.MESSAGES


class EnrolmentQuerySet(RecordQuerySet):
    def running(self) -> Self:
        return self.filter(status=Enrolment.Status.RUNNING)

    def due(self, now: datetime) -> Self:
        return self.running().filter(next_at__lte=now)


class Enrolment(Record, Owned):
    """One customer's way through a sequence. `step` is the next one's number; `reason` why it stopped."""

    class Status(models.TextChoices):
        RUNNING = "running", _("Running")
        DONE = "done", _("Came to its end")
        ANSWERED = "answered", _("The customer answered")
        STOPPED = "stopped", _("Stopped")

    sequence = models.ForeignKey(
        Sequence, on_delete=models.CASCADE, related_name="enrolments", verbose_name=_("Sequence")
    )
    party = models.ForeignKey(
        Party, on_delete=models.CASCADE, related_name="enrolments", db_index=False, verbose_name=_("Customer")
    )
    status = models.CharField(
        _("Status"), max_length=8, choices=Status.choices, default=Status.RUNNING, editable=False
    )
    step = models.PositiveSmallIntegerField(_("Steps done"), default=0, editable=False)
    next_at = models.DateTimeField(_("Next step"), null=True, blank=True, editable=False)
    reason = models.CharField(_("Reason"), max_length=300, blank=True, editable=False)
    remark = models.CharField(_("Remark"), max_length=300, blank=True)
    started_at = models.DateTimeField(_("Started"), default=timezone.now, editable=False)
    ended_at = models.DateTimeField(_("Ended"), null=True, editable=False)

    visible_through: ClassVar[tuple[str, ...]] = ("party",)
    unlogged_fields: ClassVar[tuple[str, ...]] = ("next_at",)

    objects = EnrolmentQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("Enrolment")
        verbose_name_plural = _("Enrolments")
        constraints = [
            models.UniqueConstraint(
                fields=["sequence", "party"],
                condition=Q(status="running"),
                name="enrolment_once",
                violation_error_message=_("This customer is in this sequence already."),
            )
        ]
        indexes = [
            models.Index(fields=["next_at", "id"], name="enrolment_due", condition=Q(status="running")),
            models.Index(fields=["party", "status"], name="enrolment_party"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return gettext("%(party)s in “%(sequence)s”") % {"party": self.party, "sequence": self.sequence}

    def clean(self) -> None:
        if self._state.adding and not (self.sequence.is_active and self.sequence.archived_at is None):
            raise ValidationError({"sequence": _("This sequence is not in use.")})

    def prepare(self) -> None:
        if self._state.adding and self.next_at is None and self.sequence_id:
            first = self.sequence.steps.order_by("order", "id").first()
            self.next_at = timezone.now() + timedelta(days=first.wait_days if first else 0)

    @property
    def is_running(self) -> bool:
        return self.status == self.Status.RUNNING

    def stop(self, *, by: Any, reason: str = "", batch: str = "") -> None:
        self._end(self.Status.STOPPED, "stopped", by=by, reason=reason, batch=batch)

    def answer(self, *, by: Any = None) -> None:
        """The customer spoke: nothing more goes by itself."""
        self._end(self.Status.ANSWERED, "answered", by=by)

    def finish(self, *, by: Any = None) -> None:
        self._end(self.Status.DONE, "finished", by=by)

    def _end(self, status: str, verb: str, *, by: Any, reason: str = "", batch: str = "") -> None:
        if self.is_running:
            self.change(
                by=by, verb=verb, batch=batch, status=status, reason=reason[:300], next_at=None,
                ended_at=timezone.now(),
            )  # fmt: skip
