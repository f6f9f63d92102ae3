"""What belongs to a deal: who shares the credit, who competes, what is sold, which criteria are met, where it
stood."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from relasi.catalog.models import Product
from relasi.kit.records.money import MoneyField
from relasi.kit.records.record import Record
from relasi.sales.models.competitor import Competitor
from relasi.sales.models.deal import Deal
from relasi.sales.models.stage import ExitCriterion, Stage

PERCENT = Decimal(100)


class PartOfDeal(Record):
    """Speaks on the timeline of the deal's customer, and is locked together with the deal."""

    visible_through: ClassVar[tuple[str, ...]] = ("deal",)

    class Meta:
        abstract = True

    def event_party_id(self) -> int | None:
        return self.deal.party_id  # type: ignore[attr-defined, no-any-return]

    def clean(self) -> None:
        self.deal.refuse_when_closed()  # type: ignore[attr-defined]

    def remove(self, *, by: Any, verb: str = "deleted", note: str = "", batch: str = "") -> None:
        self.deal.refuse_when_closed()  # type: ignore[attr-defined]
        super().remove(by=by, verb=verb, note=note, batch=batch)


class DealSplit(PartOfDeal):
    """A share of the credit in percent. A deal has none, then its owner has it all, or some that make 100."""

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="splits", verbose_name=_("Deal"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("Seller")
    )
    share = models.DecimalField(
        _("Share (%)"),
        max_digits=5,
        decimal_places=2,
        validators=[MinValueValidator(Decimal("0.01")), MaxValueValidator(PERCENT)],
    )

    class Meta:
        verbose_name = _("Share of the credit")
        verbose_name_plural = _("Shares of the credit")
        ordering = ["-share", "id"]
        constraints = [
            models.UniqueConstraint(fields=["deal", "user"], name="deal_split_once"),
            models.CheckConstraint(
                condition=models.Q(share__gt=0, share__lte=100), name="deal_split_in_percent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.share.normalize():f} %"

    def saved(self, *, created: bool, fields: set[str], removed: bool = False) -> None:
        super().saved(created=created, fields=fields, removed=removed)
        if created or removed:
            others = self.deal.splits.exclude(pk=self.pk).exists()
            self.deal.keep(is_split=created or bool(others))


class DealCompetitor(PartOfDeal):
    class Standing(models.TextChoices):
        AHEAD = "ahead", _("Ahead of us")
        LEVEL = "level", _("Level with us")
        BEHIND = "behind", _("Behind us")
        OUT = "out", _("Out of it")

    deal = models.ForeignKey(
        Deal, on_delete=models.CASCADE, related_name="competitors", verbose_name=_("Deal")
    )
    competitor = models.ForeignKey(
        Competitor, on_delete=models.PROTECT, related_name="deals", verbose_name=_("Competitor")
    )
    standing = models.CharField(_("Standing"), max_length=6, choices=Standing.choices, default=Standing.LEVEL)
    offer = models.CharField(_("What they offer"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("Competitor on a deal")
        verbose_name_plural = _("Competitors on deals")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["deal", "competitor"],
                name="deal_competitor_once",
                violation_error_message=_("This competitor is on the deal already."),
            )
        ]

    def __str__(self) -> str:
        return str(self.competitor)


class DealLine(PartOfDeal):
    """A product on a deal. Where there are lines, the deal's amount is their sum without tax."""

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="lines", verbose_name=_("Deal"))
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, related_name="deal_lines", verbose_name=_("Product")
    )
    description = models.CharField(_("Description"), max_length=300, blank=True)
    quantity = models.DecimalField(
        _("Quantity"), max_digits=12, decimal_places=3, default=1,
        validators=[MinValueValidator(Decimal("0.001"))],
    )  # fmt: skip
    price = MoneyField(
        _("Price"), null=True, blank=True, validators=[MinValueValidator(Decimal(0))],
        help_text=_("Left empty, what the price books say for this customer."),
    )  # fmt: skip
    discount = models.DecimalField(
        _("Discount (%)"), max_digits=5, decimal_places=2, default=0,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(PERCENT)],
    )  # fmt: skip
    tax_rate = models.DecimalField(_("Tax (%)"), max_digits=5, decimal_places=2, default=0, editable=False)
    amount = MoneyField(_("Amount"), default=0, editable=False)
    order = models.PositiveSmallIntegerField(_("Order"), default=10)

    unlogged_fields: ClassVar[tuple[str, ...]] = ("amount", "tax_rate")

    class Meta:
        verbose_name = _("Product on a deal")
        verbose_name_plural = _("Products on deals")
        ordering = ["order", "id"]
        indexes = [models.Index(fields=["product", "deal", "amount"], name="deal_line_product")]

    def __str__(self) -> str:
        return self.description or str(self.product)

    @property
    def currency(self) -> str:
        return str(self.deal.currency)

    def prepare(self) -> None:
        from relasi.sales.lines import amount_of, offer_price, tax_rate_of

        if self.price is None:
            self.price = offer_price(self)
        self.tax_rate = tax_rate_of(self.product)
        self.amount = amount_of(self)

    def clean(self) -> None:
        super().clean()
        self.product.check_quantity(self.quantity)

    def saved(self, *, created: bool, fields: set[str], removed: bool = False) -> None:
        super().saved(created=created, fields=fields, removed=removed)
        if created or removed or fields & {"amount", "deal_id"}:
            self.deal.follow_lines(without=self.pk if removed else 0)


