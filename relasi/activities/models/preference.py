"""What arrives where: in the bell, by e-mail, on a device; and the devices."""

from __future__ import annotations

import secrets
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from relasi.activities.models.notification import Notification
from relasi.kit.records.sealed import SealedJSONField

KINDS = [str(kind) for kind in Notification.Kind.values]


def all_kinds() -> list[str]:
    return list(KINDS)


def new_key() -> str:
    return secrets.token_urlsafe(24)


class NotificationPreference(models.Model):
    """One a user; who has none reads the bell and gets no mail. `stop_key` ends the mails with one click."""

    class Mail(models.TextChoices):
        OFF = "off", _("No mails")
        DAILY = "daily", _("Once a day, what is unread")
        AT_ONCE = "at_once", _("Mentions at once, the rest once a day")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notification_preference"
    )
    mail = models.CharField(_("E-mail"), max_length=8, choices=Mail.choices, default=Mail.OFF)
    in_app = models.JSONField(default=all_kinds)
    by_mail = models.JSONField(default=all_kinds)
    by_push = models.JSONField(default=all_kinds)
    stop_key = models.CharField(max_length=64, unique=True, default=new_key)
    digest_on = models.DateField(null=True)

    class Meta:
        verbose_name = _("Choice of notifications")
        verbose_name_plural = _("Choices of notifications")

    def __str__(self) -> str:
        return str(self.user)

    @classmethod
    def of(cls, user: Any) -> NotificationPreference:
        """The user's own, not yet kept when there is none."""
        return cls._default_manager.filter(user=user).first() or cls(user=user)

    @classmethod
    def of_stop_key(cls, key: str) -> NotificationPreference | None:
        """Whose mails the link with that key ends."""
        return cls._default_manager.filter(stop_key=key).select_related("user").first()

    def stop_mails(self) -> None:
        type(self)._default_manager.filter(pk=self.pk).update(mail=self.Mail.OFF)


class PushDeviceQuerySet(models.QuerySet["PushDevice"]):
    def visible_to(self, user: Any) -> Self:
        """Only one's own."""
        return self.filter(user=user)


class PushDevice(models.Model):
    """A browser that shows notifications. `secrets` is {"p256dh": …, "auth": …}, as the browser made them."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="push_devices")
    name = models.CharField(max_length=120, blank=True)
    endpoint = models.CharField(max_length=500, unique=True)
    secrets = SealedJSONField(default=dict)
    made_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)

    objects = PushDeviceQuerySet.as_manager()

    class Meta:
        verbose_name = _("Device")
        verbose_name_plural = _("Devices")

    def __str__(self) -> str:
        return self.name or self.endpoint[:40]


class PushKey(models.Model):
    """The installation's own key for web push, made at first use. `secrets` is {"private": PEM}."""

    name = models.CharField(max_length=10, unique=True, default="push")
    secrets = SealedJSONField(default=dict)

    class Meta:
        verbose_name = _("Key for web push")
        verbose_name_plural = _("Keys for web push")

    def __str__(self) -> str:
        return self.name
