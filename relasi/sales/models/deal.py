"""A deal: what a customer may buy, how surely and when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from relasi.kit.records.money import CurrencyField, MoneyField
from relasi.kit.records.record import Record, RecordQuerySet, Stale
from relasi.kit.records.traits import Archivable, Attached, Customisable, Noted, Owned, Tagged
from relasi.parties.models import Party
from relasi.sales.models.close_reason import CloseReason
from relasi.sales.models.competitor import Competitor
from relasi.sales.models.pipeline import Pipeline, default_pipeline
from relasi.sales.models.reckoned import GUARDED, KEPT, Reckoned
from relasi.sales.models.stage import Category, Outcome, Stage
from relasi.sales.worth import worth

if TYPE_CHECKING:
    from relasi.activities.models import Activity

CENT = Decimal("0.01")
FREE_WHEN_CLOSED = {"owner", "owner_id", "archived_at"}
CLOSING = {Outcome.WON: "won", Outcome.LOST: "lost"}
UNGATED = ("reopened", "reverted", "restored")


class DealQuerySet(RecordQuerySet):
    def visible_to(self, user: Any) -> Self:
        """What the reader's roles open, and deals whose credit the reader shares."""
        scope = user.rights.scope("deal", "view")
        if not scope or scope == "all":
            return super().visible_to(user)
        shared = Q(is_split=True, splits__user=user.pk)
        mine = self.model._default_manager.filter(shared).values("pk")
        return self.filter(user.rights._reach(self.model, scope, "view") | Q(pk__in=mine))

    def open(self) -> Self:
        return self.filter(status=Outcome.OPEN, archived_at__isnull=True)

    def won(self) -> Self:
        return self.filter(status=Outcome.WON, archived_at__isnull=True)

    def lost(self) -> Self:
        return self.filter(status=Outcome.LOST, archived_at__isnull=True)

    def rotting(self, now: datetime) -> Self:
        return self.open().filter(rots_at__lt=now)

    def unplanned(self) -> Self:
        """Open ones without a next activity."""
        return self.open().filter(next_activity_at__isnull=True)

    def overdue(self, today: date) -> Self:
        """Open ones whose close date has passed."""
        return self.open().filter(expected_close_on__lt=today)


def in_a_month() -> date:
    return timezone.localdate() + timedelta(days=30)


