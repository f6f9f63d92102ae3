"""When which messages may go: the company's settings, laid with those we ship and the source of each."""

from __future__ import annotations

from datetime import time

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from relasi.channels.models import Medium
from relasi.conversations.models.delivery import Purpose
from relasi.kit.records.record import Record
from relasi.lib.addresses import tidy_province
from relasi.lib.provinces import PROVINCES


class SendingHours(Record):
    """Hours in which messages of a purpose may go by a way, on the customer's clock.

    A way that has none is closed. `weekdays` are numbers, Monday is 0. `closes_at` empty is midnight.
    """

    name = models.CharField(_("Name"), max_length=120, blank=True)
    purpose = models.CharField(_("Purpose"), max_length=10, choices=Purpose.choices)
    channel = models.CharField(_("Way"), max_length=10, choices=Medium.choices)
    weekdays = models.CharField(_("Weekdays"), max_length=7, default="0123456")
    opens_at = models.TimeField(_("From"), default=time(8))
    closes_at = models.TimeField(_("Until"), null=True, blank=True)
    rests_on_holidays = models.BooleanField(_("Not on holidays"), default=False)
    source = models.CharField(_("Rests on"), max_length=20, blank=True, editable=False)

    class Meta:
        verbose_name = _("Hours of sending")
        verbose_name_plural = _("Hours of sending")
        ordering = ["purpose", "channel", "opens_at"]

    def __str__(self) -> str:
        return self.name or f"{self.get_purpose_display()}, {self.get_channel_display()}"

    def prepare(self) -> None:
        self.name = self.name.strip() or str(self)[:120]

    def clean(self) -> None:
        if not self.weekdays or not set(self.weekdays) <= set("0123456"):
            raise ValidationError({"weekdays": _("Weekdays are the signs 0 (Monday) to 6 (Sunday).")})
        if self.closes_at and self.opens_at and self.closes_at <= self.opens_at:
            raise ValidationError({"closes_at": _("The hours end before they begin.")})


class SendingCap(Record):
    """At most so many messages in so many times 24 hours; without purpose or way: of all together."""

    most = models.PositiveSmallIntegerField(_("At most"), validators=[MinValueValidator(1)])
    days = models.PositiveSmallIntegerField(_("In days"), validators=[MinValueValidator(1)])
    purpose = models.CharField(_("Purpose"), max_length=10, choices=Purpose.choices, blank=True)
    channel = models.CharField(_("Way"), max_length=10, choices=Medium.choices, blank=True)
    source = models.CharField(_("Rests on"), max_length=20, blank=True, editable=False)

    class Meta:
        verbose_name = _("Most messages")
        verbose_name_plural = _("Most messages")
        ordering = ["purpose", "days"]

    def __str__(self) -> str:
        return f"{self.most} / {self.days}"


class RestDay(Record):
    """A day on which customers of a province (none: of the whole country) are left in peace.

    `laid_as` is the key of the shipped day it was laid as; one the company added has none.
    """

    class Kind(models.TextChoices):
        NATIONAL = "national", _("National holiday")
        JOINT_LEAVE = "joint_leave", _("Joint leave (cuti bersama)")
        REGIONAL = "regional", _("Regional holiday")
        OWN = "own", _("The company's own")

    day = models.DateField(_("Day"))
    name = models.CharField(_("Name"), max_length=120)
    kind = models.CharField(_("Kind"), max_length=12, choices=Kind.choices, default=Kind.OWN)
    province = models.CharField(
        _("Province"),
        max_length=60,
        blank=True,
        choices=[(province.name, province.name) for province in PROVINCES],
        help_text=_("Empty: in the whole country."),
    )
    laid_as = models.CharField(max_length=40, blank=True, editable=False)

    class Meta:
        verbose_name = _("Rest day")
        verbose_name_plural = _("Rest days")
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["day", "name", "province"], name="rest_day_once")]

    def __str__(self) -> str:
        return f"{self.day}: {self.name}"

    def prepare(self) -> None:
        self.province = tidy_province(self.province)


class LaidDay(models.Model):
    """A shipped rest day that was laid once. It is not laid again when the company took it away."""

    key = models.CharField(max_length=40, unique=True)

    class Meta:
        verbose_name = _("Laid rest day")
        verbose_name_plural = _("Laid rest days")

    def __str__(self) -> str:
        return self.key
