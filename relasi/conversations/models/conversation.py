"""The conversation: everything said with one customer in one talk, on one channel, in both directions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from relasi.channels.models import Account, Medium
from relasi.kit.access.models import Team
from relasi.kit.records.record import Record, RecordQuerySet
from relasi.kit.records.traits import Attached, Noted, Owned, Tagged
from relasi.parties.models import Party

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class ConversationQuerySet(RecordQuerySet):
    def visible_to(self, user: Any) -> Self:
        """What the reader's roles open, what waits for somebody at a door the reader shares, never a
        stranger's letters in a colleague's own mailbox.
        """
        scope = user.rights.scope("conversation", "view")
        rows = super().visible_to(user)
        if scope and scope != "all":
            reach = user.rights._reach(self.model, scope, "view")
            rows = self.filter(reach | waiting_for(user))
        private = Q(party=None, account__owner__isnull=False) & ~Q(account__owner=user) & ~Q(owner=user)
        return rows.exclude(private)

    def open(self) -> Self:
        return self.filter(status=Conversation.Status.OPEN)

    def waiting(self) -> Self:
        """The customer wrote last."""
        return self.open().filter(waiting_since__isnull=False)

    def unassigned(self) -> Self:
        return self.filter(owner=None)

    def due_to_wake(self, now: datetime) -> Self:
        return self.filter(status=Conversation.Status.SNOOZED, snoozed_until__lte=now)


def waiting_for(user: Any) -> Q:
    """Conversations nobody has taken, at a door that is open to the reader's team or to everybody."""
    teams = user.rights._team_ids if user.team_id else []
    shared = Q(account__owner=None) & (Q(account__team=None) | Q(account__team__in=teams))
    return Q(owner=None) & shared & (Q(team=None) | Q(team__in=teams))


class Conversation(Record, Owned, Tagged, Noted, Attached):
    """One talk. `address` is the customer's, as the channel writes it; `thread` the channel's own id of the
    talk; `code` ours, for answers by mail (`balas+CODE@…`).

    `waiting_since`: since when the customer waits for an answer; nothing when we wrote last.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        SNOOZED = "snoozed", _("Snoozed")
        CLOSED = "closed", _("Closed")
        SPAM = "spam", _("Spam")

    subject = models.CharField(_("About"), max_length=300, blank=True)
    party = models.ForeignKey(
        Party, on_delete=models.CASCADE, null=True, blank=True, related_name="conversations", db_index=False,
        verbose_name=_("Customer"),
    )  # fmt: skip
    account = models.ForeignKey(
        Account, on_delete=models.SET_NULL, null=True, blank=True, related_name="conversations",
        verbose_name=_("Channel"),
    )  # fmt: skip
    channel = models.CharField(_("Way"), max_length=10, choices=Medium.choices, default=Medium.EMAIL)
    team = models.ForeignKey(
        Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("Team")
    )
    status = models.CharField(
        _("Status"), max_length=8, choices=Status.choices, default=Status.OPEN, editable=False
    )
    snoozed_until = models.DateTimeField(_("Snoozed until"), null=True, blank=True, editable=False)
    address = models.CharField(_("Address"), max_length=254, blank=True)
    address_name = models.CharField(_("Name"), max_length=200, blank=True)
    thread = models.CharField(max_length=200, blank=True, editable=False)
    subject_key = models.CharField(max_length=200, blank=True, editable=False)
    code = models.CharField(max_length=32, blank=True, editable=False)

    last_at = models.DateTimeField(_("Last message"), default=timezone.now, editable=False)
    last_in_at = models.DateTimeField(_("Last from the customer"), null=True, editable=False)
    last_out_at = models.DateTimeField(_("Last from us"), null=True, editable=False)
    waiting_since = models.DateTimeField(_("Waits since"), null=True, editable=False)
    first_answer_at = models.DateTimeField(_("First answer"), null=True, editable=False)
    closed_at = models.DateTimeField(_("Closed on"), null=True, editable=False)
    preview = models.CharField(_("Last words"), max_length=200, blank=True, editable=False)
    messages_count = models.PositiveIntegerField(_("Messages"), default=0, editable=False)

    visible_through: ClassVar[tuple[str, ...]] = ("party",)
    unlogged_fields: ClassVar[tuple[str, ...]] = (
        "last_at", "last_in_at", "last_out_at", "waiting_since", "first_answer_at", "preview",
        "messages_count", "subject_key", "code", "thread",
    )  # fmt: skip

    objects = ConversationQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("Conversation")
        verbose_name_plural = _("Conversations")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "thread"], condition=~Q(thread=""), name="conversation_thread"
            ),
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="conversation_code"),
        ]
        indexes = [
            models.Index(
                fields=["party", "-last_at", "-id"],
                name="conversation_party",
                condition=Q(party__isnull=False),
            ),
            models.Index(fields=["status", "-last_at", "-id"], name="conversation_status"),
            models.Index(fields=["owner", "status", "-last_at", "-id"], name="conversation_owner"),
            models.Index(fields=["channel", "address"], name="conversation_address"),
            models.Index(
                fields=["waiting_since", "id"],
                name="conversation_waiting",
                condition=Q(status="open", waiting_since__isnull=False),
            ),
            models.Index(
                fields=["snoozed_until"], name="conversation_snoozed", condition=Q(status="snoozed")
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.subject or self.preview or self.address_name or self.address or gettext("Conversation")

    @property
    def who(self) -> str:
        """The customer's name, else what the address is called."""
        return str(self.party) if self.party_id else self.address_name or self.address

    @property
    def is_open(self) -> bool:
        return self.status == self.Status.OPEN

    def assign(self, *, owner: Any, by: Any, batch: str = "") -> None:
        """Give it to a colleague, or with None back to all."""
        self.change(by=by, verb="assigned", batch=batch, owner=owner)

    def take(self, *, by: Any, batch: str = "") -> None:
        if self.owner_id != by.pk:
            self.change(by=by, verb="taken", batch=batch, owner=by)

    def snooze(self, *, until: datetime, by: Any, batch: str = "") -> None:
        """Out of the inbox until then, or until the customer writes."""
        status = self.Status.SNOOZED
        self.change(by=by, verb="snoozed", batch=batch, status=status, snoozed_until=until)

    def close(self, *, by: Any, batch: str = "") -> None:
        if self.status != self.Status.CLOSED:
            self.change(
                by=by, verb="closed", batch=batch, status=self.Status.CLOSED, snoozed_until=None,
                closed_at=timezone.now(), waiting_since=None,
            )  # fmt: skip

    def reopen(self, *, by: Any, batch: str = "") -> None:
        """Also wakes a snoozed one and takes one back from spam."""
        if not self.is_open:
            waiting = (
                self.last_in_at if (self.last_in_at or self.last_at) > (self.last_out_at or EPOCH) else None
            )
            self.change(
                by=by, verb="reopened", batch=batch, status=self.Status.OPEN, snoozed_until=None,
                closed_at=None, waiting_since=waiting,
            )  # fmt: skip

    def mark_spam(self, *, by: Any, batch: str = "") -> None:
        if self.status != self.Status.SPAM:
            self.change(by=by, verb="marked_spam", batch=batch, status=self.Status.SPAM, waiting_since=None)


class Seen(models.Model):
    """Up to when a colleague has read a conversation."""

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="seen", db_index=False
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("Read mark")
        verbose_name_plural = _("Read marks")
        constraints = [models.UniqueConstraint(fields=["conversation", "user"], name="seen_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.conversation_id}"
