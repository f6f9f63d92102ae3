"""The lead: somebody might buy something. A record about a party, never a copy of one."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from relasi.catalog.models import Product
from relasi.kit.records.money import CurrencyField, MoneyField
from relasi.kit.records.record import Record, RecordQuerySet
from relasi.kit.records.traits import Archivable, Attached, Customisable, Noted, Owned, Tagged
from relasi.lib.text import shorten
from relasi.parties.models import Party
from relasi.sales.models.deal import Deal
from relasi.sales.models.lead_rules import AssignmentRule, Territory
from relasi.sales.models.reckoned import GUARDED, KEPT, Reckoned
from relasi.sales.models.response import ResponseTarget, working_time


class LeadQuerySet(RecordQuerySet):
    def visible_to(self, user: Any) -> Self:
        """What the reader's roles open, and what waits for somebody in the reader's territories."""
        scope = user.rights.scope("lead", "view")
        if not scope or scope == "all":
            return super().visible_to(user)
        waiting = Q(owner=None, status__in=Lead.OPEN, territory__in=territories_of(user))
        return self.filter(user.rights._reach(self.model, scope, "view") | waiting)

    def open(self) -> Self:
        """Still to be worked: neither decided nor put away."""
        return self.filter(status__in=Lead.OPEN, archived_at=None)

    def unanswered(self) -> Self:
        return self.open().filter(first_response_at=None)

    def breached(self, now: datetime) -> Self:
        """Not answered in time, or answered late."""
        late = Q(first_response_at=None, response_due_at__lt=now)
        return self.filter(late | Q(first_response_at__gt=models.F("response_due_at")))

    def to_work(self, now: datetime) -> Self:
        """Open and not put off: what the queue shows."""
        return self.open().filter(Q(next_at=None) | Q(next_at__lte=now))

    def to_recycle(self, today: date) -> Self:
        return self.filter(status=Lead.Status.DISQUALIFIED, recycle_on__lte=today, archived_at=None)


class Lead(Record, Reckoned, Owned, Archivable, Customisable, Tagged, Noted, Attached):
    """Who (`party`) might need what (`need`), how it came, how good it is, whose it is and until when it is
    answered.

    Score, its parts, the clock and the territory are derived: by `scoring`, `arriving` and `responding`.
    """

    class Status(models.TextChoices):
        NEW = "new", _("New")
        WORKING = "working", _("In work")
        QUALIFIED = "qualified", _("Qualified")
        CONVERTED = "converted", _("Became a deal")
        DISQUALIFIED = "disqualified", _("Disqualified")

    class Channel(models.TextChoices):
        WEB_FORM = "web_form", _("Web form")
        CARD = "card", _("Business card")
        REFERRAL = "referral", _("Referral")
        NATURAL_MARKET = "natural_market", _("Natural market")
        WHATSAPP = "whatsapp", _("WhatsApp")
        PHONE = "phone", _("Phone")
        EMAIL = "email", _("E-mail")
        EVENT = "event", _("Event")
        WALK_IN = "walk_in", _("Walk-in")
        CAMPAIGN = "campaign", _("Campaign")
        API = "api", _("Program")
        IMPORT = "import", _("File")
        OTHER = "other", _("Other")

    class Reason(models.TextChoices):
        NO_NEED = "no_need", _("No need")
        NO_MONEY = "no_money", _("No money")
        NOT_NOW = "not_now", _("Not now")
        COMPETITOR = "competitor", _("Bought elsewhere")
        NOT_ELIGIBLE = "not_eligible", _("Not eligible")
        UNREACHABLE = "unreachable", _("Cannot be reached")
        WRONG_DATA = "wrong_data", _("Wrong name or number")
        SPAM = "spam", _("Spam")
        TWICE = "twice", _("Came twice")
        OTHER = "other", _("Other")

    OPEN: ClassVar[tuple[str, ...]] = ("new", "working", "qualified")

    name = models.CharField(_("About"), max_length=200, blank=True)
    party = models.ForeignKey(
        Party, on_delete=models.CASCADE, related_name="leads", db_index=False, verbose_name=_("Customer")
    )
    status = models.CharField(
        _("Status"), max_length=12, choices=Status.choices, default=Status.NEW, editable=False
    )
    channel = models.CharField(_("Channel"), max_length=16, choices=Channel.choices, default=Channel.OTHER)
    source = models.CharField(_("Source"), max_length=120, blank=True)
    need = models.TextField(_("Need"), blank=True)
    product = models.ForeignKey(
        Product, on_delete=models.SET_NULL, null=True, blank=True, related_name="leads",
        verbose_name=_("Product"),
    )  # fmt: skip
    estimated_value = MoneyField(_("Estimated value"), null=True, blank=True)
    currency = CurrencyField()
    referred_by = models.ForeignKey(
        Party, on_delete=models.SET_NULL, null=True, blank=True, related_name="leads_referred",
        verbose_name=_("Referred by"),
    )  # fmt: skip
    external_id = models.CharField(_("External id"), max_length=120, blank=True)
    received_at = models.DateTimeField(_("Received"), default=timezone.now)
    territory = models.ForeignKey(
        Territory, on_delete=models.SET_NULL, null=True, blank=True, related_name="leads",
        verbose_name=_("Territory"),
    )  # fmt: skip

    utm_source = models.CharField("utm_source", max_length=200, blank=True)
    utm_medium = models.CharField("utm_medium", max_length=200, blank=True)
    utm_campaign = models.CharField("utm_campaign", max_length=200, blank=True)
    utm_term = models.CharField("utm_term", max_length=200, blank=True)
    utm_content = models.CharField("utm_content", max_length=200, blank=True)
    consent_at = models.DateTimeField(_("Agreed to be contacted"), null=True, blank=True, editable=False)
    matched_by = models.CharField(max_length=80, blank=True, editable=False)

    score = models.IntegerField(_("Score"), default=0, editable=False)
    score_parts = models.JSONField(default=list, blank=True, editable=False)

    assigned_at = models.DateTimeField(_("Assigned"), null=True, editable=False)
    target = models.ForeignKey(
        ResponseTarget, on_delete=models.SET_NULL, null=True, editable=False, related_name="+",
        verbose_name=_("Response time"),
    )  # fmt: skip
    response_due_at = models.DateTimeField(_("Answer due"), null=True, editable=False)
    first_response_at = models.DateTimeField(_("First answer"), null=True, editable=False)
    response_minutes = models.PositiveIntegerField(_("Minutes to answer"), null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(_("Attempts"), default=0, editable=False)
    next_at = models.DateTimeField(_("Try again"), null=True, blank=True)

    qualified_at = models.DateTimeField(_("Qualified on"), null=True, editable=False)
    converted_at = models.DateTimeField(_("Became a deal on"), null=True, editable=False)
    deal = models.ForeignKey(
        Deal, on_delete=models.SET_NULL, null=True, editable=False, related_name="leads",
        verbose_name=_("Deal"),
    )  # fmt: skip
    disqualified_at = models.DateTimeField(_("Disqualified on"), null=True, editable=False)
    disqualify_reason = models.CharField(_("Reason"), max_length=12, choices=Reason.choices, blank=True)
    recycle_on = models.DateField(_("Try again on"), null=True, blank=True)
    recycled = models.PositiveSmallIntegerField(_("Times recycled"), default=0, editable=False)

    visible_through: ClassVar[tuple[str, ...]] = ("party",)
    guarded_fields: ClassVar[tuple[str, ...]] = GUARDED
    unlogged_fields: ClassVar[tuple[str, ...]] = (
        "score", "score_parts", "target", "target_id", "response_minutes", "matched_by", *KEPT,
    )  # fmt: skip

    objects = LeadQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("Lead")
        verbose_name_plural = _("Leads")
        constraints = [
            models.UniqueConstraint(
                fields=["external_id"], condition=~Q(external_id=""), name="lead_external_id",
                violation_error_message=_("There is already a lead with this external id."),
            )
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["expected_value", "id"], name="lead_expected", condition=Q(archived_at=None)
            ),
            models.Index(
                fields=["value_per_hour", "id"], name="lead_per_hour", condition=Q(archived_at=None)
            ),
            models.Index(fields=["cost_to_serve", "id"], name="lead_cost", condition=Q(archived_at=None)),
            models.Index(fields=["party", "-received_at"], name="lead_party"),
            models.Index(fields=["-received_at", "-id"], name="lead_received", condition=Q(archived_at=None)),
            models.Index(fields=["-score", "-id"], name="lead_score", condition=Q(archived_at=None)),
            models.Index(
                fields=["status", "-received_at", "-id"], name="lead_status", condition=Q(archived_at=None)
            ),
            models.Index(
                fields=["owner", "status", "-received_at"], name="lead_owner", condition=Q(archived_at=None)
            ),
            models.Index(
                fields=["response_due_at"], name="lead_clock",
                condition=Q(first_response_at=None, archived_at=None),
            ),
            models.Index(
                fields=["recycle_on"], name="lead_recycle", condition=Q(recycle_on__isnull=False)
            ),
            models.Index(fields=["channel", "-received_at"], name="lead_channel"),
            models.Index(fields=["utm_campaign"], name="lead_campaign", condition=~Q(utm_campaign="")),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN

    def is_breached(self, now: datetime) -> bool:
        """Whether the answer is late or came late."""
        due = self.response_due_at
        return due is not None and due < (self.first_response_at or now)

    # verbs

    @transaction.atomic
    def assign(self, *, owner: Any, by: Any, batch: str = "") -> None:
        """To this colleague (None: back to those who wait), by hand."""
        from relasi.sales.actions.give_lead import give_lead

        if self.owner_id != getattr(owner, "pk", None):
            give_lead(lead=self, to=owner, by=by, batch=batch)

    def take(self, *, by: Any, batch: str = "") -> None:
        """A waiting lead becomes one's own. Raises ValidationError when somebody was faster."""
        if self._locked().owner_id not in (None, by.pk):
            raise ValidationError(_("Somebody was faster: the lead is taken."))
        self.assign(owner=by, by=by, batch=batch)

    @transaction.atomic
    def respond(self, *, by: Any, at: datetime | None = None, reached: bool = True, batch: str = "") -> None:
        """Somebody tried to reach the customer at `at`; the first time stops the clock."""
        locked, at = self._locked(), at or timezone.now()
        if not locked.is_open or at < locked.received_at:
            return
        said: dict[str, Any] = {"attempts": locked.attempts + 1, "next_at": None}
        if locked.first_response_at is None:
            said["first_response_at"] = at
            said["response_minutes"] = working_time().minutes_between(locked.received_at, at)
        if reached and locked.status == self.Status.NEW:
            said["status"] = self.Status.WORKING
        self.change(by=by, verb="responded", batch=batch, **said)

    def put_off(self, *, next_at: datetime | None, by: Any, batch: str = "") -> None:
        """Out of the queue until then; it stays open and the clock goes on."""
        if next_at is None or next_at <= timezone.now():
            raise ValidationError({"next_at": _("Choose a time to come.")})
        if self._locked().is_open:
            self.change(by=by, verb="put_off", batch=batch, next_at=next_at)

    def qualify(self, *, by: Any, batch: str = "") -> None:
        """There is a need, and it is worth a deal."""
        if self._locked().status in (self.Status.NEW, self.Status.WORKING):
            status = self.Status.QUALIFIED
            self.change(by=by, verb="qualified", batch=batch, status=status, qualified_at=timezone.now())

    def convert(self, *, by: Any) -> None:
        """It becomes an open deal about the same customer."""
        from relasi.sales.actions.convert_lead import convert_lead

        convert_lead(lead=self, by=by)

    def disqualify(
        self, *, disqualify_reason: str, by: Any, note: str = "", recycle_on: date | None = None,
        batch: str = "",
    ) -> None:  # fmt: skip
        """Not worth more work, for a reason; with `recycle_on` it comes back by itself on that day."""
        if not self._locked().is_open:
            return
        self._check_given_up(disqualify_reason, recycle_on)
        self.change(
            by=by, verb="disqualified", note=note, batch=batch, status=self.Status.DISQUALIFIED,
            disqualified_at=timezone.now(), disqualify_reason=disqualify_reason, recycle_on=recycle_on,
            next_at=None,
        )  # fmt: skip

    def recycle(self, *, by: Any, batch: str = "") -> None:
        """Back among the new ones, with a new clock from now."""
        from relasi.sales.arriving import start_clock

        locked = self._locked()
        if locked.status != self.Status.DISQUALIFIED:
            return
        self.change(
            by=by, verb="recycled", batch=batch, status=self.Status.NEW, recycle_on=None,
            disqualified_at=None, disqualify_reason="", first_response_at=None, response_minutes=None,
            attempts=0, recycled=locked.recycled + 1,
        )  # fmt: skip
        start_clock(self, now=timezone.now())

    # keeping itself true

    def prepare(self) -> None:
        """Named after the need, else after the customer."""
        self.name = self.name.strip() or shorten(self.need, 90)
        if not self.name and self.party_id:
            self.name = gettext("Lead: %(name)s") % {"name": self.party.name}
        self.name = self.name[:200]
        if self.referred_by_id == self.party_id:
            self.referred_by = None

    def saved(self, *, created: bool, fields: set[str], removed: bool = False) -> None:
        from relasi.sales.arriving import arrive, keep

        super().saved(created=created, fields=fields, removed=removed)
        if created:
            arrive(self)
        elif not removed:
            keep(self, fields)

    def _check_given_up(self, reason: str, recycle_on: date | None) -> None:
        if reason not in self.Reason.values:
            raise ValidationError({"disqualify_reason": _("Choose why.")})
        if recycle_on and recycle_on <= timezone.localdate():
            raise ValidationError({"recycle_on": _("Choose a day to come.")})

    def _locked(self) -> Lead:
        locked: Lead = type(self)._default_manager.select_for_update(of=("self",)).get(pk=self.pk)
        return locked


class LeadAssignment(models.Model):
    """Who got a lead, when, by which rule or by whom, and why: what “Why did I get this?” reads.

    `reasons`: [{"code": …, "values": {…}}], told in the reader's language by `explaining`.
    """

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="assignments")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    rule = models.ForeignKey(AssignmentRule, on_delete=models.SET_NULL, null=True, related_name="given")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    reasons = models.JSONField(default=list)

    visible_through = ("lead",)

    class Meta:
        verbose_name = _("Assignment of a lead")
        verbose_name_plural = _("Assignments of leads")
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["rule", "user", "-at"], name="lead_given_by_rule")]

    def __str__(self) -> str:
        return f"{self.lead_id} → {self.user_id}"


def territories_of(user: Any) -> models.QuerySet[Any]:
    """The territories a colleague sells in."""
    from relasi.sales.models.lead_rules import TerritorySeller

    return TerritorySeller.objects.filter(user=user.pk).values("territory")
