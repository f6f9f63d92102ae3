"""Booking pages: where strangers choose a free time of a colleague, and what they booked."""

from __future__ import annotations

import re
import secrets
from datetime import datetime, time, timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from relasi.activities.models.activity import Activity
from relasi.kit.access.models import Team, User
from relasi.kit.records.record import Record, RecordQuerySet
from relasi.kit.records.traits import Owned

MOST_MINUTES, MOST_DAYS, MOST_QUESTIONS = 8 * 60, 365, 12
REQUIRED = "*"
TOLD = re.compile(r"[1-7]{1,7} \d\d:\d\d–\d\d:\d\d")


def new_key() -> str:
    return secrets.token_urlsafe(9).lower().replace("_", "-").strip("-")


def new_secret() -> str:
    return secrets.token_urlsafe(24)


class BookingPageQuerySet(RecordQuerySet):
    def of_key(self, key: str) -> Self:
        """The page at a public address."""
        return self.filter(key=key)


class BookingPage(Record, Owned):
    """An address where anybody books `minutes` with its owner or, when a `team` is named, with whoever of the
    team is free and has had the fewest bookings lately.

    Before and after each meeting `before_minutes` and `after_minutes` stay free. `questions`: one a line, a
    star at the end where it must be answered. `until_hours`: how long before it begins it may be moved or
    called off.
    """

    name = models.CharField(_("Title"), max_length=120)
    key = models.SlugField(
        _("In the address"), max_length=40, unique=True, default=new_key, allow_unicode=False
    )
    description = models.TextField(_("Text above"), blank=True)
    team = models.ForeignKey(
        Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("In turn among the team"),
    )  # fmt: skip
    language = models.CharField(
        _("Language"), max_length=5, choices=[("id", _("Indonesian")), ("en", _("English"))], default="id"
    )
    minutes = models.PositiveSmallIntegerField(
        _("Minutes"), default=30, validators=[MinValueValidator(5), MaxValueValidator(MOST_MINUTES)]
    )
    before_minutes = models.PositiveSmallIntegerField(
        _("Free before (minutes)"), default=0, validators=[MaxValueValidator(MOST_MINUTES)]
    )
    after_minutes = models.PositiveSmallIntegerField(
        _("Free after (minutes)"), default=0, validators=[MaxValueValidator(MOST_MINUTES)]
    )
    notice_hours = models.PositiveSmallIntegerField(
        _("At least so many hours ahead"), default=4, validators=[MaxValueValidator(MOST_DAYS * 24)]
    )
    ahead_days = models.PositiveSmallIntegerField(
        _("At most so many days ahead"), default=30,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_DAYS)],
    )  # fmt: skip
    most_a_day = models.PositiveSmallIntegerField(
        _("At most a day"), null=True, blank=True, validators=[MinValueValidator(1)],
        help_text=_("Of one colleague; empty: as many as fit."),
    )  # fmt: skip
    until_hours = models.PositiveSmallIntegerField(
        _("May be moved or called off until (hours before)"), default=2,
        validators=[MaxValueValidator(MOST_DAYS * 24)],
    )  # fmt: skip
    reminder_hours = models.PositiveSmallIntegerField(
        _("Remind the visitor (hours before)"), default=24, null=True, blank=True,
        validators=[MaxValueValidator(MOST_DAYS * 24)],
    )  # fmt: skip
    location = models.CharField(_("Place or link"), max_length=300, blank=True)
    questions = models.TextField(
        _("Questions"), blank=True, help_text=_("One a line; a * at the end: it must be answered.")
    )
    rests_on_days_off = models.BooleanField(_("Not on days off"), default=True)
    is_active = models.BooleanField(pgettext_lazy("state", "Open"), default=True)

    objects = BookingPageQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("Booking page")
        verbose_name_plural = _("Booking pages")
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def length(self) -> timedelta:
        return timedelta(minutes=self.minutes)

    @property
    def buffers(self) -> tuple[timedelta, timedelta]:
        """How long must be free before and after."""
        return timedelta(minutes=self.before_minutes), timedelta(minutes=self.after_minutes)

    @property
    def address(self) -> str:
        return f"{settings.RELASI_PUBLIC_URL.rstrip('/')}/book/{self.key}/"

    @property
    def asked(self) -> list[tuple[str, bool]]:
        """(question, whether it must be answered)."""
        lines = [line.strip() for line in self.questions.splitlines() if line.strip()]
        return [(line.rstrip(" *"), line.endswith(REQUIRED)) for line in lines]

    def hosts(self) -> list[User]:
        """Who may be booked here, by number: the owner, or the team's people who are let in."""
        rows = User.objects.active().order_by("pk")
        found = rows.filter(team=self.team_id) if self.team_id else rows.filter(pk=self.owner_id or 0)
        return list(found)

    def prepare(self) -> None:
        self.key = (self.key or new_key()).lower()

    def clean(self) -> None:
        if len(self.asked) > MOST_QUESTIONS:
            said = _("Ask at most %(most)s questions.") % {"most": MOST_QUESTIONS}
            raise ValidationError({"questions": said})
        if self.team and not _may_offer(self.owner, self.team):
            raise ValidationError({"team": _("Choose your own team or one below it.")})


