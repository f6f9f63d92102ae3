"""What belongs to a quote: its documents as they were sent and signed, and what was said on its page."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinLengthValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from relasi.kit.records.record import Record
from relasi.sales.models.quote import Quote


class QuoteDocument(Record):
    """A PDF as it left the house, kept under its SHA-256. Written once."""

    class Kind(models.TextChoices):
        SENT = "sent", _("Sent")
        SIGNED = "signed", _("Signed")

    quote = models.ForeignKey(
        Quote, on_delete=models.PROTECT, related_name="documents", verbose_name=_("Quote")
    )
    kind = models.CharField(_("Kind"), max_length=6, choices=Kind.choices)
    sha256 = models.CharField(max_length=64)
    path = models.CharField(max_length=255)
    size = models.PositiveIntegerField()

    visible_through: ClassVar[tuple[str, ...]] = ("quote",)
    written_once: ClassVar[bool] = True

    class Meta:
        verbose_name = _("Document of a quote")
        verbose_name_plural = _("Documents of quotes")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["quote", "kind"], name="quote_document_once")]

    def __str__(self) -> str:
        return f"{self.quote.full_number} ({self.get_kind_display()})"

    def event_party_id(self) -> int | None:
        return self.quote.party_id

    def clean(self) -> None:
        if not self._state.adding:
            raise ValidationError(_("A document stays as it was sent or signed."))

    def remove(self, **_rest: Any) -> None:
        raise ValidationError(_("A document stays as it was sent or signed."))


class QuoteRemark(Record):
    """Said on the page of a quote: by the customer (`author` empty) or by one of us."""

    quote = models.ForeignKey(
        Quote, on_delete=models.CASCADE, related_name="remarks", verbose_name=_("Quote")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    name = models.CharField(_("From"), max_length=120)
    text = models.TextField(_("Text"), max_length=2000, validators=[MinLengthValidator(1)])

    visible_through: ClassVar[tuple[str, ...]] = ("quote",)

    class Meta:
        verbose_name = _("Remark on a quote")
        verbose_name_plural = _("Remarks on quotes")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text[:60]

    def event_party_id(self) -> int | None:
        return self.quote.party_id
