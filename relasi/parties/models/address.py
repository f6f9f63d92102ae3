"""Postal addresses, in the Indonesian form or free."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from relasi.kit.records.record import Record
from relasi.lib import addresses
from relasi.parties.models.party import Party

PARTS = ("street", "rt", "rw", "kelurahan", "kecamatan", "city", "province", "postal_code")


class Address(Record):
    """By its parts or as free `text`; of a free one city, province and postal code are read. One is primary.
    """

    class Label(models.TextChoices):
        HOME = "home", _("Home")
        WORK = "work", _("Work")
        BILLING = "billing", _("Billing")
        SHIPPING = "shipping", _("Shipping")
        OTHER = "other", _("Other")

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="addresses")
    label = models.CharField(_("Label"), max_length=10, choices=Label.choices, default=Label.HOME)
    street = models.CharField(_("Street and number"), max_length=200, blank=True)
    rt = models.CharField(_("RT"), max_length=4, blank=True)
    rw = models.CharField(_("RW"), max_length=4, blank=True)
    kelurahan = models.CharField(_("Kelurahan / village"), max_length=80, blank=True)
    kecamatan = models.CharField(_("Kecamatan / district"), max_length=80, blank=True)
    city = models.CharField(_("Kota / kabupaten"), max_length=80, blank=True)
    province = models.CharField(_("Province"), max_length=80, blank=True)
    postal_code = models.CharField(_("Postal code"), max_length=10, blank=True)
    country = models.CharField(_("Country"), max_length=2, default="ID")
    text = models.TextField(_("Free form"), blank=True)
    is_primary = models.BooleanField(_("Primary"), default=False)
    latitude = models.DecimalField(_("Latitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(_("Longitude"), max_digits=9, decimal_places=6, null=True, blank=True)

    visible_through = ("party",)

    class Meta:
        verbose_name = _("Address")
        verbose_name_plural = _("Addresses")
        ordering = ["-is_primary", "id"]
        indexes = [models.Index(fields=["city", "province"], name="address_city")]

    def __str__(self) -> str:
        return ", ".join(self.lines)

    @property
    def lines(self) -> list[str]:
        """As written on an envelope."""
        if self.text:
            return [line.strip() for line in self.text.splitlines() if line.strip()]
        parts = {part: getattr(self, part) for part in PARTS}
        return addresses.lines(addresses.Address(**parts, country=self.country))

    def prepare(self) -> None:
        self.country = (self.country or "ID").upper()
        self.rt, self.rw = self.rt.strip().lstrip("0"), self.rw.strip().lstrip("0")
        self.province = addresses.tidy_province(self.province) if self.country == "ID" else self.province
        if self.text and not any(getattr(self, part) for part in PARTS):
            found = addresses.parse(self.text)
            self.city, self.province = found.city[:80], found.province[:80]
            self.postal_code = found.postal_code

    def clean(self) -> None:
        if not self.text and not any(getattr(self, part) for part in PARTS):
            raise ValidationError(_("An address needs at least a street or a city."))
        if self.country == "ID" and self.postal_code and not _is_postal_code(self.postal_code):
            raise ValidationError({"postal_code": _("A postal code has 5 digits.")})

    def saved(self, *, created: bool, fields: set[str], removed: bool = False) -> None:
        self._settle_primary(removed)
        super().saved(created=created, fields=fields, removed=removed)

    def _settle_primary(self, removed: bool) -> None:
        """One address is primary: the one said to be, else the oldest; the party shows its city."""
        others = Address.objects.filter(party_id=self.party_id).exclude(pk=self.pk)
        if self.is_primary and not removed:
            others.filter(is_primary=True).update(is_primary=False)
            chosen: Address | None = self
        else:
            chosen = others.order_by("-is_primary", "id").first() or (None if removed else self)
        if chosen is None:
            return
        if not chosen.is_primary:
            Address.objects.filter(pk=chosen.pk).update(is_primary=True)
            chosen.is_primary = True
        if chosen.city:
            _mirror(self.party_id, chosen.city)


def _is_postal_code(text: str) -> bool:
    return len(text) == 5 and text.isascii() and text.isdigit()


def _mirror(party_id: int, city: str) -> None:
    rows = Party.objects.filter(pk=party_id).exclude(city=city)
    if rows.update(city=city, version=F("version") + 1, updated_at=timezone.now()):
        Record.saved(Party.objects.get(pk=party_id), created=False, fields={"city"})
