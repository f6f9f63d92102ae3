"""What stands below a colleague's letters."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from relasi.conversations.models.template import LANGUAGES
from relasi.kit.records.record import Record


class Signature(Record):
    """One for each colleague and language; `text` is HTML of the small editor, cleaned when it is used."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+",
        verbose_name=_("Owner"),
    )  # fmt: skip
    language = models.CharField(_("Language"), max_length=5, choices=LANGUAGES, default="id")
    text = models.TextField(_("Text"))

    leaves_quietly: ClassVar[bool] = True

    class Meta:
        verbose_name = _("Signature")
        verbose_name_plural = _("Signatures")
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "language"],
                name="signature_once",
                violation_error_message=_("There is a signature in this language already."),
            )
        ]

    def __str__(self) -> str:
        return str(self.get_language_display())