class BookingHours(Record, Owned):
    """When its owner can be booked, on whichever page, by the owner's own clock."""

    name = models.CharField(_("Name"), max_length=80, blank=True)
    weekdays = models.CharField(
        _("Weekdays"), max_length=7, default="12345", help_text=_("1 is Monday, 7 is Sunday: 12345"),
        validators=[RegexValidator(r"^[1-7]{1,7}$", _("Only the numbers 1 (Monday) to 7 (Sunday)."))],
    )  # fmt: skip
    opens_at = models.TimeField(_("From"), default=time(9))
    closes_at = models.TimeField(_("Until"), default=time(17))

    class Meta:
        verbose_name = _("Booking hours")
        verbose_name_plural = _("Booking hours")
        ordering = ["owner", "weekdays", "opens_at", "id"]

    def __str__(self) -> str:
        return self.name

    def prepare(self) -> None:
        """Named by its hours, unless somebody named it otherwise."""
        if not self.name or TOLD.fullmatch(self.name):
            self.name = f"{self.weekdays} {self.opens_at:%H:%M}–{self.closes_at:%H:%M}"

    def clean(self) -> None:
        if self.closes_at <= self.opens_at:
            raise ValidationError({"closes_at": _("It cannot close before it opens.")})


class BookingQuerySet(RecordQuerySet):
    def standing(self) -> Self:
        """Not called off."""
        return self.filter(cancelled_at__isnull=True)

    def of_form(self, key: str) -> Self:
        """What was made of a form that was opened once."""
        return self.filter(form_key=key)

    def of_address(self, code: str, since: datetime) -> Self:
        """What was booked from a network address, by its keyed digest."""
        return self.filter(address_code=code, created_at__gte=since)

    def of_secret(self, secret: str) -> Self:
        return self.filter(secret=secret) if secret else self.none()


class Booking(Record, Owned):
    """What a visitor booked: a meeting of its owner, the host. The meeting holds the time.

    `secret` opens the visitor's own page; `form_key` came with the form, so that sending it twice books once.
    """

    name = models.CharField(_("Visitor"), max_length=200)
    page = models.ForeignKey(
        BookingPage, on_delete=models.CASCADE, related_name="bookings", verbose_name=_("Booking page")
    )
    meeting = models.OneToOneField(
        Activity, on_delete=models.CASCADE, related_name="booking", verbose_name=_("Meeting")
    )
    email = models.EmailField(_("E-mail"), blank=True)
    phone = models.CharField(_("Phone"), max_length=32, blank=True)
    time_zone = models.CharField(_("Time zone"), max_length=40, default="Asia/Jakarta")
    answers = models.JSONField(_("Answers"), default=list, blank=True, editable=False)
    secret = models.CharField(max_length=64, unique=True, default=new_secret, editable=False)
    form_key = models.CharField(max_length=64, unique=True, default=new_secret, editable=False)
    address_code = models.CharField(max_length=64, blank=True, editable=False)
    cancelled_at = models.DateTimeField(_("Called off"), null=True, editable=False)

    visible_through: ClassVar[tuple[str, ...]] = ("meeting",)
    guarded_fields: ClassVar[tuple[str, ...]] = ("secret", "form_key", "address_code")
    secret_fields: ClassVar[tuple[str, ...]] = ("secret", "form_key", "address_code")
    objects = BookingQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("Booking")
        verbose_name_plural = _("Bookings")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["address_code", "created_at"], name="booking_address"),
            models.Index(fields=["owner", "created_at"], name="booking_host"),
        ]

    def __str__(self) -> str:
        return self.name or gettext("Booking %(number)s") % {"number": self.pk or ""}

    def event_party_id(self) -> int | None:
        return self.meeting.party_id

    @property
    def is_standing(self) -> bool:
        return self.cancelled_at is None and self.meeting.is_open and self.meeting.archived_at is None

    @property
    def address(self) -> str:
        return f"{settings.RELASI_PUBLIC_URL.rstrip('/')}/booked/{self.secret}/"

    def may_be_changed(self, now: datetime) -> bool:
        """Whether the visitor may still move it or call it off."""
        start = self.meeting.starts_at
        return bool(self.is_standing and start and start - timedelta(hours=self.page.until_hours) > now)

    def cancel(self, *, by: Any, batch: str = "") -> None:
        """It does not take place; the meeting stands as called off. Harmless when repeated."""
        if self.cancelled_at:
            return
        self.change(by=by, verb="cancelled", batch=batch, cancelled_at=timezone.now())
        self.meeting.finish(by=by, outcome=Activity.Outcome.CANCELLED, batch=batch)


def _may_offer(owner: User | None, team: Team) -> bool:
    """Nobody offers the time of people who are not of their own team or below it."""
    if owner is None or owner.rights.scope("bookingpage", "add") == "all":
        return True
    return bool(owner.team and team.path.startswith(owner.team.path))
