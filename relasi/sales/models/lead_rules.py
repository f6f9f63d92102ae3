"""Rules about leads: what raises a score, where a lead belongs, and who gets it."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from relasi.kit.access.models import Team
from relasi.kit.records.record import Record, RecordQuerySet
from relasi.kit.records.traits import Owned
from relasi.sales.conditions import check_condition


class RuleQuerySet(RecordQuerySet):
    def in_use(self) -> Self:
        return self.filter(is_active=True)


class ScoreRule(Record, Owned):
    """A lead that meets `condition` gets `points`; `name` is the reason people read beside them."""

    name = models.CharField(_("Reason"), max_length=120)
    condition = models.TextField(_("When"), blank=True)
    points = models.IntegerField(
        _("Points"), default=10, validators=[MinValueValidator(-100), MaxValueValidator(100)]
    )
    order = models.PositiveSmallIntegerField(_("Order"), default=10)
    is_active = models.BooleanField(_("In use"), default=True)

    objects = RuleQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("Score rule")
        verbose_name_plural = _("Score rules")
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        check_condition(self.condition)

    def saved(self, *, created: bool, fields: set[str], removed: bool = False) -> None:
        from relasi.sales.lead_jobs import score_open_leads

        super().saved(created=created, fields=fields, removed=removed)
        if removed or created or fields & {"condition", "points", "is_active", "name"}:
            score_open_leads.later(_key="score-open-leads")


class Territory(Record, Owned):
    """A part of the market: the leads that meet `condition`, and the colleagues who sell there."""

    name = models.CharField(_("Name"), max_length=120)
    condition = models.TextField(_("Leads that"), blank=True)
    order = models.PositiveSmallIntegerField(_("Order"), default=10)
    is_active = models.BooleanField(_("In use"), default=True)

    objects = RuleQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("Territory")
        verbose_name_plural = _("Territories")
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        check_condition(self.condition)


class TerritorySeller(Record):
    """A colleague who sells in a territory."""

    territory = models.ForeignKey(
        Territory, on_delete=models.CASCADE, related_name="sellers", verbose_name=_("Territory")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("Seller")
    )
    name = models.CharField(_("Name"), max_length=120, blank=True)

    visible_through = ("territory",)

    class Meta:
        verbose_name = _("Seller of a territory")
        verbose_name_plural = _("Sellers of territories")

    def __str__(self) -> str:
        return self.name

    def prepare(self) -> None:
        if not self.name and self.user_id:
            self.name = str(self.user)[:120]


class Shift(Record, Owned):
    """When a colleague takes leads, how many at once, and what they know.

    A colleague without a shift takes leads at any time and any number of them. `skills`: words, by commas.
    """

    name = models.CharField(_("Shift"), max_length=80)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("Colleague")
    )
    weekdays = models.CharField(
        _("Weekdays"), max_length=7, default="12345", help_text=_("1 is Monday, 7 is Sunday: 12345"),
        validators=[RegexValidator(r"^[1-7]{1,7}$", _("Only the numbers 1 (Monday) to 7 (Sunday)."))],
    )  # fmt: skip
    starts_at = models.TimeField(_("From"), default=time(8))
    ends_at = models.TimeField(_("Until"), default=time(17))
    capacity = models.PositiveSmallIntegerField(
        _("Open leads at most"), null=True, blank=True, help_text=_("Empty: any number")
    )
    skills = models.CharField(_("Skills"), max_length=300, blank=True, help_text=_("Words, by commas"))
    away_from = models.DateField(_("Away from"), null=True, blank=True)
    away_until = models.DateField(_("Away until"), null=True, blank=True)

    class Meta:
        verbose_name = _("Shift")
        verbose_name_plural = _("Shifts")
        ordering = ["user", "weekdays", "starts_at", "id"]

    def __str__(self) -> str:
        return f"{self.name}"

    def clean(self) -> None:
        if self.ends_at <= self.starts_at:
            raise ValidationError({"ends_at": _("It cannot end before it begins.")})
        if self.away_from and self.away_until and self.away_until < self.away_from:
            raise ValidationError({"away_until": _("It cannot end before it begins.")})

    @property
    def skill_set(self) -> set[str]:
        return {word.strip().lower() for word in self.skills.split(",") if word.strip()}

    def covers(self, moment: datetime) -> bool:
        """`moment` in the time zone of the colleague."""
        if self.is_away(moment):
            return False
        today = str(moment.isoweekday()) in self.weekdays
        return today and self.starts_at <= moment.time() < self.ends_at

    def is_away(self, moment: datetime) -> bool:
        start, end = self.away_from, self.away_until
        if not start and not end:
            return False
        return (not start or start <= moment.date()) and (not end or moment.date() <= end)


class AssignmentRule(Record, Owned):
    """Leads that meet `condition` go to one of a pool of colleagues; the first live rule that can, decides.

    A rule that is not live is only tried in the rehearsal.
    """

    class Pool(models.TextChoices):
        CUSTOMER_OWNER = "customer_owner", _("Whoever looks after the customer")
        PERSON = "person", _("One colleague")
        TEAM = "team", _("A team and those below it")
        TERRITORY = "territory", _("Sellers of the territory")

    class Pick(models.TextChoices):
        IN_TURN = "in_turn", _("In turn")
        FEWEST = "fewest", _("Who has the fewest open leads")

    name = models.CharField(_("Name"), max_length=120)
    condition = models.TextField(_("When"), blank=True)
    pool = models.CharField(_("Goes to"), max_length=16, choices=Pool.choices, default=Pool.TERRITORY)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("Colleague"),
    )  # fmt: skip
    team = models.ForeignKey(
        Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("Team")
    )
    skill = models.CharField(_("Who knows"), max_length=60, blank=True, help_text=_("A word of the skills"))
    pick = models.CharField(_("Chosen"), max_length=8, choices=Pick.choices, default=Pick.IN_TURN)
    within_capacity = models.BooleanField(_("Only who has room"), default=True)
    on_shift = models.BooleanField(_("Only who is on shift"), default=True)
    order = models.PositiveSmallIntegerField(_("Order"), default=10)
    is_live = models.BooleanField(_("Live"), default=False, editable=False)

    class Meta:
        verbose_name = _("Assignment rule")
        verbose_name_plural = _("Assignment rules")
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        check_condition(self.condition)
        if self.is_live:
            self._check_pool()

    def _check_pool(self) -> None:
        needed = {self.Pool.PERSON: "person", self.Pool.TEAM: "team"}.get(self.Pool(self.pool))
        if needed and not getattr(self, f"{needed}_id"):
            raise ValidationError({needed: _("This is needed before the rule goes live.")})

    def go_live(self, *, by: Any, batch: str = "") -> None:
        """From now on it gives out new leads; what was given stays where it is."""
        if not self.is_live:
            self.change(by=by, verb="went_live", batch=batch, is_live=True)

    def stop(self, *, by: Any, batch: str = "") -> None:
        """It gives out nothing more."""
        if self.is_live:
            self.change(by=by, verb="stopped", batch=batch, is_live=False)