class CriterionMet(PartOfDeal):
    """An exit criterion that holds for a deal, who says so and since when."""

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="met", verbose_name=_("Deal"))
    criterion = models.ForeignKey(
        ExitCriterion, on_delete=models.CASCADE, related_name="met", verbose_name=_("Exit criterion")
    )
    said_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("Exit criterion met")
        verbose_name_plural = _("Exit criteria met")
        constraints = [models.UniqueConstraint(fields=["deal", "criterion"], name="criterion_met_once")]

    def __str__(self) -> str:
        return str(self.criterion)


class StageStay(models.Model):
    """A deal's time in one stage: what the time per stage is measured by."""

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="stays")
    stage = models.ForeignKey(Stage, on_delete=models.CASCADE, related_name="stays")
    entered_at = models.DateTimeField(default=timezone.now)
    left_at = models.DateTimeField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    visible_through = ("deal",)

    class Meta:
        verbose_name = _("Time in a stage")
        verbose_name_plural = _("Times in stages")
        ordering = ["id"]
        indexes = [models.Index(fields=["stage", "entered_at"], name="stage_stay_entered")]
        constraints = [
            models.UniqueConstraint(
                fields=["deal"], condition=models.Q(left_at__isnull=True), name="stage_stay_one_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.deal_id}: {self.stage_id}"


def enter(deal: Deal, stage: Stage, *, by: Any, at: datetime, goes_back: bool = False) -> datetime:
    """Note that a deal stands in a stage now; since when. Going back by an undo goes on with the stay
    before."""
    stays = StageStay._default_manager.filter(deal=deal).order_by("-id")
    current = stays.filter(left_at__isnull=True).first()
    before = stays.filter(left_at__isnull=False).first()
    if goes_back and current and before and before.stage_id == stage.pk:
        current.delete()
        StageStay._default_manager.filter(pk=before.pk).update(left_at=None)
        return before.entered_at
    if current:
        StageStay._default_manager.filter(pk=current.pk).update(left_at=at)
    StageStay._default_manager.create(deal=deal, stage=stage, entered_at=at, by=by)
    return at


def shares_in(text: str) -> dict[int, Decimal]:
    """`7: 60, 12: 40` as user number to percent. Raises ValidationError."""
    try:
        pairs = [part.split(":") for part in text.split(",") if part.strip()]
        return {int(user): Decimal(share.strip().rstrip("%")) for user, share in pairs}
    except (ValueError, ArithmeticError) as error:
        raise ValidationError(
            {"shares": _("Write shares as seller number: percent, such as 7: 60, 12: 40.")}
        ) from error


def check_shares(shares: dict[int, Decimal]) -> None:
    """Raises ValidationError unless the shares make 100, or there are none."""
    if shares and sum(shares.values()) != PERCENT:
        total = sum(shares.values(), Decimal(0)).normalize()
        raise ValidationError(_("The shares make %(total)s %%, not 100 %%.") % {"total": f"{total:f}"})
