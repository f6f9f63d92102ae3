"""What serving customers costs: hourly rates, the ledger, and what each customer is worth."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from relasi.kit.access.models import Role
from relasi.kit.records.money import CurrencyField, MoneyField
from relasi.kit.records.record import Record, RecordQuerySet
from relasi.kit.records.traits import Owned
from relasi.parties.models import Party
from relasi.sales.models.deal import Deal
from relasi.sales.models.lead import Lead
from relasi.sales.worth import worth

MOST_MINUTES = 60 * 24 * 31


class CostRate(Record):
    """What an hour costs the company: of one colleague, else of a role, else of everybody."""

    name = models.CharField(_("Name"), max_length=120)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+",
        verbose_name=_("Colleague"),
    )  # fmt: skip
    role = models.ForeignKey(
        Role, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("Role")
    )
    hourly = MoneyField(_("An hour costs"), currency="", validators=[MinValueValidator(Decimal(0))])
    valid_from = models.DateField(_("From"), default=timezone.localdate)

    class Meta:
        verbose_name = _("Hourly rate")
        verbose_name_plural = _("Hourly rates")
        ordering = ["-valid_from", "-id"]
        indexes = [models.Index(fields=["-valid_from", "-id"], name="cost_rate_from")]
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=True) | Q(role__isnull=True), name="cost_rate_of_one",
                violation_error_message=_("Choose a colleague or a role, not both."),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    def saved(self, *, created: bool, fields: set[str], removed: bool = False) -> None:
        from relasi.sales.cost_jobs import reckon_all

        super().saved(created=created, fields=fields, removed=removed)
        reckon_all.later(_key="reckon-all")


class CostQuerySet(RecordQuerySet):
    def between(self, start: date, end: date) -> Self:
        """From `start` to before `end`."""
        return self.filter(on__gte=start, on__lt=end)


class CostEntry(Record, Owned):
    """A line of the cost ledger: minutes, an amount, or both, spent on a customer, a lead or deal of theirs,
    or a channel. `cost` is both in the company's currency, by the rates of that day.
    """

    name = models.CharField(_("What for"), max_length=200)
    on = models.DateField(_("Day"), default=timezone.localdate)
    party = models.ForeignKey(
        Party,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="costs",
        verbose_name=_("Customer"),
    )
    lead = models.ForeignKey(
        Lead, on_delete=models.SET_NULL, null=True, blank=True, related_name="costs", verbose_name=_("Lead")
    )
    deal = models.ForeignKey(
        Deal, on_delete=models.SET_NULL, null=True, blank=True, related_name="costs", verbose_name=_("Deal")
    )
    channel = models.CharField(_("Channel"), max_length=16, choices=Lead.Channel.choices, blank=True)
    seller = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("Seller"),
    )  # fmt: skip
    minutes = models.PositiveIntegerField(
        _("Minutes"), null=True, blank=True, validators=[MaxValueValidator(MOST_MINUTES)]
    )
    amount = MoneyField(_("Amount"), null=True, blank=True, validators=[MinValueValidator(Decimal(0))])
    currency = CurrencyField()
    cost = MoneyField(_("Cost"), currency="", default=0, editable=False)

    visible_through: ClassVar[tuple[str, ...]] = ("party",)
    unlogged_fields: ClassVar[tuple[str, ...]] = ("cost",)

    objects = CostQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("Cost")
        verbose_name_plural = _("Costs")
        indexes = [
            models.Index(fields=["-on", "-id"], name="cost_on"),
            models.Index(fields=["channel", "on", "cost"], name="cost_channel"),
            models.Index(fields=["seller", "on", "cost"], name="cost_seller"),
            models.Index(fields=["cost", "id"], name="cost_cost"),
        ]

    def __str__(self) -> str:
        return self.name

    def prepare(self) -> None:
        """The customer is that of the deal or lead, the channel that of the lead, unless said otherwise."""
        from relasi.sales.rates import hourly_rates

        about = self.deal or self.lead
        if about and not self.party_id:
            self.party_id = about.party_id
        if self.lead and not self.channel:
            self.channel = self.lead.channel
        self.cost = worth(self.amount or Decimal(0), self.currency, self.on)
        if self.minutes:
            self.cost += hourly_rates(self.on).cost_of(self.minutes, self.seller_id or self.owner_id)

    def clean(self) -> None:
        if not self.minutes and not self.amount:
            raise ValidationError({"amount": _("Give minutes, an amount, or both.")})
        for field, about in (("deal", self.deal), ("lead", self.lead)):
            if about and about.party_id != self.party_id:
                raise ValidationError({field: _("It is about another customer.")})


class PartyWorth(models.Model):
    """What a customer is expected to bring, what serving them costs, and what that makes by the hour: kept
    for lists, reckoned by `expected`. `parts` as of deals and leads.
    """

    party = models.OneToOneField(Party, on_delete=models.CASCADE, related_name="worth", primary_key=True)
    expected_value = MoneyField(currency="", default=0)
    cost_to_serve = MoneyField(currency="", default=0)
    minutes_spent = models.PositiveIntegerField(default=0)
    value_per_hour = MoneyField(currency="", null=True)
    parts = models.JSONField(default=list)

    visible_through: ClassVar[tuple[str, ...]] = ("party",)

    class Meta:
        verbose_name = _("Worth of a customer")
        verbose_name_plural = _("Worth of customers")
        indexes = [
            models.Index(fields=["value_per_hour", "party"], name="party_worth_hour"),
            models.Index(fields=["expected_value", "party"], name="party_worth_expected"),
            models.Index(fields=["cost_to_serve", "party"], name="party_worth_cost"),
        ]

    def __str__(self) -> str:
        return f"{self.party_id}: {self.expected_value}"
