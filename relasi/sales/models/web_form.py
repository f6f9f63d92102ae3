"""Forms that strangers fill: what is asked, what each answer becomes, and what came in."""

from __future__ import annotations

import secrets
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from relasi.kit.events.writing import emit
from relasi.kit.records.record import Record
from relasi.kit.records.traits import Owned
from relasi.parties.models import Party
from relasi.sales.models.lead import Lead

COPIED = (
    "purpose", "language", "title", "intro", "button", "thanks", "thanks_url", "origins", "gives_to",
)  # fmt: skip
ASKED = ("label", "key", "kind", "goes_to", "is_required", "options", "help", "order")


def new_slug() -> str:
    return secrets.token_urlsafe(9).lower().replace("_", "-").strip("-")


class WebForm(Record, Owned):
    """A form with an address of its own, open to everybody while `is_active`.

    `purpose` says where it stands: on web pages, behind business cards or behind "refer a friend".
    `origins`: other sites that may embed it, one a line. `gives_to`: who gets its leads, before any rule.
    """

    class Purpose(models.TextChoices):
        WEB = "web", _("Web pages")
        CARD = "card", _("Business cards")
        REFER = "refer", _("Refer a friend")

    name = models.CharField(_("Name"), max_length=120)
    slug = models.SlugField(
        _("In the address"), max_length=40, unique=True, default=new_slug, allow_unicode=False
    )
    purpose = models.CharField(_("Stands"), max_length=6, choices=Purpose.choices, default=Purpose.WEB)
    language = models.CharField(
        _("Language"), max_length=5, choices=[("id", _("Indonesian")), ("en", _("English"))], default="id"
    )
    title = models.CharField(_("Heading"), max_length=160, blank=True)
    intro = models.TextField(_("Text above"), blank=True)
    button = models.CharField(_("Button"), max_length=40, blank=True)
    thanks = models.TextField(_("Thanks"), blank=True)
    thanks_url = models.URLField(_("Link after thanks"), blank=True)
    origins = models.TextField(
        _("Sites that may embed it"), blank=True, help_text=_("One a line: https://www.example.com")
    )
    gives_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("Leads go to"),
    )  # fmt: skip
    is_active = models.BooleanField(pgettext_lazy("state", "Open"), default=True)

    class Meta:
        verbose_name = _("Web form")
        verbose_name_plural = _("Web forms")
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def origin_list(self) -> list[str]:
        return [line.strip().rstrip("/") for line in self.origins.splitlines() if line.strip()]

    @property
    def ordered_fields(self) -> list[FormField]:
        return list(self.form_fields.order_by("order", "id"))

    def prepare(self) -> None:
        self.slug = (self.slug or new_slug()).lower()
        self.title = self.title.strip() or self.name

    @transaction.atomic
    def duplicate(self, *, by: Any) -> None:
        """The same form again, closed, under an address of its own, with the same questions."""
        told = {name: getattr(self, name) for name in COPIED}
        name = gettext("%(name)s (copy)") % {"name": self.name[:100]}
        made = WebForm.create(by=by, name=name, is_active=False, owner=by, **told)
        for question in self.ordered_fields:
            FormField.create(by=by, form=made, **{name: getattr(question, name) for name in ASKED})
        emit("duplicated", self, by=by)

    def clean(self) -> None:
        for origin in self.origin_list:
            if not _is_origin(origin):
                said = _("“%(origin)s” is no address of a site: https://www.example.com")
                raise ValidationError({"origins": said % {"origin": origin}})


