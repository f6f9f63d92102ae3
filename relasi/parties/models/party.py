"""The party: a person, a company or a household. Every fact about a customer has one foreign key to it."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from relasi.kit.records.record import Record, RecordQuerySet
from relasi.kit.records.traits import Archivable, Attached, Customisable, Noted, Owned, Tagged
from relasi.lib import companies, names, phones
from relasi.parties.fields import IdentityField, PhoneField, index_of, seal
from relasi.parties.ladder import Rung


class PartyQuerySet(RecordQuerySet):
    def people(self) -> Self:
        return self.filter(kind=Party.Kind.PERSON)

    def companies(self) -> Self:
        return self.filter(kind=Party.Kind.COMPANY)

    def households(self) -> Self:
        return self.filter(kind=Party.Kind.HOUSEHOLD)

    def on_rung(self, rung: str) -> Self:
        return self.filter(rung=rung)

    def born_on(self, day: date) -> Self:
        """Those whose birthday falls on `day` (29 February is kept on the 28th in other years)."""
        keys = [day.month * 100 + day.day]
        if keys == [228] and not _is_leap(day.year):
            keys.append(229)
        return self.filter(birthday_key__in=keys)


class Party(Record, Owned, Archivable, Customisable, Tagged, Noted, Attached):
    """Name, primary phone, e-mail and city are kept here for lists; all of them live in their own tables.

    `name` is what people see; `match_key` what duplicates are looked for by; `birthday_key` is month × 100
    + day.
    """

    class Kind(models.TextChoices):
        PERSON = "person", _("Person")
        COMPANY = "company", _("Company")
        HOUSEHOLD = "household", _("Household")

    class Gender(models.TextChoices):
        FEMALE = "female", _("Female")
        MALE = "male", _("Male")

    class Religion(models.TextChoices):
        ISLAM = "islam", _("Islam")
        PROTESTANT = "protestant", _("Protestant")
        CATHOLIC = "catholic", _("Catholic")
        HINDU = "hindu", _("Hindu")
        BUDDHIST = "buddhist", _("Buddhist")
        CONFUCIAN = "confucian", _("Confucian")
        BELIEF = "belief", _("Indigenous belief")
        OTHER = "other", _("Other")

    class Channel(models.TextChoices):
        WHATSAPP = "whatsapp", _("WhatsApp")
        PHONE = "phone", _("Phone")
        EMAIL = "email", _("E-mail")
        SMS = "sms", _("SMS")
        VISIT = "visit", _("Visit")

    kind = models.CharField(
        _("Kind"), max_length=10, choices=Kind.choices, default=Kind.PERSON, editable=False
    )
    name = models.CharField(_("Name"), max_length=200)
    salutation = models.CharField(_("Salutation"), max_length=30, blank=True)
    given_name = models.CharField(_("Given name"), max_length=100, blank=True)
    family_name = models.CharField(_("Family name"), max_length=100, blank=True)
    nickname = models.CharField(_("Called"), max_length=60, blank=True)
    match_key = models.CharField(max_length=200, blank=True, editable=False)

    phone = PhoneField(_("Phone"), blank=True)
    email = models.EmailField(_("E-mail"), blank=True)
    city = models.CharField(_("City"), max_length=80, blank=True)
    website = models.URLField(_("Website"), blank=True)
    company = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="staff",
        limit_choices_to={"kind": "company"},
        verbose_name=_("Company"),
    )
    household = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="members",
        limit_choices_to={"kind": "household"},
        verbose_name=_("Household"),
    )
    job_title = models.CharField(_("Job title"), max_length=100, blank=True)
    industry = models.CharField(_("Industry"), max_length=80, blank=True)
    employees = models.PositiveIntegerField(_("Employees"), null=True, blank=True)

    rung = models.CharField(_("Rung"), max_length=12, choices=Rung.choices, default=Rung.SUSPECT)
    rung_since = models.DateField(_("On this rung since"), default=timezone.localdate, editable=False)
    source = models.CharField(_("Source"), max_length=60, blank=True)
    external_id = models.CharField(_("External id"), max_length=120, blank=True)

    birth_on = models.DateField(_("Birth date"), null=True, blank=True)
    birthday_key = models.PositiveSmallIntegerField(null=True, editable=False)
    gender = models.CharField(_("Gender"), max_length=6, choices=Gender.choices, blank=True)
    religion = models.CharField(_("Religion"), max_length=10, choices=Religion.choices, blank=True)
    greeting = models.CharField(_("Preferred greeting"), max_length=80, blank=True)
    hobbies = models.CharField(_("Hobbies"), max_length=300, blank=True)
    interests = models.CharField(_("Interests"), max_length=300, blank=True)
    about = models.TextField(_("About"), blank=True)
    nik = IdentityField(_("NIK"), kind="nik", blank=True)
    nik_index = models.CharField(max_length=64, blank=True, editable=False)
    npwp = IdentityField(_("NPWP"), kind="npwp", blank=True)
    npwp_index = models.CharField(max_length=64, blank=True, editable=False)

    language = models.CharField(
        _("Language"), max_length=5, choices=[("id", _("Indonesian")), ("en", _("English"))], default="id"
    )
    time_zone = models.CharField(
        _("Time zone"),
        max_length=40,
        choices=[("Asia/Jakarta", "WIB"), ("Asia/Makassar", "WITA"), ("Asia/Jayapura", "WIT")],
        default="Asia/Jakarta",
    )
    channel = models.CharField(_("Preferred channel"), max_length=10, choices=Channel.choices, blank=True)
    last_activity_at = models.DateTimeField(_("Last activity"), null=True, blank=True, editable=False)
    merged_into = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, editable=False, related_name="merged_from"
    )

    guarded_fields: ClassVar[tuple[str, ...]] = (
        "nik",
        "npwp",
        "religion",
        "greeting",
        "nik_index",
        "npwp_index",
    )
    unlogged_fields: ClassVar[tuple[str, ...]] = (
        "match_key", "birthday_key", "nik_index", "npwp_index", "last_activity_at", "rung_since",
    )  # fmt: skip

    objects: ClassVar[Any] = PartyQuerySet.as_manager()

    class Meta:
        verbose_name = _("Customer")
        verbose_name_plural = _("Customers")
        constraints = [
            models.UniqueConstraint(
                fields=["external_id"], condition=~models.Q(external_id=""), name="party_external_id"
            ),
        ]
        indexes = [
            models.Index(
                fields=["kind", "name", "id"], name="party_name", condition=models.Q(archived_at=None)
            ),
            models.Index(
                fields=["kind", "-updated_at", "-id"],
                name="party_updated",
                condition=models.Q(archived_at=None),
            ),
            models.Index(
                fields=["kind", "-created_at", "-id"],
                name="party_created",
                condition=models.Q(archived_at=None),
            ),
            models.Index(
                fields=["kind", "rung", "name", "id", "city"],
                name="party_rung",
                condition=models.Q(archived_at=None),
            ),
            models.Index(
                fields=["kind", "city", "name", "id", "rung"],
                name="party_city",
                condition=models.Q(archived_at=None),
            ),
            models.Index(
                fields=["owner", "kind", "name", "id"],
                name="party_owner",
                condition=models.Q(archived_at=None),
            ),
            models.Index(
                fields=["kind", "-last_activity_at", "-id"],
                name="party_activity",
                condition=models.Q(archived_at=None),
            ),
            models.Index(fields=["match_key"], name="party_match"),
            models.Index(fields=["phone"], name="party_phone", condition=~models.Q(phone="")),
            models.Index(fields=["email"], name="party_email", condition=~models.Q(email="")),
            models.Index(fields=["nik_index"], name="party_nik", condition=~models.Q(nik_index="")),
            models.Index(fields=["npwp_index"], name="party_npwp", condition=~models.Q(npwp_index="")),
            models.Index(
                fields=["birthday_key", "owner"],
                name="party_birthday",
                condition=models.Q(birthday_key__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def event_party_id(self) -> int:
        return self.pk

    def prepare(self) -> None:
        """Keep the derived columns true: name from its parts, keys for matching and birthdays."""
        if not self.name:
            self.name = f"{self.given_name} {self.family_name}".strip()
        self.name = self.name.strip()
        self.email = self.email.strip().lower()
        self.match_key = match_key(self.kind, self.name)
        self.birthday_key = self.birth_on.month * 100 + self.birth_on.day if self.birth_on else None
        self.phone = self._normal_phone()
        self.nik, self.nik_index = self._sealed("nik", self.nik)
        self.npwp, self.npwp_index = self._sealed("npwp", self.npwp)

    def clean(self) -> None:
        if self.birth_on and self.birth_on > timezone.localdate():
            raise ValidationError({"birth_on": _("A birth date cannot be in the future.")})

    def _normal_phone(self) -> str:
        if not self.phone:
            return ""
        try:
            return phones.normalise(self.phone).e164
        except phones.PhoneError as error:
            raise ValidationError({"phone": gettext(error.text) % error.values}) from error

    def _sealed(self, kind: str, value: str) -> tuple[str, str]:
        """A number's token and blind index."""
        if not value:
            return "", ""
        try:
            token = seal(kind, value)
        except ValidationError as error:
            raise ValidationError({kind: error.messages}) from error
        return token, index_of(kind, token)

    @transaction.atomic
    def change(self, *, by: Any, rule: Any = None, **fields: Any) -> bool:
        """As every record's; a change of the rung is also a dated move, with `rule` when a rule made it."""
        if "rung" not in fields:
            return super().change(by=by, **fields)
        before = Party.objects.select_for_update().values_list("rung", flat=True).get(pk=self.pk)
        if before != fields["rung"]:
            fields.setdefault("rung_since", timezone.localdate())
        changed = super().change(by=by, **fields)
        if changed and before != self.rung:
            self._write_move(before, by=by, reason=fields.get("note", ""), rule=rule)
        return changed

    def move_to(self, rung: str, *, by: Any, reason: str = "", rule: Any = None, batch: str = "") -> bool:
        """Step up or down the ladder; the move, its day and its reason are kept. False when already there."""
        if Party.objects.filter(pk=self.pk, rung=rung).exists():
            return False
        return self.change(by=by, verb="moved", note=reason, batch=batch, rung=rung, rule=rule)

    def _write_move(self, before: str, *, by: Any, reason: str, rule: Any) -> None:
        from relasi.parties.models.rung import RungMove

        RungMove.objects.create(
            party_id=self.pk, before=before, after=self.rung, by=by, reason=reason[:200], rule=rule
        )

    def saved(self, *, created: bool, fields: set[str], removed: bool = False) -> None:
        if not removed and fields & {"phone", "email"}:
            self._keep_primary_points(created, fields)
        super().saved(created=created, fields=fields, removed=removed)

    def _keep_primary_points(self, created: bool, fields: set[str]) -> None:
        from relasi.parties.models.contact_point import ContactPoint

        for kind, value in ((ContactPoint.Kind.PHONE, self.phone), (ContactPoint.Kind.EMAIL, self.email)):
            if value if created else kind in fields:
                ContactPoint.keep_primary(self.pk, kind, value, is_new=created)

    def unarchive(self, *, by: Any, batch: str = "") -> None:
        if self.merged_into_id:
            raise ValidationError(_("This record was merged into another one; take the merge back instead."))
        super().unarchive(by=by, batch=batch)

    def current(self) -> Party:
        """Itself, or the party it was merged into (however often)."""
        here, seen = self, {self.pk}
        while here.merged_into and here.merged_into_id not in seen:
            here = here.merged_into
            seen.add(here.pk)
        return here

    def ids_with_merged(self) -> list[int]:
        """Its own id and those of all that were merged into it: what its timeline is read by."""
        ids, newest = [self.pk], [self.pk]
        while newest:
            newest = list(
                Party.objects.filter(merged_into__in=newest).exclude(pk__in=ids).values_list("pk", flat=True)
            )
            ids += newest
        return ids


class Person(Party):
    class Meta:
        proxy = True
        verbose_name = _("Person")
        verbose_name_plural = _("People")


class Company(Party):
    class Meta:
        proxy = True
        verbose_name = _("Company")
        verbose_name_plural = _("Companies")


class Household(Party):
    class Meta:
        proxy = True
        verbose_name = _("Household")
        verbose_name_plural = _("Households")


def match_key(kind: str, name: str) -> str:
    """The form of a name under which the same customer is looked for."""
    key = companies.key(name) if kind == Party.Kind.COMPANY else names.key(name)
    return key[:200]


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
