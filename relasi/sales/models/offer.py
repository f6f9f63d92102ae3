"""What to offer next: the rules that suggest products, and what came of each suggestion."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from relasi.catalog.models import Product
from relasi.catalog.segments import check_segment
from relasi.kit.records.record import Record, RecordQuerySet
from relasi.parties.models import Party
from relasi.sales.models.deal import Deal


class OfferRuleQuerySet(RecordQuerySet):
    def in_use(self) -> Self:
        """Of products that can be offered now."""
        return self.filter(is_active=True, product__is_active=True, product__archived_at__isnull=True)


class OfferRule(Record):
    """A customer who meets `filter` and lacks the product is worth `points` for it; with `ends_within`, one
    who holds it and whose term ends in so many days. The reason is told in the reader's language.
    """

    name = models.CharField(_("Name"), max_length=120)
    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, related_name="offer_rules", verbose_name=_("Product")
    )
    filter = models.TextField(
        _("Customers with"), blank=True,
        help_text=_("As in the filter of a list, for example: age >= 25 and relation = child. Empty: all."),
    )  # fmt: skip
    ends_within = models.PositiveSmallIntegerField(
        _("Held, and ends within (days)"), null=True, blank=True, validators=[MaxValueValidator(730)],
        help_text=_("Empty: for those who do not have it. Counted from the deal won and the product's term."),
    )  # fmt: skip
    points = models.IntegerField(
        _("Points"), default=10, validators=[MinValueValidator(-100), MaxValueValidator(100)]
    )
    reason_id = models.CharField(_("Reason in Indonesian"), max_length=200)
    reason_en = models.CharField(_("Reason in English"), max_length=200, blank=True)
    is_active = models.BooleanField(_("In use"), default=True)

    objects = OfferRuleQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("Offer rule")
        verbose_name_plural = _("Offer rules")
        ordering = ["name", "id"]
        indexes = [
            models.Index(fields=["name", "id"], name="offer_rule_name"),
            models.Index(fields=["product", "-points"], name="offer_rule_product"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def shown_reason(self) -> str:
        return said({"id": self.reason_id, "en": self.reason_en})

    def clean(self) -> None:
        if problem := check_segment(self.filter):
            raise ValidationError({"filter": problem})


class OfferQuerySet(RecordQuerySet):
    def shown(self) -> Self:
        """On offer: nobody has decided yet."""
        return self.filter(outcome=Offer.Outcome.SHOWN)

    def holding_back(self, today: date) -> Self:
        """Those by which a product is not offered for now."""
        later = Q(outcome=Offer.Outcome.LATER, again_on__gt=today)
        return self.filter(Q(outcome=Offer.Outcome.DECLINED) | later)


class Offer(Record):
    """A product suggested for a customer, and what came of it; kept to learn from.

    `reasons`: [{"rule": number, "points": n, "id": words, "en": words}] as they were when it was shown.
    Declined with a day is `later`: until then it is not offered.
    """

    class Outcome(models.TextChoices):
        SHOWN = "shown", _("Shown")
        ACCEPTED = "accepted", _("Became a deal")
        DECLINED = "declined", _("Declined")
        LATER = "later", _("Later")

    class Why(models.TextChoices):
        NO_NEED = "no_need", _("No need")
        TOO_DEAR = "too_dear", _("Too expensive")
        HAS_IT = "has_it", _("Has it elsewhere")
        BAD_TIME = "bad_time", _("Bad time")
        NOT_ASKED = "not_asked", _("I do not want to ask this now")
        OTHER = "other", _("Other")

    name = models.CharField(_("Name"), max_length=200, blank=True)
    party = models.ForeignKey(
        Party, on_delete=models.CASCADE, related_name="offers", db_index=False, verbose_name=_("Customer")
    )
    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, related_name="offers", db_index=False, verbose_name=_("Product")
    )
    outcome = models.CharField(
        _("Outcome"), max_length=8, choices=Outcome.choices, default=Outcome.SHOWN, editable=False
    )
    why = models.CharField(_("Why not"), max_length=9, choices=Why.choices, blank=True)
    remark = models.CharField(_("Remark"), max_length=300, blank=True)
    again_on = models.DateField(_("Offer again on"), null=True, blank=True)
    points = models.IntegerField(_("Points"), default=0, editable=False)
    reasons = models.JSONField(default=list, blank=True, editable=False)
    shown_at = models.DateTimeField(_("First shown"), default=timezone.now, editable=False)
    days_shown = models.PositiveIntegerField(_("Days shown"), default=1, editable=False)
    last_shown_on = models.DateField(_("Last shown"), default=timezone.localdate, editable=False)
    decided_at = models.DateTimeField(_("Decided"), null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", editable=False,
        verbose_name=_("Decided by"),
    )  # fmt: skip
    deal = models.ForeignKey(
        Deal, on_delete=models.SET_NULL, null=True, related_name="offers", editable=False,
        verbose_name=_("Deal"),
    )  # fmt: skip

    visible_through: ClassVar[tuple[str, ...]] = ("party",)
    unlogged_fields: ClassVar[tuple[str, ...]] = ("reasons", "days_shown", "last_shown_on", "decided_by_id")

    objects = OfferQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("Offer")
        verbose_name_plural = _("Offers")
        constraints = [
            models.UniqueConstraint(
                fields=["party", "product"], condition=Q(outcome="shown"), name="offer_shown_once",
                violation_error_message=_("This product is on offer to the customer already."),
            ),
            models.CheckConstraint(
                condition=~Q(outcome="later") | Q(again_on__isnull=False), name="offer_later_on_a_day"
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["party", "product", "-id"], name="offer_party"),
            models.Index(fields=["product", "outcome", "-id"], name="offer_product"),
            models.Index(fields=["outcome", "-id"], name="offer_outcome"),
            models.Index(fields=["-shown_at", "-id"], name="offer_shown_at"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return self.outcome == self.Outcome.SHOWN

    @property
    def is_held_back(self) -> bool:
        return self.outcome in (self.Outcome.DECLINED, self.Outcome.LATER)

    @property
    def words(self) -> list[str]:
        """Why it was offered, in the reader's language."""
        return [said(reason) for reason in self.reasons]

    # verbs

    def accept(self, *, by: Any) -> Deal:
        """The customer wants it: a deal with the product."""
        from relasi.sales.actions.take_up_offer import take_up_offer

        return take_up_offer(offer=self, by=by)

    def decline(
        self, *, why: str, by: Any, remark: str = "", again_on: date | None = None, batch: str = ""
    ) -> None:
        """Not now, for a reason. With a day it comes back then, without one it does not."""
        if why not in self.Why.values:
            raise ValidationError({"why": _("Choose why.")})
        if again_on and again_on <= timezone.localdate():
            raise ValidationError({"again_on": _("Choose a day to come.")})
        if self.is_open:
            outcome = self.Outcome.LATER if again_on else self.Outcome.DECLINED
            self.change(
                by=by, verb="declined", batch=batch, outcome=outcome, why=why, remark=remark,
                again_on=again_on, decided_at=timezone.now(), decided_by=by,
            )  # fmt: skip

    def offer_again(self, *, by: Any, batch: str = "") -> None:
        """The no is taken back: it may be offered from now on."""
        if self.is_held_back:
            self.change(
                by=by, verb="offered_again", batch=batch, outcome=self.Outcome.SHOWN, why="", again_on=None,
                decided_at=None, decided_by=None,
            )  # fmt: skip

    def prepare(self) -> None:
        if not self.name and self.party_id and self.product_id:
            self.name = f"{self.product} – {self.party}"[:200]
        if not self.is_held_back:
            self.why, self.again_on = "", None
        elif self.outcome != self.Outcome.LATER or not self.again_on:
            self.outcome = self.Outcome.LATER if self.again_on else self.Outcome.DECLINED


def said(words: dict[str, Any]) -> str:
    """The words in the reader's language; the Indonesian ones where there are no others."""
    language = "id" if (get_language() or "").startswith("id") else "en"
    return str(words.get(language) or words.get("id") or "")