class FormField(Record):
    """A question of a form, and where its answer goes.

    `key` is the name of the answer in what is kept; `options`: answers to choose from, one a line.
    """

    class Kind(models.TextChoices):
        TEXT = "text", _("Line of text")
        LONG = "long", _("Text")
        EMAIL = "email", _("E-mail")
        PHONE = "phone", _("Phone")
        NUMBER = "number", _("Number")
        MONEY = "money", _("Money")
        DATE = "date", _("Date")
        CHOICE = "choice", _("One of several")
        CHECK = "check", _("Tick")
        CONSENT = "consent", _("Consent")

    class Goes(models.TextChoices):
        NAME = "party.name", _("Customer: name")
        PHONE = "party.phone", _("Customer: phone")
        EMAIL = "party.email", _("Customer: e-mail")
        CITY = "party.city", _("Customer: city")
        COMPANY = "party.company", _("Customer: company")
        JOB = "party.job_title", _("Customer: job title")
        BORN = "party.birth_on", _("Customer: birth date")
        NEED = "lead.need", _("Lead: need")
        VALUE = "lead.estimated_value", _("Lead: estimated value")
        NOTE = "note", _("Lead: kept with what was sent")

    form = models.ForeignKey(
        WebForm, on_delete=models.CASCADE, related_name="form_fields", verbose_name=_("Web form")
    )
    label = models.CharField(_("Question"), max_length=300)
    key = models.CharField(
        _("Key"), max_length=40, blank=True,
        validators=[RegexValidator(r"^[a-z][a-z0-9_]*$", _("Small letters, digits and _ only."))],
    )  # fmt: skip
    kind = models.CharField(_("Kind"), max_length=8, choices=Kind.choices, default=Kind.TEXT)
    goes_to = models.CharField(_("Goes to"), max_length=24, choices=Goes.choices, default=Goes.NOTE)
    is_required = models.BooleanField(_("Must be answered"), default=False)
    options = models.TextField(_("Answers to choose from"), blank=True, help_text=_("One a line"))
    help = models.CharField(_("Hint"), max_length=200, blank=True)
    order = models.PositiveSmallIntegerField(_("Order"), default=10)

    visible_through: ClassVar[tuple[str, ...]] = ("form",)

    class Meta:
        verbose_name = _("Question of a form")
        verbose_name_plural = _("Questions of forms")
        ordering = ["form", "order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["form", "key"], name="form_field_key",
                violation_error_message=_("The form has a question with this key already."),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.label

    @property
    def option_list(self) -> list[str]:
        return [line.strip() for line in self.options.splitlines() if line.strip()]

    @property
    def choice_pairs(self) -> list[tuple[str, str]]:
        """What a select shows: nothing chosen, then the answers."""
        return [("", "—"), *((text, text) for text in self.option_list)]

    def prepare(self) -> None:
        if not self.key and self.form_id:
            self.key = self._free_key()

    def clean(self) -> None:
        if self.kind == self.Kind.CHOICE and not self.option_list:
            raise ValidationError({"options": _("Say what can be chosen, one a line.")})
        if self.goes_to == self.Goes.VALUE and self.kind not in (self.Kind.MONEY, self.Kind.NUMBER):
            raise ValidationError({"kind": _("A value is asked for as money or a number.")})
        if self.goes_to == self.Goes.BORN and self.kind != self.Kind.DATE:
            raise ValidationError({"kind": _("A birth date is asked for as a date.")})

    def _free_key(self) -> str:
        plain = slugify(self.label).replace("-", "_")[:30].strip("_")
        wanted = plain if plain[:1].isalpha() else f"q_{plain}".strip("_")
        taken = set(FormField.objects.filter(form_id=self.form_id).values_list("key", flat=True))
        tries = [wanted, *(f"{wanted}_{number}" for number in range(2, len(taken) + 3))]
        return next(key for key in tries if key not in taken)


class FormSubmission(Record):
    """What a stranger sent, kept raw before anything is made of it.

    `key` comes with the form: the same key twice is one submission. `address_code` is a keyed digest of the
    network address, for the throttle only. A failed one can be mended (`answers`) and tried again.
    """

    class Status(models.TextChoices):
        RECEIVED = "received", _("Received")
        INCOMPLETE = "incomplete", _("Incomplete")
        DONE = "done", _("Became a lead")
        FAILED = "failed", _("Failed")
        SPAM = "spam", _("Spam")
        DISCARDED = "discarded", _("Thrown away")

    name = models.CharField(_("From"), max_length=200, blank=True)
    form = models.ForeignKey(
        WebForm, on_delete=models.CASCADE, related_name="submissions", verbose_name=_("Web form")
    )
    key = models.CharField(max_length=64, unique=True, editable=False)
    status = models.CharField(
        _("Status"), max_length=10, choices=Status.choices, default=Status.RECEIVED, editable=False
    )
    answers = models.JSONField(_("Answers"), default=dict, blank=True, editable=False)
    raw = models.JSONField(default=dict, blank=True, editable=False)
    utm = models.JSONField(default=dict, blank=True, editable=False)
    page_url = models.CharField(_("Page"), max_length=500, blank=True, editable=False)
    address_code = models.CharField(max_length=64, blank=True, editable=False)
    received_at = models.DateTimeField(_("Received"), default=timezone.now, editable=False)
    problem = models.TextField(_("Problem"), blank=True, editable=False)
    lead = models.ForeignKey(
        Lead, on_delete=models.SET_NULL, null=True, blank=True, related_name="submissions", editable=False,
        verbose_name=_("Lead"),
    )  # fmt: skip
    card = models.ForeignKey(
        "sales.Card", on_delete=models.SET_NULL, null=True, editable=False, related_name="submissions",
        verbose_name=_("Business card"),
    )  # fmt: skip
    referral_link = models.ForeignKey(
        "sales.ReferralLink", on_delete=models.SET_NULL, null=True, editable=False,
        related_name="submissions", verbose_name=_("Referral link"),
    )  # fmt: skip

    visible_through: ClassVar[tuple[str, ...]] = ("lead",)
    guarded_fields: ClassVar[tuple[str, ...]] = ("address_code", "key")
    secret_fields: ClassVar[tuple[str, ...]] = ("answers", "raw", "key", "address_code")

    class Meta:
        verbose_name = _("Form submission")
        verbose_name_plural = _("Form submissions")
        ordering = ["-received_at", "-id"]
        indexes = [
            models.Index(fields=["address_code", "received_at"], name="submission_address"),
            models.Index(fields=["-received_at", "-id"], name="submission_received"),
            models.Index(
                fields=["status", "-received_at"], name="submission_open", condition=~Q(status="done")
            ),
        ]

    def __str__(self) -> str:
        return self.name or gettext("Submission %(number)s") % {"number": self.pk or ""}

    def event_party_id(self) -> int | None:
        return self.lead.party_id if self.lead else None

    @property
    def may_be_tried(self) -> bool:
        return self.status != self.Status.DONE

    def mend(self, *, answers: dict[str, str], by: Any) -> None:
        """Correct what was sent; the raw text stays beside it."""
        if self.may_be_tried:
            self.change(by=by, verb="mended", answers=answers)

    def replay(self, *, by: Any) -> None:
        """Try once more to make a lead of it; harmless when it has become one."""
        from relasi.sales.actions.take_submission import take_submission

        take_submission(submission=self, by=by)

    def discard(self, *, by: Any, batch: str = "") -> None:
        """Nothing will come of it; it stays to be looked at."""
        if self.may_be_tried and self.status != self.Status.DISCARDED:
            self.change(by=by, verb="discarded", batch=batch, status=self.Status.DISCARDED)


class Card(Record, Owned):
    """A colleague's business card on the web: who, how to reach, and a short form. Its QR leads there."""

    name = models.CharField(_("Name on the card"), max_length=120)
    slug = models.SlugField(
        _("In the address"), max_length=40, unique=True, default=new_slug, allow_unicode=False
    )
    job_title = models.CharField(_("Job title"), max_length=100, blank=True)
    phone = models.CharField(_("Phone"), max_length=32, blank=True)
    email = models.EmailField(_("E-mail"), blank=True)
    about = models.TextField(_("A few words"), blank=True)
    form = models.ForeignKey(
        WebForm, on_delete=models.SET_NULL, null=True, blank=True, related_name="+",
        limit_choices_to={"purpose": "card"}, verbose_name=_("Web form"),
    )  # fmt: skip
    is_active = models.BooleanField(pgettext_lazy("state", "Open"), default=True)

    class Meta:
        verbose_name = _("Business card")
        verbose_name_plural = _("Business cards")
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class ReferralLink(Record, Owned):
    """A customer's own address for "refer a friend". Who holds it can only leave names, never see any."""

    name = models.CharField(_("Remark"), max_length=120, blank=True)
    party = models.ForeignKey(
        Party, on_delete=models.CASCADE, related_name="referral_links", verbose_name=_("Customer")
    )
    token = models.CharField(max_length=64, unique=True, editable=False)
    form = models.ForeignKey(
        WebForm, on_delete=models.SET_NULL, null=True, blank=True, related_name="+",
        limit_choices_to={"purpose": "refer"}, verbose_name=_("Web form"),
    )  # fmt: skip
    revoked_at = models.DateTimeField(_("Closed"), null=True, editable=False)

    visible_through: ClassVar[tuple[str, ...]] = ("party",)
    secret_fields: ClassVar[tuple[str, ...]] = ("token",)

    class Meta:
        verbose_name = _("Referral link")
        verbose_name_plural = _("Referral links")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return self.revoked_at is None

    def prepare(self) -> None:
        self.token = self.token or secrets.token_urlsafe(16)
        if not self.name and self.party_id:
            self.name = self.party.name[:120]

    def revoke(self, *, by: Any, batch: str = "") -> None:
        if self.is_open:
            self.change(by=by, verb="revoked", batch=batch, revoked_at=timezone.now())


def _is_origin(text: str) -> bool:
    """`https://host` or `https://host:port`, nothing behind it that could add to the policy."""
    parts = urlsplit(text)
    try:
        port = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    plain = host.replace("-", "").replace(".", "").isalnum() and host.isascii()
    told = f"{parts.scheme}://{host}" + (f":{port}" if port else "")
    return parts.scheme in ("http", "https") and plain and text.lower() == told
