"""The response clock: opening hours, days off, and how soon which lead is answered."""

from __future__ import annotations

import re
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from relasi.kit.records.record import Record
from relasi.kit.records.traits import Owned
from relasi.lib.business_time import WorkingTime
from relasi.sales.conditions import check_condition

HOURS = re.compile(r"\d\d:\d\d–\d\d:\d\d")
MOST_MINUTES = 60 * 24 * 30


class Weekday(models.IntegerChoices):
    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class OpeningHours(Record, Owned):
    """One span of one weekday in which the company answers; several a day are fine (Friday prayers)."""

    name = models.CharField(_("Name"), max_length=80, blank=True)
    weekday = models.PositiveSmallIntegerField(_("Weekday"), choices=Weekday.choices, default=Weekday.MONDAY)
    opens_at = models.TimeField(_("Opens"), default=time(8))
    closes_at = models.TimeField(_("Closes"), default=time(17))

    class Meta:
        verbose_name = _("Opening hours")
        verbose_name_plural = _("Opening hours")
        ordering = ["weekday", "opens_at", "id"]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.name}"

    def prepare(self) -> None:
        """Named by its hours, unless somebody named it otherwise."""
        if not self.name or HOURS.fullmatch(self.name):
            self.name = f"{self.opens_at:%H:%M}–{self.closes_at:%H:%M}"

    def clean(self) -> None:
        if self.closes_at <= self.opens_at:
            raise ValidationError({"closes_at": _("It cannot close before it opens.")})


class DayOff(Record, Owned):
    """A public holiday, a day of joint leave, or the company's own: nobody is expected to answer."""

    name = models.CharField(_("Name"), max_length=120)
    on = models.DateField(_("Day"))

    class Meta:
        verbose_name = _("Day off")
        verbose_name_plural = _("Days off")
        ordering = ["on", "id"]
        indexes = [models.Index(fields=["on"], name="day_off_on")]

    def __str__(self) -> str:
        return self.name


class ResponseTarget(Record, Owned):
    """Leads that meet `condition` are answered within `minutes` of working time; the first counts."""

    name = models.CharField(_("Name"), max_length=120)
    condition = models.TextField(_("When"), blank=True)
    minutes = models.PositiveIntegerField(
        _("Within minutes"), default=60, validators=[MinValueValidator(1), MaxValueValidator(MOST_MINUTES)]
    )
    order = models.PositiveSmallIntegerField(_("Order"), default=10)
    is_active = models.BooleanField(_("In use"), default=True)

    class Meta:
        verbose_name = _("Response time")
        verbose_name_plural = _("Response times")
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        check_condition(self.condition)


def working_time() -> WorkingTime:
    """The company's hours as they stand now: two queries."""
    week: dict[int, tuple[tuple[time, time], ...]] = {}
    for row in OpeningHours.objects.all():
        week[row.weekday] = (*week.get(row.weekday, ()), (row.opens_at, row.closes_at))
    return WorkingTime(
        week, ZoneInfo(settings.TIME_ZONE), frozenset(DayOff.objects.values_list("on", flat=True))
    )


def first_target(targets: list[ResponseTarget], met: set[int]) -> ResponseTarget | None:
    return next((target for target in targets if target.pk in met), None)


def due(target: ResponseTarget, received_at: datetime, hours: WorkingTime) -> datetime | None:
    return hours.after(received_at, target.minutes)
