"""A line of a quote: fixed, optional, or one of several alternatives."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from relasi.kit.records.record import RecordQuerySet
from relasi.sales.models.priced_line import PricedLine
from relasi.sales.models.quote import Quote


class QuoteLineQuerySet(RecordQuerySet):
    def update(self, **columns: Any) -> int:
        """Never on a signed quote."""
        _refuse_signed(self)
        return super().update(**columns)

    def delete(self) -> Any:
        _refuse_signed(self)
        return super().delete()


def _refuse_signed(rows: QuoteLineQuerySet) -> None:
    if rows.filter(quote__status=Quote.Status.ACCEPTED).exists():
        raise ValidationError(_("A signed quote cannot be changed."))


class QuoteLine(PricedLine):
    """`is_chosen` counts into the sums: always for a fixed line, as the customer likes for an optional one,
    exactly one of those alternatives that share a `group`.
    """

    class Kind(models.TextChoices):
        FIXED = "fixed", _("Fixed")
        OPTIONAL = "optional", _("Optional")
        ALTERNATIVE = "alternative", _("Alternative")

    quote = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="lines", verbose_name=_("Quote"))
    kind = models.CharField(_("Kind"), max_length=11, choices=Kind.choices, default=Kind.FIXED)
    group = models.CharField(
        _("Choice"),
        max_length=60,
        blank=True,
        help_text=_("Alternatives of one choice have the same word here."),
    )
    is_chosen = models.BooleanField(_("Chosen"), default=False)

    visible_through: ClassVar[tuple[str, ...]] = ("quote",)

    objects = QuoteLineQuerySet.as_manager()  # type: ignore[misc]

    class Meta(PricedLine.Meta):
        verbose_name = _("Line of a quote")
        verbose_name_plural = _("Lines of quotes")
        ordering = ["order_no", "id"]
        abstract = False
        indexes = [models.Index(fields=["quote", "order_no", "id"], name="quote_line_order")]

    @property
    def whole(self) -> Quote:
        return self.quote

    def event_party_id(self) -> int | None:
        return self.quote.party_id

    def prepare(self) -> None:
        super().prepare()
        if self.kind == self.Kind.FIXED:
            self.is_chosen, self.group = True, ""
        elif self.kind == self.Kind.OPTIONAL:
            self.group = ""
        elif not self._rivals().filter(is_chosen=True).exists():
            self.is_chosen = True

    def clean(self) -> None:
        self.quote.refuse_when_fixed()
        super().clean()
        if self.kind == self.Kind.ALTERNATIVE and not self.group:
            raise ValidationError({"group": _("Say which choice it belongs to, such as “Colour”.")})

    def saved(self, *, created: bool, fields: set[str], removed: bool = False) -> None:
        super().saved(created=created, fields=fields, removed=removed)
        if not removed:
            self._settle_group()
            self.quote.follow_lines()

    def remove(self, *, by: Any, verb: str = "deleted", note: str = "", batch: str = "") -> None:
        self.quote.refuse_when_fixed()
        super().remove(by=by, verb=verb, note=note, batch=batch)
        if self.kind == self.Kind.ALTERNATIVE and self.is_chosen and (other := self._rivals().first()):
            type(self)._default_manager.filter(pk=other.pk).update(is_chosen=True)
        self.quote.follow_lines()

    def save(self, **options: Any) -> None:
        _refuse_signed(type(self)._default_manager.filter(pk=self.pk or 0))
        super().save(**options)

    def delete(self, *args: Any, **options: Any) -> Any:
        _refuse_signed(type(self)._default_manager.filter(pk=self.pk))
        return super().delete(*args, **options)

    def _settle_group(self) -> None:
        """Of the alternatives of one choice, one is chosen."""
        if self.kind == self.Kind.ALTERNATIVE and self.is_chosen:
            self._rivals().filter(is_chosen=True).update(is_chosen=False)

    def _rivals(self) -> Any:
        rows = type(self)._default_manager.filter(quote=self.quote_id, kind=self.Kind.ALTERNATIVE)
        return rows.filter(group=self.group).exclude(pk=self.pk)
