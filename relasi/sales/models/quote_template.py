"""The look and words of a quote on paper, edited by the company."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from relasi.kit.records.record import Record
from relasi.kit.records.traits import Archivable


def own_language() -> str:
    return str(settings.LANGUAGE_CODE)


class QuoteTemplate(Archivable, Record):
    """`body` is HTML with Liquid, `style` its CSS. It is tried before it is kept; nothing in it can fetch
    anything or reach more than `quote_documents.facts` gives it.
    """

    name = models.CharField(_("Name"), max_length=80)
    language = models.CharField(_("Language"), max_length=2, choices=settings.LANGUAGES, default=own_language)
    is_usual = models.BooleanField(
        _("The usual one"),
        default=False,
        help_text=_("For customers of this language, unless another is chosen."),
    )
    sender = models.TextField(
        _("Sender"), blank=True, help_text=_("Name, address and numbers of the company, as letterhead.")
    )
    body = models.TextField(_("Text"), blank=True, help_text=_("HTML with Liquid. Left empty, ours."))
    style = models.TextField(_("Style"), blank=True, help_text=_("CSS that is added to ours."))

    unlogged_fields: ClassVar[tuple[str, ...]] = ()

    class Meta:
        verbose_name = _("Quote template")
        verbose_name_plural = _("Quote templates")
        ordering = ["language", "name", "id"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        from relasi.sales.quote_documents import try_template

        if problem := try_template(self):
            raise ValidationError({"body": problem})

    def saved(self, *, created: bool, fields: set[str], removed: bool = False) -> None:
        if not removed and self.is_usual:
            others = QuoteTemplate._default_manager.filter(language=self.language, is_usual=True)
            others.exclude(pk=self.pk).update(is_usual=False)
        super().saved(created=created, fields=fields, removed=removed)

    @classmethod
    def usual(cls, language: str) -> Any:
        """The usual one of a language; None where the company has none."""
        rows = cls._default_manager.filter(language=language, archived_at__isnull=True)
        return rows.order_by("-is_usual", "id").first()

    @classmethod
    def letterhead(cls, language: str) -> str:
        """The name strangers know us by: the first line of the sender; empty where nobody wrote one."""
        template = cls.usual(language)
        return str(template.sender).partition("\n")[0].strip() if template else ""
