"""The message: one thing said, by the customer, by us or among ourselves."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from relasi.channels.models import Intake, Medium
from relasi.conversations.models.conversation import Conversation
from relasi.kit.records.record import Record, RecordQuerySet
from relasi.kit.records.traits import Attached
from relasi.lib.text import shorten
from relasi.parties.models import Party


class MessageQuerySet(RecordQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Those of conversations the reader may see."""
        if not user.rights.scope("message", "view"):
            return self.none()
        return self.filter(conversation__in=Conversation.objects.visible_to(user).order_by().values("pk"))

    def said(self) -> Self:
        """Without internal notes."""
        return self.exclude(direction=Message.Direction.NOTE)


class Message(Record, Attached):
    """`text` is what was newly said, `quoted` what it repeats; `html` as it came, cleaned whenever it is
    shown.

    Written once. `state` of one that goes out follows its delivery. `inline` maps content ids of its HTML to
    numbers of its files; `extra` is what only its channel knows. `intake` is the raw input it was read from.
    """

    class Direction(models.TextChoices):
        IN = "in", _("From the customer")
        OUT = "out", _("From us")
        NOTE = "note", _("Internal note")

    class State(models.TextChoices):
        RECEIVED = "received", _("Received")
        DRAFT = "draft", _("Draft")
        WAITING = "waiting", _("Waiting to be sent")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        DELIVERED = "delivered", _("Delivered")
        READ = "read", _("Read")
        FAILED = "failed", _("Failed")
        UNCERTAIN = "uncertain", _("Uncertain")
        STOPPED = "stopped", _("Not sent")

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="messages", db_index=False,
        verbose_name=_("Conversation"),
    )  # fmt: skip
    party = models.ForeignKey(
        Party, on_delete=models.CASCADE, null=True, blank=True, related_name="messages", db_index=False,
        verbose_name=_("Customer"),
    )  # fmt: skip
    channel = models.CharField(_("Way"), max_length=10, choices=Medium.choices)
    direction = models.CharField(_("Direction"), max_length=4, choices=Direction.choices)
    state = models.CharField(_("State"), max_length=9, choices=State.choices, default=State.RECEIVED)
    at = models.DateTimeField(_("When"), default=timezone.now)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("Colleague"),
    )  # fmt: skip
    sender = models.CharField(_("From"), max_length=254, blank=True)
    sender_name = models.CharField(_("From (name)"), max_length=200, blank=True)
    to = models.JSONField(_("To"), default=list, blank=True)
    cc = models.JSONField(_("Copies to"), default=list, blank=True)
    subject = models.CharField(_("About"), max_length=300, blank=True)
    text = models.TextField(_("Text"), blank=True)
    quoted = models.TextField(_("Quoted"), blank=True)
    html = models.TextField(blank=True)
    inline = models.JSONField(default=dict, blank=True, editable=False)
    external_id = models.CharField(max_length=200, blank=True, editable=False)
    answers = models.CharField(max_length=200, blank=True, editable=False)
    automatic = models.CharField(_("Automatic"), max_length=40, blank=True, editable=False)
    problem = models.CharField(_("Problem"), max_length=300, blank=True, editable=False)
    intake = models.ForeignKey(
        Intake, on_delete=models.SET_NULL, null=True, blank=True, related_name="messages", editable=False
    )
    extra = models.JSONField(default=dict, blank=True, editable=False)

    written_once: ClassVar[bool] = True
    visible_through: ClassVar[tuple[str, ...]] = ("conversation",)

    objects = MessageQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("Message")
        verbose_name_plural = _("Messages")
        indexes = [
            models.Index(fields=["conversation", "at", "id"], name="message_conversation"),
            models.Index(
                fields=["party", "-at", "-id"], name="message_party", condition=Q(party__isnull=False)
            ),
            models.Index(fields=["external_id"], name="message_external", condition=~Q(external_id="")),
        ]

    def __str__(self) -> str:
        return self.subject or shorten(self.text, 80) or str(self.get_channel_display())

    @property
    def is_inbound(self) -> bool:
        return self.direction == self.Direction.IN

    @property
    def is_note(self) -> bool:
        return self.direction == self.Direction.NOTE
