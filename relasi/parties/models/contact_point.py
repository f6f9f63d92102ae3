"""Phones, e-mails and other addresses by which a party is reached."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from relasi.kit.records.record import Record
from relasi.lib import phones
from relasi.parties.models.party import Party


class ContactPoint(Record):
    """`value` is normalised (E.164, lower case); `raw` what was given. The primary one is mirrored on the
    party.
    """

    class Kind(models.TextChoices):
        PHONE = "phone", _("Phone")
        EMAIL = "email", _("E-mail")
        OTHER = "other", _("Other")

    class Label(models.TextChoices):
        MOBILE = "mobile", _("Mobile")
        HOME = "home", _("Home")
        WORK = "work", _("Work")
        OTHER = "other", _("Other")

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="contact_points")
    kind = models.CharField(_("Kind"), max_length=6, choices=Kind.choices)
    label = models.CharField(_("Label"), max_length=10, choices=Label.choices, default=Label.MOBILE)
    value = models.CharField(_("Value"), max_length=254)
    raw = models.CharField(max_length=254, blank=True, editable=False)
    is_primary = models.BooleanField(_("Primary"), default=False)
    is_whatsapp = models.BooleanField(_("On WhatsApp"), default=False)

    visible_through = ("party",)
    unlogged_fields = ("raw",)

    class Meta:
        verbose_name = _("Contact")
        verbose_name_plural = _("Contacts")
        ordering = ["-is_primary", "id"]
        indexes = [models.Index(fields=["value"], name="contact_value")]
        constraints = [
            models.UniqueConstraint(
                fields=["party", "kind", "value"],
                name="contact_once",
                violation_error_message=_("This is already among the contacts."),
            )
        ]

    def __str__(self) -> str:
        return self.value

    def prepare(self) -> None:
        """Normalise the value; what was typed stays in `raw`."""
        given = self.value.strip()
        self.value = normal_value(self.kind, given)
        if self.value != given:
            self.raw = given[:254]
        if self.kind != self.Kind.PHONE and self.label == self.Label.MOBILE:
            self.label = self.Label.OTHER

    def saved(self, *, created: bool, fields: set[str], removed: bool = False) -> None:
        self._settle_primary(removed)
        super().saved(created=created, fields=fields, removed=removed)

    def _settle_primary(self, removed: bool) -> None:
        """One of each kind is primary: the one said to be, else the oldest; the party shows it."""
        same = ContactPoint.objects.filter(party_id=self.party_id, kind=self.kind)
        others = same.exclude(pk=self.pk)
        if self.is_primary and not removed:
            others.filter(is_primary=True).update(is_primary=False)
            chosen: ContactPoint | None = self
        else:
            chosen = others.order_by("-is_primary", "id").first() or (None if removed else self)
        if chosen and not chosen.is_primary:
            ContactPoint.objects.filter(pk=chosen.pk).update(is_primary=True)
            chosen.is_primary = True
        _mirror(self.party_id, self.kind, chosen.value if chosen else "")

    @classmethod
    def ensure_primary(cls, party: Party) -> None:
        """Write down what only stands on the party itself, as after loading in bulk."""
        for kind, value in ((cls.Kind.PHONE, party.phone), (cls.Kind.EMAIL, party.email)):
            if value and not cls.objects.filter(party_id=party.pk, kind=kind, value=value).exists():
                primary = cls.objects.filter(party_id=party.pk, kind=kind, is_primary=True)
                cls._write_primary(party.pk, kind, value, is_primary=not primary.exists())

    @classmethod
    def keep_primary(cls, party_id: int, kind: str, value: str, *, is_new: bool = False) -> None:
        """Follow the party: `value` is now its primary point of this kind (empty: the primary one is gone).

        A value not yet known replaces the primary one, so that taking the change back leaves no trace.
        """
        if is_new:
            cls._write_primary(party_id, kind, value)
            return
        points = list(cls.objects.filter(party_id=party_id, kind=kind))
        primary = next((point for point in points if point.is_primary), None)
        known = next((point for point in points if point.value == value), None)
        if primary and primary is known:
            return
        if known:
            cls.objects.filter(pk__in=[point.pk for point in points if point.is_primary]).update(
                is_primary=False
            )
            cls.objects.filter(pk=known.pk).update(is_primary=True)
        elif not value:
            cls.objects.filter(pk__in=[point.pk for point in points if point.is_primary]).delete()
        elif primary:
            cls.objects.filter(pk=primary.pk).update(value=value, raw="")
        else:
            cls._write_primary(party_id, kind, value)

    @classmethod
    def _write_primary(cls, party_id: int, kind: str, value: str, is_primary: bool = True) -> None:
        label = cls.Label.MOBILE if kind == cls.Kind.PHONE else cls.Label.OTHER
        cls.objects.create(party_id=party_id, kind=kind, value=value, label=label, is_primary=is_primary)


def normal_value(kind: str, value: str) -> str:
    """E.164 for phones, lower case for e-mails. Raises ValidationError in plain words."""
    if kind == ContactPoint.Kind.PHONE:
        try:
            return phones.normalise(value).e164
        except phones.PhoneError as error:
            raise ValidationError({"value": gettext(error.text) % error.values}) from error
    if kind == ContactPoint.Kind.EMAIL:
        try:
            validate_email(value)
        except ValidationError as error:
            raise ValidationError({"value": error.messages}) from error
        return value.lower()
    return value


def _mirror(party_id: int, kind: str, value: str) -> None:
    """Write the primary value on the party, as the copy that lists read."""
    if kind == ContactPoint.Kind.OTHER:
        return
    rows = Party.objects.filter(pk=party_id).exclude(**{kind: value})
    if rows.update(**{kind: value, "version": F("version") + 1, "updated_at": timezone.now()}):
        Record.saved(Party.objects.get(pk=party_id), created=False, fields={kind})
