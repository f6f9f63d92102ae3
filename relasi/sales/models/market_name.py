"""The natural market: the first hundred names of an agent, and whom each close leads on to."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from relasi.kit.records.money import CurrencyField, MoneyField
from relasi.kit.records.record import Record, RecordQuerySet
from relasi.kit.records.traits import Archivable, Noted, Owned, Tagged
from relasi.parties.models import Party
from relasi.sales.models.lead import Lead

GOAL = 100


class MarketNameQuerySet(RecordQuerySet):
    def open(self) -> Self:
        return self.filter(archived_at=None).exclude(stage__in=("lead", "not_now"))

    def due(self, day: Any) -> Self:
        return self.open().filter(next_on__lte=day)


class MarketName(Record, Owned, Archivable, Tagged, Noted):
    """A name on somebody's list: who it is, how they know each other, what they may need, what comes next."""

    class Circle(models.TextChoices):
        FAMILY = "family", _("Family")
        FRIEND = "friend", _("Friend")
        NEIGHBOUR = "neighbour", _("Neighbour")
        COLLEAGUE = "colleague", _("Present or former colleague")
        SCHOOL = "school", _("School or university")
        FAITH = "faith", _("House of worship")
        CLUB = "club", _("Hobby or club")
        TRADE = "trade", _("Shop, doctor, tradesman")
        REFERRED = "referred", _("Referred by a customer")
        OTHER = "other", _("Other")

    class Stage(models.TextChoices):
        LISTED = "listed", _("On the list")
        CONTACTED = "contacted", _("Contacted")
        APPOINTMENT = "appointment", _("Appointment made")
        LEAD = "lead", _("Became a lead")
        NOT_NOW = "not_now", _("Not now")

    party = models.ForeignKey(
        Party, on_delete=models.CASCADE, related_name="market_names", verbose_name=_("Customer")
    )
    name = models.CharField(_("Name"), max_length=200, blank=True)
    circle = models.CharField(_("Relation"), max_length=10, choices=Circle.choices, default=Circle.OTHER)
    stage = models.CharField(_("Stage"), max_length=12, choices=Stage.choices, default=Stage.LISTED)
    need = models.CharField(_("Estimated need"), max_length=200, blank=True)
    estimated_value = MoneyField(_("Estimated value"), null=True, blank=True)
    currency = CurrencyField()
    next_step = models.CharField(_("Next step"), max_length=200, blank=True)
    next_on = models.DateField(_("When"), null=True, blank=True)
    introduced_by = models.ForeignKey(
        Party, on_delete=models.SET_NULL, null=True, blank=True, related_name="introduced_names",
        verbose_name=_("Introduced by"),
    )  # fmt: skip
    lead = models.ForeignKey(
        Lead, on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="+",
        verbose_name=_("Lead"),
    )  # fmt: skip

    visible_through: ClassVar[tuple[str, ...]] = ("party",)
    objects = MarketNameQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("Name on a list")
        verbose_name_plural = _("Names on lists")
        ordering = ["name", "id"]
        indexes = [
            models.Index(
                fields=["owner", "name", "id"], name="market_name_owner", condition=Q(archived_at=None)
            ),
            models.Index(fields=["owner", "next_on"], name="market_name_next", condition=Q(archived_at=None)),
        ]

    def __str__(self) -> str:
        return self.name

    def prepare(self) -> None:
        if not self.name and self.party_id:
            self.name = self.party.name

    @transaction.atomic
    def make_lead(self, *, by: Any) -> Lead:
        """The name becomes a lead of whoever listed it; the one there is, when repeated."""
        locked = MarketName._default_manager.select_for_update(of=("self",)).get(pk=self.pk)
        if locked.lead_id:
            return Lead._default_manager.get(pk=locked.lead_id)
        lead = Lead.create(
            by=by, party=self.party, owner=self.owner or by, need=self.need, channel=self._channel(),
            estimated_value=self.estimated_value, currency=self.currency, referred_by=self.introduced_by,
        )  # fmt: skip
        self.change(by=by, verb="became_lead", lead=lead, stage=self.Stage.LEAD)
        return lead

    def _channel(self) -> str:
        return Lead.Channel.REFERRAL if self.introduced_by_id else Lead.Channel.NATURAL_MARKET


class ReferralAsk(Record, Owned):
    """After a close: "who else should I talk to?" asked of a customer, and what came of it."""

    class Answer(models.TextChoices):
        OPEN = "open", _("To be asked")
        NAMES = "names", _("Gave names")
        LATER = "later", _("Later")
        NO = "no", _("No")

    name = models.CharField(_("Close"), max_length=200, blank=True)
    party = models.ForeignKey(
        Party, on_delete=models.CASCADE, related_name="referral_asks", verbose_name=_("Customer")
    )
    about_noun = models.CharField(max_length=40, blank=True, editable=False)
    about_id = models.BigIntegerField(null=True, editable=False)
    answer = models.CharField(
        _("Answer"), max_length=6, choices=Answer.choices, default=Answer.OPEN, editable=False
    )
    names_given = models.PositiveSmallIntegerField(_("Names given"), default=0, editable=False)
    ask_on = models.DateField(_("Ask on"), default=timezone.localdate)
    answered_at = models.DateTimeField(_("Answered"), null=True, editable=False)

    visible_through: ClassVar[tuple[str, ...]] = ("party",)

    class Meta:
        verbose_name = _("Asked for referrals")
        verbose_name_plural = _("Asked for referrals")
        ordering = ["-ask_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["about_noun", "about_id"], name="referral_ask_once",
                condition=Q(about_id__isnull=False),
            )
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["owner", "ask_on"], name="referral_ask_open", condition=Q(answer="open"))
        ]

    def __str__(self) -> str:
        return self.name

    def prepare(self) -> None:
        if not self.name and self.party_id:
            self.name = gettext("Ask %(name)s for names") % {"name": self.party.name}
        self.name = self.name[:200]

    def settle(self, *, answer: str, by: Any, names_given: int = 0) -> None:
        """What the customer answered."""
        self.change(
            by=by, verb="answered", answer=answer, names_given=names_given, answered_at=timezone.now()
        )

    def put_off(self, *, until: Any, by: Any) -> None:
        """Ask on another day."""
        self.change(by=by, verb="put_off", ask_on=until)