class Deal(Record, Reckoned, Owned, Archivable, Customisable, Tagged, Noted, Attached):
    """`amount` is in the deal's own currency; `value` the same in the company's by the day's rate, `weighted`
    that times the probability.

    Probability and forecast category are the stage's unless the deal has its own. What follows from other
    fields (`status`, `value`, `weighted`, `rots_at`, …) is kept here for lists, boards and sums.
    """

    name = models.CharField(_("Name"), max_length=200)
    party = models.ForeignKey(
        Party, on_delete=models.CASCADE, related_name="deals", verbose_name=_("Customer")
    )
    pipeline = models.ForeignKey(
        Pipeline, on_delete=models.PROTECT, null=True, blank=True, related_name="deals",
        verbose_name=_("Pipeline"), limit_choices_to={"archived_at__isnull": True},
    )  # fmt: skip
    stage = models.ForeignKey(
        Stage, on_delete=models.PROTECT, null=True, blank=True, related_name="deals", db_index=False,
        verbose_name=_("Stage"),
    )  # fmt: skip
    status = models.CharField(
        _("Outcome"), max_length=4, choices=Outcome.choices, default=Outcome.OPEN, editable=False
    )
    stage_since = models.DateTimeField(_("In this stage since"), default=timezone.now, editable=False)

    amount = MoneyField(_("Amount"), default=0, blank=True, validators=[MinValueValidator(Decimal(0))])
    currency = CurrencyField()
    value = MoneyField(_("Value"), currency="", default=0, editable=False)
    weighted = MoneyField(_("Weighted value"), currency="", default=0, editable=False)
    probability = models.PositiveSmallIntegerField(_("Probability (%)"), default=0, editable=False)
    own_probability = models.PositiveSmallIntegerField(
        _("Own probability (%)"), null=True, blank=True, validators=[MaxValueValidator(100)],
        help_text=_("Left empty, the stage's."),
    )  # fmt: skip
    category = models.CharField(
        _("Forecast category"), max_length=9, choices=Category.choices, default=Category.PIPELINE,
        editable=False,
    )  # fmt: skip
    own_category = models.CharField(
        _("Own forecast category"), max_length=9, blank=True, help_text=_("Left empty, the stage's."),
        choices=[choice for choice in Category.choices if choice[0] != Category.CLOSED],
    )  # fmt: skip

    expected_close_on = models.DateField(_("Expected close"), default=in_a_month)
    closed_on = models.DateField(_("Closed on"), null=True, blank=True)
    close_reason = models.ForeignKey(
        CloseReason, on_delete=models.PROTECT, null=True, blank=True, related_name="deals",
        verbose_name=_("Reason won or lost"),
    )  # fmt: skip
    close_note = models.TextField(_("Remark on the outcome"), blank=True)
    lost_to = models.ForeignKey(
        Competitor, on_delete=models.SET_NULL, null=True, blank=True, related_name="won_against_us",
        verbose_name=_("Lost to"),
    )  # fmt: skip
    source = models.CharField(_("Source"), max_length=60, blank=True)
    description = models.TextField(_("Description"), blank=True)

    next_activity_at = models.DateTimeField(_("Next activity"), null=True, blank=True, editable=False)
    last_activity_at = models.DateTimeField(_("Last activity"), null=True, blank=True, editable=False)
    rots_at = models.DateTimeField(_("Rots from"), null=True, blank=True, editable=False)
    is_split = models.BooleanField(_("Credit is shared"), default=False, editable=False)

    visible_through: ClassVar[tuple[str, ...]] = ("party",)
    shown_party: Party | None  # set by activities' load_parties for one reader
    guarded_fields: ClassVar[tuple[str, ...]] = GUARDED
    unlogged_fields: ClassVar[tuple[str, ...]] = (
        "status", "stage_since", "value", "weighted", "probability", "category", "next_activity_at",
        "last_activity_at", "rots_at", "is_split", *KEPT,
    )  # fmt: skip

    objects = DealQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("Deal")
        verbose_name_plural = _("Deals")
        constraints = [
            models.CheckConstraint(
                condition=Q(stage__isnull=False, pipeline__isnull=False), name="deal_stands_somewhere"
            ),
            models.CheckConstraint(
                condition=Q(status="open", closed_on__isnull=True)
                | (~Q(status="open") & Q(closed_on__isnull=False)),
                name="deal_closed_on_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(status="lost") | Q(close_reason__isnull=False), name="deal_lost_for_a_reason"
            ),
        ]
        indexes = [
            models.Index(
                fields=["expected_value", "id"], name="deal_expected", condition=Q(archived_at=None)
            ),
            models.Index(
                fields=["value_per_hour", "id"], name="deal_per_hour", condition=Q(archived_at=None)
            ),
            models.Index(fields=["cost_to_serve", "id"], name="deal_cost", condition=Q(archived_at=None)),
            models.Index(
                fields=["stage", "expected_close_on", "id"], name="deal_lane", condition=Q(archived_at=None)
            ),
            models.Index(
                fields=["stage", "archived_at", "closed_on", "value", "weighted", "owner", "party"],
                name="deal_lane_sum",
            ),
            models.Index(
                fields=["status", "expected_close_on", "owner", "category", "value", "weighted"],
                name="deal_forecast",
                condition=Q(archived_at=None),
            ),
            models.Index(
                fields=["status", "closed_on", "owner", "value"],
                name="deal_closed",
                condition=Q(archived_at=None, closed_on__isnull=False),
            ),
            models.Index(
                fields=["owner", "rots_at"],
                name="deal_rotting",
                condition=Q(status="open", archived_at=None, rots_at__isnull=False),
            ),
            models.Index(
                fields=["owner", "next_activity_at", "stage"],
                name="deal_unplanned",
                condition=Q(status="open", archived_at=None),
            ),
            models.Index(
                fields=["owner", "expected_close_on"],
                name="deal_of_owner",
                condition=Q(status="open", archived_at=None),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return self.status == Outcome.OPEN

    @property
    def is_won(self) -> bool:
        return self.status == Outcome.WON

    @property
    def rotting(self) -> str:
        """How its card looks: is-rotting, is-rotten after twice the time, or nothing."""
        now = timezone.now()
        if not self.is_open or not self.rots_at or self.rots_at > now:
            return ""
        allowed = max(self.rots_at - self.stage_since, timedelta(days=1))
        return "is-rotten" if now - self.rots_at > allowed else "is-rotting"

    # verbs

    @transaction.atomic
    def move_to(
        self, stage: Stage, *, by: Any, batch: str = "", criteria: Iterable[Any] = (), **also: Any
    ) -> bool:
        """To another stage of any pipeline; winning and losing are moves too. False when it stands there.

        `criteria`: exit criteria that hold now.
        """
        for criterion in criteria:
            self.meet(criterion, by=by, batch=batch)
        if stage.kind == Outcome.WON:
            return self.win(by=by, batch=batch, stage=stage, **also)
        if stage.kind == Outcome.LOST:
            return self.lose(by=by, batch=batch, stage=stage, **also)
        if self._locked().stage_id == stage.pk:
            return False
        return self.change(by=by, verb="moved", batch=batch, stage=stage, **also)

    @transaction.atomic
    def win(
        self,
        *,
        by: Any,
        batch: str = "",
        stage: Stage | None = None,
        criteria: Iterable[Any] = (),
        **also: Any,
    ) -> bool:
        """The customer says yes: the deal is closed and locked, and the customer climbs the ladder."""
        from relasi.sales.actions.raise_on_ladder import raise_on_ladder

        locked = self._locked()
        if locked.is_won:
            return False
        for criterion in criteria:
            self.meet(criterion, by=by, batch=batch)
        stage = stage or locked._stage_for(Outcome.WON)
        self.change(by=by, verb="won", batch=batch, stage=stage, **_said(also))
        raise_on_ladder(deal=self, by=by, batch=batch)
        return True

    def lose(
        self,
        *,
        by: Any,
        close_reason: CloseReason | None = None,
        batch: str = "",
        stage: Stage | None = None,
        **also: Any,
    ) -> bool:
        """The customer says no. Needs a reason of those for lost deals."""
        locked = self._locked()
        if locked.status == Outcome.LOST:
            return False
        stage = stage or locked._stage_for(Outcome.LOST)
        return self.change(
            by=by, verb="lost", batch=batch, stage=stage, close_reason=close_reason, **_said(also)
        )

    def reopen(self, *, by: Any, stage: Stage | None = None, batch: str = "") -> bool:
        """Not closed after all: back to the stage it was closed from."""
        locked = self._locked()
        if locked.is_open:
            return False
        return self.change(
            by=by, verb="reopened", batch=batch, stage=stage or locked._stage_before(),
            close_reason=None, close_note="", lost_to=None,
        )  # fmt: skip

    def commit(self, *, by: Any, batch: str = "") -> bool:
        """The seller vouches for it: counted on in the forecast."""
        if not self.is_open or self.own_category == Category.COMMIT:
            return False
        return self.change(by=by, verb="committed", batch=batch, own_category=Category.COMMIT)

    def push(self, *, by: Any, expected_close_on: date, batch: str = "") -> bool:
        """It closes on another day."""
        if self._locked().expected_close_on == expected_close_on:
            return False
        return self.change(by=by, verb="pushed", batch=batch, expected_close_on=expected_close_on)

    @transaction.atomic
    def split(self, *, shares: dict[int, Decimal] | str, by: Any, batch: str = "") -> None:
        """Share the credit: user number to percent, making 100; nothing at all gives it back to the owner.

        Also as text, `7: 60, 12: 40`.
        """
        from relasi.sales.models.deal_parts import DealSplit, check_shares, shares_in

        self.refuse_when_closed()
        shares = shares_in(shares) if isinstance(shares, str) else shares
        check_shares(shares)
        before = {split.user_id: split for split in self.splits.all()}
        for user_id in before.keys() - shares.keys():
            before[user_id].remove(by=by, batch=batch)
        for user_id, share in shares.items():
            if user_id in before:
                before[user_id].change(by=by, batch=batch, share=share)
            else:
                DealSplit.create(by=by, batch=batch, deal=self, user_id=user_id, share=share)

    def add_competitor(
        self, *, competitor: Any, by: Any, standing: str = "level", offer: str = "", batch: str = ""
    ) -> Any:
        """Somebody else is after it too."""
        from relasi.sales.models.deal_parts import DealCompetitor

        number = getattr(competitor, "pk", competitor)
        return DealCompetitor.create(
            by=by, batch=batch, deal=self, competitor_id=int(number), standing=standing, offer=offer
        )

    @transaction.atomic
    def meet(self, criterion: Any, *, by: Any, batch: str = "") -> None:
        """An exit criterion holds."""
        from relasi.sales.models.deal_parts import CriterionMet

        number = int(getattr(criterion, "pk", criterion))
        if not self.met.filter(criterion=number).exists():
            CriterionMet.create(by=by, batch=batch, deal=self, criterion_id=number, said_by=by)

    @transaction.atomic
    def unmeet(self, criterion: Any, *, by: Any, batch: str = "") -> None:
        """It does not hold after all."""
        for met in self.met.filter(criterion=criterion):
            met.remove(by=by, batch=batch)

    def plan(
        self, *, by: Any, subject: str, at: datetime, kind: str = "task", owner: Any = None, batch: str = ""
    ) -> Activity:
        """The next activity of the deal."""
        from relasi.activities.models import MODELS

        when: dict[str, Any] = {"due_at" if kind == "task" else "starts_at": at}
        return MODELS[kind].create(
            by=by, batch=batch, party_id=self.party_id, about_noun="deal", about_id=self.pk, subject=subject,
            owner=owner or self.owner or by, **when,
        )  # fmt: skip

    # the only writer

    @transaction.atomic
    def change(self, *, by: Any, verb: str = "changed", **fields: Any) -> bool:
        """As every record's. A step to another stage passes its gate; a closed deal takes no changes."""
        locked = self._locked()
        if (version := fields.get("if_version")) is not None and version != locked.version:
            raise Stale(locked)
        target = locked._target(fields)
        locked._refuse_locked(verb, fields, target)
        if target is None:
            return super().change(by=by, verb=verb, **fields)
        return self._step(locked, target, by=by, verb=verb, **fields)

    def _step(self, locked: Deal, target: Stage, *, by: Any, verb: str, **fields: Any) -> bool:
        from relasi.sales.gates import check_gate
        from relasi.sales.models.deal_parts import enter

        if verb not in UNGATED:
            check_gate(locked, target, fields)
        fields.pop("stage_id", None)
        verb = "moved" if verb == "changed" else verb
        since = enter(locked, target, by=by, at=timezone.now(), goes_back=verb == "reverted")
        fields |= {"stage": target, "stage_since": since}
        if target.is_open:
            fields["closed_on"] = None
        return super().change(by=by, verb=verb, **fields)

    def _target(self, fields: dict[str, Any]) -> Stage | None:
        """The stage these fields lead to; None when it stays."""
        stage = fields.get("stage")
        if stage is None and fields.get("stage_id"):
            stage = Stage._default_manager.get(pk=fields["stage_id"])
        pipeline = fields.pop("pipeline", None) or fields.pop("pipeline_id", None)
        if stage is None and pipeline and getattr(pipeline, "pk", pipeline) != self.pipeline_id:
            stage = Pipeline._default_manager.get(pk=getattr(pipeline, "pk", pipeline)).first_stage()
        return stage if stage is not None and stage.pk != self.stage_id else None

    def _refuse_locked(self, verb: str, fields: dict[str, Any], target: Stage | None) -> None:
        if verb in UNGATED:
            return
        if target is not None and not target.is_open and verb not in CLOSING.values():
            raise ValidationError({"stage": _("A deal is closed with “Won” or “Lost”.")})
        told = fields.keys() - {"note", "batch", "if_version"}
        if not self.is_open and not told <= FREE_WHEN_CLOSED:
            self.refuse_when_closed()

    def refuse_when_closed(self) -> None:
        """Raises ValidationError for a deal that is closed."""
        if not self.is_open:
            raise ValidationError(_("This deal is closed and locked. Whoever may, opens it again first."))

    def keep(self, **columns: Any) -> None:
        """Write bookkeeping columns that are no news."""
        type(self)._default_manager.filter(pk=self.pk).update(**columns)
        for name, value in columns.items():
            setattr(self, name, value)

    # keeping itself true

    def prepare(self) -> None:
        """Place, outcome, value and rotting follow from what was said."""
        self.amount = self.amount or Decimal(0)
        if self.stage is None:
            self.pipeline = self.pipeline or default_pipeline()
            self.stage = self.pipeline.first_stage() if self.pipeline else None
        if self.stage is None:
            raise ValidationError({"pipeline": _("Set up a pipeline first.")})
        self.pipeline = self.stage.pipeline
        self.status = self.stage.kind
        self.closed_on = None if self.stage.is_open else self.closed_on or timezone.localdate()
        self.follow(self.stage)

    def follow(self, stage: Stage) -> None:
        """What follows from the stage, the amount and the day's rate."""
        own = self.own_probability if stage.is_open else None
        self.probability = stage.probability if own is None else own
        self.category = (self.own_category or stage.category) if stage.is_open else stage.category
        self.value = worth(self.amount, self.currency, self.closed_on or timezone.localdate())
        self.weighted = (self.value * self.probability / 100).quantize(CENT)
        self.rots_at = self.rots_from(stage)

    def rots_from(self, stage: Stage) -> datetime | None:
        """When it begins to rot: never while a next activity is still ahead."""
        if not stage.is_open or stage.rots_after is None:
            return None
        idle_since = max(self.stage_since, self.last_activity_at or self.stage_since)
        return max(idle_since + timedelta(days=stage.rots_after), self.next_activity_at or idle_since)

    def follow_lines(self, *, without: int = 0) -> None:
        """The amount is the sum of the lines, where there are any."""
        rows = self.lines.exclude(pk=without)
        total = rows.aggregate(total=models.Sum("amount"))["total"]
        if total is not None and total != self.amount:
            Record.change(self, by=None, amount=Decimal(str(total)).quantize(CENT))

    def clean(self) -> None:
        problems: dict[str, Any] = {}
        if self.status == Outcome.LOST and self.close_reason is None:
            problems["close_reason"] = _("Say why it was lost.")
        if self.close_reason and self.close_reason.kind != self.status:
            problems["close_reason"] = _("This reason is not one for this outcome.")
        if self.closed_on and self.closed_on > timezone.localdate():
            problems["closed_on"] = _("It cannot be closed in the future.")
        if problems:
            raise ValidationError(problems)

    def saved(self, *, created: bool, fields: set[str], removed: bool = False) -> None:
        if created:
            from relasi.sales.models.deal_parts import enter

            enter(self, self.stage or self._stage_for(self.status), by=self.owner, at=self.stage_since)
        if not removed and (created or "party_id" in fields):
            from relasi.sales.planning import follow_activities

            follow_activities([self.pk])
        super().saved(created=created, fields=fields, removed=removed)

    def _stage_for(self, kind: str) -> Stage:
        """The first stage of a kind in its pipeline."""
        stage: Stage = (self.pipeline or default_pipeline()).stage_for(kind)
        return stage

    def _stage_before(self) -> Stage:
        """The open stage it was in last; the first of its pipeline where that is gone."""
        stays = self.stays.filter(stage__kind=Outcome.OPEN, stage__pipeline=self.pipeline_id)
        last = stays.select_related("stage").order_by("-id").first()
        return last.stage if last else self._stage_for(Outcome.OPEN)

    def _locked(self) -> Deal:
        locked: Deal = type(self)._default_manager.select_for_update(of=("self",)).get(pk=self.pk)
        return locked


def _said(also: dict[str, Any]) -> dict[str, Any]:
    """Without what was asked and left empty."""
    return {name: value for name, value in also.items() if value not in (None, "")}
