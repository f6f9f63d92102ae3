"""Mails of the house itself: to who booked a meeting, and what the bell collected. Each goes out once."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Letter(models.Model):
    """`key` says what it is: writing it again changes nothing.

    "sending" is committed before it goes to the relay, "sent" after; one that was left at "sending" is
    uncertain, and nobody sends it again by itself.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENDING = "sending", _("Sending")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        UNCERTAIN = "uncertain", _("Uncertain")
        DROPPED = "dropped", _("Not needed any more")

    key = models.CharField(max_length=120, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    booking = models.ForeignKey(
        "activities.Booking", on_delete=models.CASCADE, null=True, related_name="letters"
    )
    to = models.EmailField(max_length=254)
    subject = models.CharField(max_length=300)
    text = models.TextField()
    headers = models.JSONField(default=dict)
    calendar = models.TextField(blank=True)
    due_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    problem = models.TextField(blank=True)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("Letter")
        verbose_name_plural = _("Letters")
        indexes: ClassVar[list[Any]] = [
            models.Index(
                fields=["due_at"], name="letter_waiting", condition=models.Q(state__in=["waiting", "sending"])
            )
        ]

    def __str__(self) -> str:
        return self.subject
