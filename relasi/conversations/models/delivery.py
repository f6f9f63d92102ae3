"""The outbox and its ledger: one row for each message to one address, from the wish to the answer of the
other side.

RELIABILITY, rule 4: "sending" is committed, then it is sent, then "sent" is committed. What was being sent
when its worker died is uncertain: shown, never sent again by itself.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from relasi.channels.models import Account, Medium
from relasi.conversations.models.message import Message
from relasi.conversations.models.template import Template
from relasi.kit.records.record import Record, RecordQuerySet
from relasi.kit.records.traits import Owned
from relasi.parties.models import Party


class Purpose(models.TextChoices):
    SERVICE = "service", _("Service")
    MARKETING = "marketing", _("Offer")
    COLLECTION = "collection", _("Collection")
    LEGAL = "legal", _("Legal notice")


class Mailing(Record, Owned):
    """One text to many: who got it is the ledger's. Campaigns stand above it."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        GOING = "going", _("Going out")
        DONE = "done", _("Done")
        STOPPED = "stopped", _("Stopped")

    name = models.CharField(_("Name"), max_length=200)
    template = models.ForeignKey(
        Template, on_delete=models.PROTECT, related_name="mailings", verbose_name=_("Template")
    )
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="mailings", verbose_name=_("Channel")
    )
    purpose = models.CharField(
        _("Purpose"), max_length=10, choices=Purpose.choices, default=Purpose.MARKETING
    )
    status = models.CharField(
        _("Status"), max_length=7, choices=Status.choices, default=Status.DRAFT, editable=False
    )
    send_at = models.DateTimeField(_("Send at"), null=True, blank=True)

    class Meta:
        verbose_name = _("Mailing")
        verbose_name_plural = _("Mailings")

    def __str__(self) -> str:
        return self.name


class DeliveryQuerySet(RecordQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Those to customers and of conversations the reader may see, and the reader's own."""
        scope = user.rights.scope("delivery", "view")
        if not scope:
            return self.none()
        return self if scope == "all" else self.filter(user.rights._reach(self.model, scope, "view"))

    def due(self, now: datetime) -> Self:
        return self.filter(state=Delivery.State.WAITING, due_at__lte=now)

    def being_sent(self) -> Self:
        return self.filter(state=Delivery.State.SENDING)

    def uncertain(self) -> Self:
        return self.filter(state=Delivery.State.UNCERTAIN)

    def failed(self) -> Self:
        return self.filter(state=Delivery.State.FAILED)


class Delivery(Record):
    """One message to one address.

    `key` is the same for the same wish: nothing is wished for twice. `message` for what a person wrote,
    else `mailing` with `values` (what its template says beside the customer's own facts). `answer` is what
    "may I send?" said last, with every check. `claim` names the worker that is sending it.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        DELIVERED = "delivered", _("Delivered")
        READ = "read", _("Read")
        FAILED = "failed", _("Failed")
        UNCERTAIN = "uncertain", _("Uncertain")
        STOPPED = "stopped", _("Not allowed")
        CANCELLED = "cancelled", _("Called off")

    REACHED: ClassVar[tuple[str, ...]] = ("sent", "delivered", "read")
    """States in which the message has left us for certain."""

    key = models.CharField(max_length=80, unique=True, editable=False)
    message = models.ForeignKey(
        Message, on_delete=models.CASCADE, null=True, blank=True, related_name="deliveries",
        verbose_name=_("Message"),
    )  # fmt: skip
    mailing = models.ForeignKey(
        Mailing, on_delete=models.CASCADE, null=True, blank=True, related_name="deliveries", db_index=False,
        verbose_name=_("Mailing"),
    )  # fmt: skip
    party = models.ForeignKey(
        Party, on_delete=models.SET_NULL, null=True, blank=True, related_name="deliveries", db_index=False,
        verbose_name=_("Customer"),
    )  # fmt: skip
    account = models.ForeignKey(
        Account, on_delete=models.SET_NULL, null=True, related_name="deliveries", db_index=False,
        verbose_name=_("Channel"),
    )  # fmt: skip
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("By")
    )
    channel = models.CharField(_("Way"), max_length=10, choices=Medium.choices)
    purpose = models.CharField(_("Purpose"), max_length=10, choices=Purpose.choices, default=Purpose.SERVICE)
    address = models.CharField(_("Address"), max_length=254)
    state = models.CharField(_("State"), max_length=9, choices=State.choices, default=State.WAITING)
    due_at = models.DateTimeField(_("Due"), default=timezone.now)
    values = models.JSONField(default=dict, blank=True, editable=False)
    language = models.CharField(max_length=5, blank=True, editable=False)

    claim = models.CharField(max_length=120, blank=True, editable=False)
    tries = models.PositiveSmallIntegerField(_("Tries"), default=0, editable=False)
    external_id = models.CharField(max_length=200, blank=True, editable=False)
    code = models.CharField(_("Code"), max_length=60, blank=True, editable=False)
    reason = models.CharField(_("Reason"), max_length=300, blank=True, editable=False)
    bounce = models.CharField(_("Bounce"), max_length=10, blank=True, editable=False)
    answer = models.JSONField(default=dict, blank=True, editable=False)
    sent_at = models.DateTimeField(_("Sent"), null=True, editable=False)
    delivered_at = models.DateTimeField(_("Delivered"), null=True, editable=False)
    read_at = models.DateTimeField(_("Read"), null=True, editable=False)

    written_once: ClassVar[bool] = True
    visible_through: ClassVar[tuple[str, ...]] = ("party", "message")
    owner_field: ClassVar[str] = "by"

    objects = DeliveryQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("Delivery")
        verbose_name_plural = _("Deliveries")
        indexes = [
            models.Index(
                fields=["account", "due_at", "id"], name="delivery_due", condition=Q(state="waiting")
            ),
            models.Index(fields=["claim"], name="delivery_claim", condition=Q(state="sending")),
            models.Index(fields=["mailing", "state", "id"], name="delivery_mailing"),
            models.Index(
                fields=["party", "-due_at", "-id"], name="delivery_party", condition=Q(party__isnull=False)
            ),
            models.Index(fields=["address", "-due_at"], name="delivery_address"),
            models.Index(fields=["external_id"], name="delivery_external", condition=~Q(external_id="")),
            models.Index(fields=["state", "-id"], name="delivery_state"),
        ]

    def __str__(self) -> str:
        return self.address
