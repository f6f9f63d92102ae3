"""What customers allowed, when, and how we know; and what may never be written to."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from relasi.channels.models import Medium
from relasi.conversations.addresses import normal_address
from relasi.conversations.models.delivery import Purpose
from relasi.kit.records.record import Record, RecordQuerySet
from relasi.parties.models import Party

ONE_DAY = timedelta(days=1)


class ConsentText(Record):
    """The words a customer agreed to. A version is never changed: a new one is written."""

    purpose = models.CharField(
        _("Purpose"), max_length=10, choices=Purpose.choices, default=Purpose.MARKETING
    )
    language = models.CharField(
        _("Language"), max_length=5, choices=[("id", _("Indonesian")), ("en", _("English"))], default="id"
    )
    number = models.PositiveIntegerField(_("Version"), default=1, editable=False)
    text = models.TextField(_("Text"))
    valid_from = models.DateTimeField(_("Valid from"), default=timezone.now)

    written_once: ClassVar[bool] = True

    class Meta:
        verbose_name = _("Consent text")
        verbose_name_plural = _("Consent texts")
        ordering = ["purpose", "language", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["purpose", "language", "number"], name="consent_text_version")
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} v{self.number} ({self.get_language_display()})"

    def prepare(self) -> None:
        if not self.pk:
            same = ConsentText._default_manager.filter(purpose=self.purpose, language=self.language)
            last = same.aggregate(models.Max("number"))["number__max"]
            self.number = (last or 0) + 1


class ConsentQuerySet(RecordQuerySet):
    def about(self, party_ids: list[int]) -> Self:
        return self.filter(party__in=party_ids)


class Consent(Record):
    """One line of the ledger: given or withdrawn, for a purpose, on a channel (none: on all), at a moment.

    `proof` is what shows it: a form's number, the page, the keyed digest of a network address, who was
    present.
    """

    class State(models.TextChoices):
        GIVEN = "given", _("Given")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class Source(models.TextChoices):
        FORM = "form", _("Web form")
        PREFERENCES = "preferences", _("Preference centre")
        UNSUBSCRIBE = "unsubscribe", _("Unsubscribed by a click")
        MESSAGE = "message", _("Wrote so")
        CALL = "call", _("Said so on the phone")
        PAPER = "paper", _("Signed paper")
        VISIT = "visit", _("Said so face to face")
        IMPORT = "import", _("File")
        PROVIDER = "provider", _("Reported by the channel")
        OTHER = "other", _("Other")

    party = models.ForeignKey(
        Party, on_delete=models.CASCADE, related_name="consents", db_index=False, verbose_name=_("Customer")
    )
    purpose = models.CharField(
        _("Purpose"), max_length=10, choices=Purpose.choices, default=Purpose.MARKETING
    )
    channel = models.CharField(_("Way"), max_length=10, choices=Medium.choices, blank=True)
    state = models.CharField(_("State"), max_length=9, choices=State.choices, default=State.GIVEN)
    at = models.DateTimeField(_("Since"), default=timezone.now)
    source = models.CharField(_("How"), max_length=12, choices=Source.choices, default=Source.OTHER)
    text = models.ForeignKey(
        ConsentText, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Text")
    )
    address = models.CharField(_("Address"), max_length=254, blank=True)
    proof = models.JSONField(default=dict, blank=True, editable=False)
    remark = models.CharField(_("Remark"), max_length=300, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+",
        editable=False, verbose_name=_("By"),
    )  # fmt: skip

    written_once: ClassVar[bool] = True
    visible_through: ClassVar[tuple[str, ...]] = ("party",)

    objects = ConsentQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("Consent")
        verbose_name_plural = _("Consents")
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["party", "purpose", "-at", "-id"], name="consent_party")]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}: {self.get_state_display()}"

    def clean(self) -> None:
        if self.at and self.at > timezone.now() + ONE_DAY:
            raise ValidationError({"at": _("A consent cannot lie in the future.")})


class SuppressionQuerySet(RecordQuerySet):
    def in_force(self, now: datetime | None = None) -> Self:
        moment = now or timezone.now()
        return self.filter(Q(until=None) | Q(until__gt=moment), lifted_at=None)


class Suppression(Record):
    """An address or number that is left alone: its mail comes back, or its owner complained or asked for it.

    Kept also when the customer is erased, so that nobody writes to it again.
    """

    class Reason(models.TextChoices):
        HARD_BOUNCE = "hard_bounce", _("Comes back: does not exist")
        COMPLAINT = "complaint", _("Complained")
        DO_NOT_CALL = "do_not_call", _("Asked not to be called")
        DECEASED = "deceased", _("Has died")

    channel = models.CharField(_("Way"), max_length=10, choices=Medium.choices, blank=True)
    address = models.CharField(_("Address"), max_length=254)
    reason = models.CharField(_("Reason"), max_length=12, choices=Reason.choices)
    since = models.DateTimeField(_("Since"), default=timezone.now)
    until = models.DateTimeField(_("Until"), null=True, blank=True)
    lifted_at = models.DateTimeField(_("Lifted"), null=True, editable=False)
    detail = models.CharField(_("What it said"), max_length=300, blank=True)
    count = models.PositiveIntegerField(_("Times"), default=1, editable=False)

    objects = SuppressionQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("Address left alone")
        verbose_name_plural = _("Addresses left alone")
        ordering = ["-since", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "address", "reason"],
                condition=Q(lifted_at=None),
                name="suppression_once",
                violation_error_message=_("This address is already left alone for this reason."),
            )
        ]
        indexes = [models.Index(fields=["address"], name="suppression_address")]

    def __str__(self) -> str:
        return self.address

    def prepare(self) -> None:
        self.address = normal_address(self.channel, self.address)

    @property
    def is_lifted(self) -> bool:
        return self.lifted_at is not None

    @classmethod
    @transaction.atomic
    def add(
        cls,
        *,
        address: str,
        reason: str,
        channel: str = "",
        detail: str = "",
        until: datetime | None = None,
        by: Any = None,
    ) -> Suppression:
        """Leave an address alone, on every channel when none is named. Said once more, it counts up."""
        place = {"channel": channel, "address": normal_address(channel, address)[:254], "reason": reason}
        open_rows = cls._default_manager.select_for_update().filter(lifted_at=None, **place)
        known: Suppression | None = open_rows.first()
        if known is None:
            try:
                with transaction.atomic():
                    made: Suppression = cls.create(by=by, detail=detail[:300], until=until, **place)
                    return made
            except (IntegrityError, ValidationError):  # somebody else said so at this moment
                known = open_rows.first()
                if known is None:
                    raise
        longest = None if until is None or known.until is None else max(until, known.until)
        detail = detail[:300] or known.detail
        known.change(by=by, verb="told_again", count=known.count + 1, detail=detail, until=longest)
        return known

    def lift(self, *, by: Any, batch: str = "") -> None:
        """Write to it again."""
        if self.lifted_at is None:
            self.change(by=by, verb="lifted", batch=batch, lifted_at=timezone.now())
