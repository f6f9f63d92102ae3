"""What the bell shows: reminders and mentions, one row each for one person."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class NotificationQuerySet(models.QuerySet["Notification"]):
    def visible_to(self, user: Any) -> Self:
        """Only one's own."""
        return self.filter(user=user)

    def unseen(self) -> Self:
        return self.filter(seen_at__isnull=True, is_quiet=False)


class Notification(models.Model):
    """`key` says what it is about, once per person: writing it again changes nothing.

    A quiet one stands in the list and is not counted: its reader wants no bell for this kind.
    """

    class Kind(models.TextChoices):
        REMINDER = "reminder", _("Reminder")
        MENTION = "mention", _("Mention")
        ASSIGNED = "assigned", _("Assigned to you")
        OTHER = "other", _("News")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications", db_index=False
    )
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.OTHER)
    key = models.CharField(max_length=120)
    text = models.CharField(max_length=300)
    actor_name = models.CharField(max_length=120, blank=True)
    url = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(null=True)
    is_quiet = models.BooleanField(default=False)
    mailed_at = models.DateTimeField(null=True)
    pushed_at = models.DateTimeField(null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("Notification")
        verbose_name_plural = _("Notifications")
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="notification_once")]
        indexes = [
            models.Index(fields=["user", "-at", "-id"], name="notification_user"),
            models.Index(
                fields=["user", "-at"], name="notification_unseen", condition=models.Q(seen_at=None)
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def reason(self) -> str:
        """Why it was told; what a rule gave has nobody's name."""
        told = {
            self.Kind.MENTION: _("%(name)s mentioned you"),
            self.Kind.ASSIGNED: _("%(name)s assigned this to you"),
        }
        words = told.get(self.Kind(self.kind)) if self.actor_name else None
        return str(words) % {"name": self.actor_name} if words else str(self.get_kind_display())


def notify(
    *,
    users: list[Any],
    kind: str,
    key: str,
    text: str,
    url: str = "",
    actor_name: str = "",
    at: datetime | None = None,
) -> None:
    """Tell these people (users or their numbers) once. Harmless when repeated."""
    moment = at or timezone.now()
    ids = [getattr(user, "pk", user) for user in users]
    wishes = _wishes(ids)
    Notification.objects.bulk_create(
        [
            Notification(
                user_id=user_id,
                kind=kind,
                key=key,
                text=text[:300],
                url=url,
                actor_name=actor_name[:120],
                at=moment,
                is_quiet=kind not in wishes.get(user_id, (kind,)),
            )
            for user_id in ids
        ],
        ignore_conflicts=True,
    )
    if wishes:
        from relasi.activities.jobs import spread_notification

        spread_notification.later(key=key, user_ids=sorted(wishes))


def _wishes(ids: list[int]) -> dict[int, list[str]]:
    """Which kinds the bell shows to those who chose; who has a device has chosen too."""
    from relasi.activities.models.preference import NotificationPreference, PushDevice

    chosen = dict(NotificationPreference.objects.filter(user__in=ids).values_list("user_id", "in_app"))
    devices = PushDevice.objects.filter(user__in=ids).values_list("user_id", flat=True)
    return {user_id: list(Notification.Kind.values) for user_id in devices} | chosen
