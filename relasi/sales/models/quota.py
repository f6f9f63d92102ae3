"""What is to be sold: by whom, of what, in which month, quarter or year."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from relasi.catalog.models import Product
from relasi.kit.access.models import Team
from relasi.kit.records.money import MoneyField
from relasi.kit.records.record import Record
from relasi.lib.periods import Period, period_of


class Unit(models.TextChoices):
    MONTH = "month", _("Month")
    QUARTER = "quarter", _("Quarter")
    YEAR = "year", _("Year")


class Quota(Record):
    """For a seller, a team, a product, or a product of one of them; several for the same add up.

    Seen from a shorter period, it counts by the share of its days in it.
    """

    name = models.CharField(_("Name"), max_length=160, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+",
        verbose_name=_("Seller"),
    )  # fmt: skip
    team = models.ForeignKey(
        Team, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("Team")
    )
    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, null=True, blank=True, related_name="quotas",
        verbose_name=_("Product"),
    )  # fmt: skip
    unit = models.CharField(_("Period"), max_length=7, choices=Unit.choices, default=Unit.MONTH)
    starts_on = models.DateField(_("From"), help_text=_("Any day of the period."))
    ends_on = models.DateField(_("Until"), editable=False)
    amount = MoneyField(_("Quota"), currency="", validators=[MinValueValidator(Decimal(0))])

    owner_field: ClassVar[str] = "user"
    unlogged_fields: ClassVar[tuple[str, ...]] = ("ends_on",)

    class Meta:
        verbose_name = _("Quota")
        verbose_name_plural = _("Quotas")
        indexes = [models.Index(fields=["starts_on", "ends_on"], name="quota_period")]

    def __str__(self) -> str:
        return self.name

    @property
    def period(self) -> Period:
        return period_of(self.unit, self.starts_on)

    def within(self, period: Period) -> Decimal:
        """The part of it that falls into a period, by days."""
        days = (min(period.end, self.ends_on) - max(period.start, self.starts_on)).days
        whole = (self.ends_on - self.starts_on).days
        return (self.amount * max(days, 0) / whole).quantize(Decimal("0.01")) if whole else Decimal(0)

    def prepare(self) -> None:
        if self.starts_on:
            self.starts_on, self.ends_on = self.period
        if not self.name and self.starts_on:
            who = [str(one) for one in (self.user, self.team, self.product) if one]
            self.name = ", ".join([*who, self.starts_on.strftime("%Y-%m")])

    def clean(self) -> None:
        if self.user and self.team:
            raise ValidationError({"team": _("A quota is for a seller or for a team, not for both.")})


class ForecastCall(Record):
    """What a seller says the period will bring, and what the manager makes of it. One for each period."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("Seller")
    )
    unit = models.CharField(_("Period"), max_length=7, choices=Unit.choices, default=Unit.MONTH)
    starts_on = models.DateField(_("From"))
    amount = MoneyField(_("Seller's number"), currency="", default=0, blank=True)
    best_case = MoneyField(_("Best case"), currency="", null=True, blank=True)
    remark = models.CharField(_("Remark"), max_length=300, blank=True)
    override = MoneyField(_("Manager's number"), currency="", null=True, editable=False)
    override_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", editable=False,
        verbose_name=_("Overridden by"),
    )  # fmt: skip
    override_remark = models.CharField(_("Why the manager's"), max_length=300, blank=True, editable=False)

    owner_field: ClassVar[str] = "user"

    class Meta:
        verbose_name = _("Forecast call")
        verbose_name_plural = _("Forecast calls")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "unit", "starts_on"],
                name="forecast_call_once",
                violation_error_message=_("There is a number for this period already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.starts_on:%Y-%m}"

    @property
    def counted(self) -> Decimal:
        """The manager's number where there is one."""
        counted: Decimal = self.amount if self.override is None else self.override
        return counted

    def say(self, *, amount: Decimal, by: Any, best_case: Decimal | None = None, remark: str = "") -> bool:
        """The seller's number."""
        return self.change(by=by, verb="said", amount=amount, best_case=best_case, remark=remark)

    def override_with(self, *, number: Decimal | str | None, by: Any, why: str = "") -> bool:
        """The manager's number instead of the seller's; none takes it away."""
        try:
            amount = Decimal(str(number)) if number not in (None, "") else None
        except ArithmeticError as error:
            raise ValidationError({"number": _("A number is needed.")}) from error
        who = by if amount is not None else None
        return self.change(by=by, verb="overridden", override=amount, override_by=who, override_remark=why)

    def prepare(self) -> None:
        if self.starts_on:
            self.starts_on = period_of(self.unit, self.starts_on).start
        self.amount = self.amount or Decimal(0)


def unit_of(period: Period) -> str:
    """month, quarter or year when the period is exactly one; else empty."""
    return next((unit for unit in Unit.values if period_of(unit, period.start) == period), "")


def known_call(user: Any, period: Period) -> ForecastCall | None:
    """What a seller said for a period; None for nothing yet."""
    rows = ForecastCall._default_manager.filter(user=user, unit=unit_of(period), starts_on=period.start)
    found: ForecastCall | None = rows.first()
    return found


def call_of(user: Any, period: Period, *, by: Any) -> ForecastCall:
    """The seller's call of a period, made where there is none. Raises ValidationError for odd periods."""
    if not unit_of(period):
        raise ValidationError(_("Numbers are given for a month, a quarter or a year."))
    made: ForecastCall = known_call(user, period) or ForecastCall.create(
        by=by, user=user, unit=unit_of(period), starts_on=period.start
    )
    return made
