"""The telephone call, step by step as the telephone system tells it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from relasi.channels.models import Account
from relasi.conversations.models.conversation import Conversation
from relasi.conversations.models.message import Message
from relasi.kit.events.writing import emit
from relasi.kit.records.record import Record, RecordQuerySet
from relasi.kit.records.traits import Owned
from relasi.parties.models import Party


class PhoneCallQuerySet(RecordQuerySet):
    def ringing(self) -> Self:
        return self.filter(state=PhoneCall.State.RINGING)

    def going_on(self) -> Self:
        return self.filter(state__in=PhoneCall.LIVE)

    def missed(self) -> Self:
        return self.filter(is_inbound=True, answered_at=None, state=PhoneCall.State.ENDED)


class PhoneCall(Record, Owned):
    """`owner` is the colleague at whose extension it rang or who answered. Times are those of the telephone
    system.

    `held_seconds` counts closed holds, `held_since` an open one; `wrapped_up_at` when the colleague had
    written down what it was about.
    """

    class State(models.TextChoices):
        RINGING = "ringing", _("Rings")
        TALKING = "talking", _("Talking")
        HELD = "held", _("On hold")
        ENDED = "ended", _("Ended")

    class Disposition(models.TextChoices):
        NONE = "", "–"
        SOLVED = "solved", _("Solved")
        INFORMATION = "information", _("Information given")
        CALL_BACK = "call_back", _("To be called back")
        SALE = "sale", _("Sale")
        COMPLAINT = "complaint", _("Complaint")
        WRONG_NUMBER = "wrong_number", _("Wrong number")
        VOICEMAIL = "voicemail", _("Voicemail")
        OTHER = "other", _("Other")

    LIVE: ClassVar[tuple[str, ...]] = ("ringing", "talking", "held")

    conversation = models.ForeignKey(
        Conversation,
        on_delete=models.SET_NULL,
        null=True,
        related_name="calls",
        verbose_name=_("Conversation"),
        editable=False,
    )
    message = models.OneToOneField(
        Message, on_delete=models.SET_NULL, null=True, related_name="call", editable=False
    )
    account = models.ForeignKey(
        Account, on_delete=models.SET_NULL, null=True, related_name="calls", db_index=False,
        verbose_name=_("Channel"), editable=False,
    )  # fmt: skip
    party = models.ForeignKey(
        Party, on_delete=models.SET_NULL, null=True, blank=True, related_name="phone_calls", db_index=False,
        verbose_name=_("Customer"),
    )  # fmt: skip
    external_id = models.CharField(max_length=200, editable=False)
    is_inbound = models.BooleanField(_("Incoming"), default=True, editable=False)
    number = models.CharField(_("Number"), max_length=60, blank=True, editable=False)
    extension = models.CharField(_("Extension"), max_length=40, blank=True, editable=False)
    state = models.CharField(
        _("State"), max_length=8, choices=State.choices, default=State.RINGING, editable=False
    )
    rang_at = models.DateTimeField(_("Rang"), editable=False)
    answered_at = models.DateTimeField(_("Answered"), null=True, editable=False)
    ended_at = models.DateTimeField(_("Ended at"), null=True, editable=False)
    held_since = models.DateTimeField(null=True, editable=False)
    held_seconds = models.PositiveIntegerField(_("On hold (seconds)"), default=0, editable=False)
    wrapped_up_at = models.DateTimeField(_("Wrapped up"), null=True, editable=False)
    cause = models.CharField(_("Cause"), max_length=60, blank=True, editable=False)
    recording = models.URLField(_("Recording"), max_length=500, blank=True, editable=False)
    disposition = models.CharField(_("What it was"), max_length=12, choices=Disposition.choices, blank=True)
    summary = models.TextField(_("Summary"), blank=True)

    visible_through: ClassVar[tuple[str, ...]] = ("party",)

    objects = PhoneCallQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("Phone call")
        verbose_name_plural = _("Phone calls")
        constraints = [models.UniqueConstraint(fields=["account", "external_id"], name="phone_call_once")]
        indexes = [
            models.Index(
                fields=["party", "-rang_at", "-id"], name="phone_call_party", condition=Q(party__isnull=False)
            ),
            models.Index(fields=["-rang_at", "-id"], name="phone_call_rang"),
            models.Index(fields=["owner", "state"], name="phone_call_live", condition=~Q(state="ended")),
            models.Index(fields=["number"], name="phone_call_number"),
        ]

    def __str__(self) -> str:
        return str(self.party or self.number)

    @property
    def is_missed(self) -> bool:
        return self.is_inbound and self.answered_at is None and self.state == self.State.ENDED

    @property
    def rang_for(self) -> timedelta:
        """Until it was answered or given up."""
        return max(timedelta(), (self.answered_at or self.ended_at or timezone.now()) - self.rang_at)

    @property
    def talked_for(self) -> timedelta:
        """From the answer to the end, without holds."""
        if self.answered_at is None:
            return timedelta()
        whole = (self.ended_at or timezone.now()) - self.answered_at
        return max(timedelta(), whole - timedelta(seconds=self.held_seconds))

    @property
    def wrapped_up_in(self) -> timedelta | None:
        """From the end until it was written down; None before."""
        if self.wrapped_up_at is None or self.ended_at is None:
            return None
        return max(timedelta(), self.wrapped_up_at - self.ended_at)

    def wrap_up(
        self, *, by: Any, disposition: str = "", summary: str = "", at: datetime | None = None
    ) -> None:
        """What it was about; the time from the end until now is what writing it down took."""
        done_at = self.wrapped_up_at or at or timezone.now()
        self.change(by=by, verb="wrapped_up", disposition=disposition, summary=summary, wrapped_up_at=done_at)
        self.rings.filter(left_at=None).update(left_at=done_at)

    @property
    def may_be_wrapped_up(self) -> bool:
        return self.state == self.State.ENDED

    @property
    def may_be_called_back(self) -> bool:
        return self.state == self.State.ENDED and bool(self.number)

    def call_back(self, *, by: Any) -> None:
        """Let the colleague's telephone ring and call the number. Raises ValidationError in plain words."""
        from relasi.conversations.dialling import dial

        dial(self.number, by=by, name=str(self.party or ""))
        emit("called_back", self, by=by, party_id=self.party_id)


class Extension(Record):
    """Whose telephone an extension of a telephone system is. A colleague has one."""

    account = models.ForeignKey(
        Account, on_delete=models.CASCADE, related_name="extensions", verbose_name=_("Channel")
    )
    number = models.CharField(_("Extension"), max_length=40)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="extension",
        verbose_name=_("Colleague"),
    )

    owner_field: ClassVar[str] = "user"

    class Meta:
        verbose_name = _("Extension")
        verbose_name_plural = _("Extensions")
        constraints = [models.UniqueConstraint(fields=["account", "number"], name="extension_once")]

    def __str__(self) -> str:
        return self.number


class Ring(models.Model):
    """A call on a colleague's screen: from the first ring until it is another's, missed, or wrapped up."""

    call = models.ForeignKey(PhoneCall, on_delete=models.CASCADE, related_name="rings", db_index=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    extension = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("Ring")
        verbose_name_plural = _("Rings")
        constraints = [models.UniqueConstraint(fields=["call", "user"], name="ring_once")]
        indexes = [models.Index(fields=["user", "at"], name="ring_live", condition=Q(left_at=None))]

    def __str__(self) -> str:
        return f"{self.call_id} {self.user_id}"
