"""A quote: what is offered to a customer, on which terms, until when."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from relasi.kit.records.money import CurrencyField, MoneyField
from relasi.kit.records.record import Record, RecordQuerySet, Stale
from relasi.kit.records.traits import Archivable, Attached, Customisable, Noted, Owned, Tagged
from relasi.parties.models import Party
from relasi.sales.models.deal import Deal
from relasi.sales.models.number_series import next_number
from relasi.sales.models.quote_template import QuoteTemplate
from relasi.sales.reckoning import Reckoned, reckon

PREFIX = "Q"
FREE = {"owner", "owner_id", "archived_at", "note", "batch", "if_version"}
FREE_COLUMNS = {"owner", "owner_id", "archived_at", "version", "updated_at"}


class QuoteQuerySet(RecordQuerySet):
    def open(self) -> Self:
        """Those that can still become an order."""
        return self.filter(status__in=Quote.OPEN, archived_at__isnull=True)

    def sent(self) -> Self:
        return self.filter(status=Quote.Status.SENT, archived_at__isnull=True)

    def to_approve(self) -> Self:
        return self.filter(status=Quote.Status.WAITING, archived_at__isnull=True)

    def expired(self, today: date) -> Self:
        """Sent, and their last day has passed."""
        return self.filter(status=Quote.Status.SENT, valid_until__lt=today)

    def signed(self) -> Self:
        return self.filter(status=Quote.Status.ACCEPTED)

    def update(self, **columns: Any) -> int:
        """Never of a signed quote, but for who looks after it."""
        if not columns.keys() <= FREE_COLUMNS:
            _refuse_signed(self)
        return super().update(**columns)

    def delete(self) -> Any:
        _refuse_signed(self)
        return super().delete()


def _refuse_signed(rows: QuoteQuerySet) -> None:
    if Quote._default_manager.filter(pk__in=rows.values("pk"), status=Quote.Status.ACCEPTED).exists():
        raise ValidationError(_("A signed quote cannot be changed."))


def in_two_weeks() -> date:
    return timezone.localdate() + timedelta(days=14)


class Quote(Record, Owned, Archivable, Customisable, Tagged, Noted, Attached):
    """A draft can be changed; approval, sending and signing each fix it more, and a signed quote stays as it
    is. Who wants something else revises it: a new version with the same number.

    `net`, `tax_amount`, `total` and `discount_amount` are the sums of the chosen lines, kept for lists.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        WAITING = "waiting", _("Waits for approval")
        APPROVED = "approved", _("Approved")
        SENT = "sent", _("Sent")
        ACCEPTED = "accepted", _("Signed")
        DECLINED = "declined", _("Declined")
        EXPIRED = "expired", _("Expired")
        REPLACED = "replaced", _("Replaced by a new version")

    class Signing(models.TextChoices):
        TYPED = "typed", _("Typed")
        DRAWN = "drawn", _("Drawn")

    OPEN: ClassVar[tuple[str, ...]] = ("draft", "waiting", "approved", "sent")
    REVISABLE: ClassVar[tuple[str, ...]] = ("sent", "declined", "expired")

    name = models.CharField(_("About"), max_length=200)
    number = models.CharField(_("Quote number"), max_length=20, blank=True, editable=False)
    revision = models.PositiveSmallIntegerField(_("Version"), default=1, editable=False)
    revises = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="revised_by", editable=False,
        verbose_name=_("Replaces"),
    )  # fmt: skip
    party = models.ForeignKey(
        Party, on_delete=models.PROTECT, related_name="quotes", verbose_name=_("Customer")
    )
    deal = models.ForeignKey(
        Deal, on_delete=models.SET_NULL, null=True, blank=True, related_name="quotes", verbose_name=_("Deal")
    )
    status = models.CharField(
        _("Status"), max_length=8, choices=Status.choices, default=Status.DRAFT, editable=False
    )
    currency = CurrencyField()
    valid_until = models.DateField(_("Valid until"), default=in_two_weeks)
    template = models.ForeignKey(
        QuoteTemplate, on_delete=models.SET_NULL, null=True, blank=True, related_name="quotes",
        verbose_name=_("Template"), help_text=_("Left empty, the usual one in the customer's language."),
    )  # fmt: skip
    intro = models.TextField(_("Words before the lines"), blank=True)
    terms = models.TextField(_("Terms"), blank=True)

    net = MoneyField(_("Without tax"), default=0, editable=False)
    discount_amount = MoneyField(_("Discount"), default=0, editable=False)
    tax_amount = MoneyField(_("Tax"), default=0, editable=False)
    total = MoneyField(_("Total"), default=0, editable=False)

    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+",
        verbose_name=_("Submitted by"),
    )  # fmt: skip
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+",
        verbose_name=_("Approved by"),
    )  # fmt: skip
    approved_at = models.DateTimeField(_("Approved"), null=True, blank=True, editable=False)
    approval_remark = models.CharField(_("Remark on approval"), max_length=300, blank=True, editable=False)

    sent_at = models.DateTimeField(_("Sent"), null=True, blank=True, editable=False)
    link_seed = models.CharField(max_length=32, blank=True, editable=False)
    link_hash = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)
    opened_at = models.DateTimeField(_("First opened"), null=True, blank=True, editable=False)

    decided_at = models.DateTimeField(_("Decided"), null=True, blank=True, editable=False)
    decline_reason = models.CharField(_("Reason declined"), max_length=500, blank=True, editable=False)
    signed_name = models.CharField(_("Signed by"), max_length=120, blank=True, editable=False)
    signing = models.CharField(
        _("Signature"), max_length=5, choices=Signing.choices, blank=True, editable=False
    )
    signature = models.TextField(blank=True, editable=False)
    signed_address = models.CharField(_("Signed from"), max_length=45, blank=True, editable=False)
    sent_sha256 = models.CharField(_("Hash of the quote"), max_length=64, blank=True, editable=False)
    signed_sha256 = models.CharField(
        _("Hash of the signed document"), max_length=64, blank=True, editable=False
    )

    visible_through: ClassVar[tuple[str, ...]] = ("deal",)
    guarded_fields: ClassVar[tuple[str, ...]] = ("signed_address",)
    secret_fields: ClassVar[tuple[str, ...]] = ("link_seed", "link_hash", "signature")
    unlogged_fields: ClassVar[tuple[str, ...]] = (
        "net", "discount_amount", "tax_amount", "total", "opened_at",
    )  # fmt: skip

    objects = QuoteQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("Quote")
        verbose_name_plural = _("Quotes")
        constraints = [
            models.UniqueConstraint(fields=["number", "revision"], name="quote_number_once"),
            models.CheckConstraint(
                condition=~Q(status="accepted") | (~Q(signed_sha256="") & ~Q(signed_name="")),
                name="quote_signed_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "valid_until"], name="quote_status"),
            models.Index(fields=["owner", "status", "valid_until"], name="quote_of_owner"),
            models.Index(fields=["party", "-id"], name="quote_of_party"),
            models.Index(fields=["deal", "-id"], name="quote_of_deal"),
            models.Index(fields=["valid_until", "id"], name="quote_valid"),
            models.Index(fields=["total", "id"], name="quote_total"),
        ]

    def __str__(self) -> str:
        return f"{self.full_number} · {self.name}"

    @classmethod
    def of_full_name(cls, rows: Any, text: str) -> Quote | None:
        """The quote that a number, alone or with what it is about, means."""
        number, _slash, revision = text.partition(" · ")[0].strip().partition("/")
        wanted = rows.filter(number__iexact=number, revision=int(revision) if revision.isdecimal() else 1)
        found: Quote | None = wanted.first()
        return found

    @property
    def full_number(self) -> str:
        """With the version from the second on: `Q-2026-0007/2`."""
        return self.number if self.revision == 1 else f"{self.number}/{self.revision}"

    @property
    def is_draft(self) -> bool:
        return self.status == self.Status.DRAFT

    @property
    def is_signed(self) -> bool:
        return self.status == self.Status.ACCEPTED

    @property
    def is_out(self) -> bool:
        """The customer holds a link to it."""
        return bool(self.link_hash)

    def is_over(self, today: date) -> bool:
        return self.status == self.Status.EXPIRED or self.valid_until < today

    @property
    def language(self) -> str:
        """The customer's."""
        return self.party.language or settings.LANGUAGE_CODE

    def ordered_lines(self) -> list[Any]:
        """In their order, with what it takes to show them."""
        return list(self.lines.select_related("product__unit", "tax").order_by("order_no", "id"))

    def reckoned(self) -> Reckoned:
        """The amounts, of lines and altogether."""
        return reckon(self.ordered_lines(), self.currency)

    # verbs

    @transaction.atomic
    def submit(self, *, by: Any) -> None:
        """Ask for approval; where no rule asks for any, it is approved at once."""
        from relasi.sales.approval import demands

        locked = self._locked()
        if not locked.is_draft:
            return
        locked.check_ready()
        if demands(locked):
            self._set(by=by, verb="submitted", status=self.Status.WAITING, submitted_by=by)
        else:
            self._set(by=by, verb="submitted", status=self.Status.APPROVED, submitted_by=by)

    @transaction.atomic
    def approve(self, *, by: Any, remark: str = "") -> None:
        """The discounts on it are allowed. Raises PermissionDenied for whom the rules do not name."""
        from relasi.sales.approval import may_approve

        if self._locked().status != self.Status.WAITING:
            return
        if by is not None and not may_approve(by, self):
            raise PermissionDenied(_("The discount rules ask somebody else to approve this quote."))
        self._set(
            by=by, verb="approved", note=remark, status=self.Status.APPROVED, approved_by=by,
            approved_at=timezone.now(), approval_remark=remark,
        )  # fmt: skip

    @transaction.atomic
    def reject(self, *, by: Any, remark: str) -> None:
        """The discounts on it are not allowed: a draft again, with the reason."""
        from relasi.sales.approval import may_approve

        if self._locked().status != self.Status.WAITING:
            return
        if by is not None and not may_approve(by, self):
            raise PermissionDenied(_("The discount rules ask somebody else to approve this quote."))
        self._set(by=by, verb="rejected", note=remark, status=self.Status.DRAFT, approval_remark=remark)

    @transaction.atomic
    def reopen(self, *, by: Any) -> None:
        """A draft again, before it was sent; an approval lapses."""
        if self._locked().status in (self.Status.WAITING, self.Status.APPROVED):
            self._set(
                by=by, verb="reopened", status=self.Status.DRAFT, approved_by=None, approved_at=None,
                approval_remark="",
            )  # fmt: skip

    def send(self, *, by: Any) -> None:
        """Fix it and open its page for the customer."""
        from relasi.sales.actions.send_quote import send_quote

        send_quote(quote=self, by=by)

    def renew_link(self, *, by: Any) -> None:
        """Another address for the customer; the one before leads nowhere."""
        from relasi.sales.quote_links import new_link

        if self.is_out:
            self._set(by=by, verb="link_renewed", **new_link("quote", self.pk))

    def revise(self, *, by: Any) -> None:
        """A new version to change and send again."""
        from relasi.sales.actions.revise_quote import revise_quote

        revise_quote(quote=self, by=by)

    def decline(self, *, by: Any, reason: str = "") -> None:
        """The customer says no."""
        with transaction.atomic():
            if self._locked().status == self.Status.SENT:
                self._set(
                    by=by, verb="declined", note=reason, status=self.Status.DECLINED,
                    decline_reason=reason[:500], decided_at=timezone.now(),
                )  # fmt: skip

    def expire(self, *, by: Any = None) -> None:
        """Its last day has passed."""
        with transaction.atomic():
            if self._locked().status == self.Status.SENT:
                self._set(by=by, verb="expired", status=self.Status.EXPIRED)

    def prolong(self, *, by: Any, valid_until: date) -> None:
        """The offer holds for longer: nothing else in it changes."""
        if valid_until < timezone.localdate():
            raise ValidationError({"valid_until": _("This day is past.")})
        with transaction.atomic():
            if self._locked().status in (self.Status.SENT, self.Status.EXPIRED):
                self._set(by=by, verb="prolonged", status=self.Status.SENT, valid_until=valid_until)

    def reply(self, *, by: Any, text: str) -> None:
        """Write to the customer on the page of the quote."""
        from relasi.sales.models.quote_parts import QuoteRemark

        QuoteRemark.create(by=by, note=text[:300], quote=self, text=text, author=by, name=str(by or ""))

    def note_opened(self, now: datetime) -> None:
        """The customer looked at it for the first time."""
        if self.opened_at is None:
            with transaction.atomic():
                locked = self._locked()
                if locked.opened_at is None and not locked.is_signed:
                    self._set(by=None, verb="opened", opened_at=now)

    # the only writer

    @transaction.atomic
    def change(self, *, by: Any, verb: str = "changed", **fields: Any) -> bool:
        """As every record's, while it is a draft; afterwards only who looks after it."""
        locked = self._locked()
        if (version := fields.get("if_version")) is not None and version != locked.version:
            raise Stale(locked)
        if not fields.keys() <= FREE:
            locked.refuse_when_fixed()
        if fields.get("currency", locked.currency) != locked.currency and locked.lines.exists():
            raise ValidationError(
                {"currency": _("Remove the lines first: their prices are in this currency.")}
            )
        return super().change(by=by, verb=verb, **fields)

    def remove(self, *, by: Any, verb: str = "deleted", note: str = "", batch: str = "") -> None:
        if self.sent_at or self.revises_id or not self.is_draft:
            raise ValidationError(_("Only a draft can be deleted. Archive this quote instead."))
        super().remove(by=by, verb=verb, note=note, batch=batch)

    def save(self, **options: Any) -> None:
        """Refuses what would change a signed quote, whoever calls."""
        columns = options.get("update_fields")
        if not self._state.adding and not (columns and set(columns) <= FREE_COLUMNS):
            _refuse_signed(type(self)._default_manager.filter(pk=self.pk))
        super().save(**options)

    def delete(self, *args: Any, **options: Any) -> Any:
        _refuse_signed(type(self)._default_manager.filter(pk=self.pk))
        return super().delete(*args, **options)

    def refuse_when_fixed(self) -> None:
        """Raises ValidationError unless it is a draft."""
        if self.is_signed:
            raise ValidationError(_("A signed quote cannot be changed."))
        if self.status in (self.Status.WAITING, self.Status.APPROVED):
            raise ValidationError(_("Take the quote back to a draft first."))
        if not self.is_draft:
            raise ValidationError(_("This quote is fixed. Make a new version of it to change something."))

    def check_ready(self) -> None:
        """Raises ValidationError for what is missing before it can be approved or sent."""
        if not self.lines.exists():
            raise ValidationError(_("There is nothing on this quote yet. Add a line first."))
        if self.valid_until < timezone.localdate():
            raise ValidationError({"valid_until": _("The last day of this quote is past.")})

    def keep(self, **columns: Any) -> None:
        """Write bookkeeping columns that are no news."""
        type(self)._default_manager.filter(pk=self.pk).update(**columns)
        for name, value in columns.items():
            setattr(self, name, value)

    def follow_lines(self) -> None:
        """The sums follow from the lines."""
        sums = self.reckoned()
        self.keep(
            net=sums.net, discount_amount=sums.discount, tax_amount=sums.tax, total=sums.total,
        )  # fmt: skip

    def prepare(self) -> None:
        if not self.number:
            self.number = next_number(PREFIX, timezone.localdate())
        if self.deal and not self.party_id:
            self.party = self.deal.party

    def clean(self) -> None:
        if self.deal and self.deal.party_id != self.party_id:
            raise ValidationError({"deal": _("This deal is with another customer.")})

    def _set(self, *, by: Any, verb: str, note: str = "", **fields: Any) -> None:
        """What its own verbs write, past the fixing of its content."""
        Record.change(self, by=by, verb=verb, note=note, **fields)

    def _locked(self) -> Quote:
        locked: Quote = type(self)._default_manager.select_for_update(of=("self",)).get(pk=self.pk)
        return locked
