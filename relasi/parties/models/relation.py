"""How parties belong together: typed, read both ways."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import connection, models
from django.db.models import Q, Sum
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from relasi.kit.records.record import Record
from relasi.parties.models.party import Party

WHOLE = Decimal(100)


class RelationType(Record):
    """`name` is what the source is to the target ("Parent"), `reverse` what the target is to the source
    ("Child").

    Names of built-in types are kept in English and shown through the catalogue; a type whose names are
    equal is read alike from both sides. `has_share`: the shares given by one source add up to 100 %.
    """

    key = models.SlugField(_("Key"), max_length=30, unique=True)
    name = models.CharField(_("Name"), max_length=60)
    reverse = models.CharField(_("The other way"), max_length=60)
    is_family = models.BooleanField(_("Family"), default=False)
    has_share = models.BooleanField(_("Has a share"), default=False)
    has_role = models.BooleanField(_("Has a role"), default=False)
    is_builtin = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("Kind of relation")
        verbose_name_plural = _("Kinds of relation")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.shown_name

    @property
    def shown_name(self) -> str:
        return gettext(self.name) if self.is_builtin else self.name

    @property
    def shown_reverse(self) -> str:
        return gettext(self.reverse) if self.is_builtin else self.reverse

    @property
    def is_symmetric(self) -> bool:
        return self.name == self.reverse


class Relation(Record):
    """`source` is the `type.name` of `target`: source is the Parent of target; `share` in percent
    (beneficiaries).
    """

    source = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="relations_out")
    target = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="relations_in")
    type = models.ForeignKey(
        RelationType, on_delete=models.PROTECT, related_name="relations", verbose_name=_("Relation")
    )
    role = models.CharField(_("Role"), max_length=80, blank=True)
    share = models.DecimalField(
        _("Share (%)"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.01")), MaxValueValidator(WHOLE)],
    )
    remark = models.CharField(_("Remark"), max_length=200, blank=True)

    visible_through = ("source", "target")

    class Meta:
        verbose_name = _("Relation")
        verbose_name_plural = _("Relations")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "target", "type"],
                name="relation_once",
                violation_error_message=_("These two already have this relation."),
            ),
            models.CheckConstraint(condition=~Q(source=models.F("target")), name="relation_not_to_self"),
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.type} — {self.target}"

    def event_party_id(self) -> int:
        return self.source_id

    def clean(self) -> None:
        if self.source_id == self.target_id:
            raise ValidationError(_("Nobody is related to themselves."))
        if self.share is not None:
            self._check_share()
        if self.type.is_symmetric and self._mirrored().exists():
            raise ValidationError(_("These two already have this relation."))

    def _mirrored(self) -> Any:
        turned = Relation.objects.filter(
            source_id=self.target_id, target_id=self.source_id, type_id=self.type_id
        )
        return turned.exclude(pk=self.pk)

    def _check_share(self) -> None:
        if not self.type.has_share:
            raise ValidationError({"share": _("This kind of relation has no share.")})
        if connection.in_atomic_block:
            Party.objects.select_for_update().values_list("pk").get(pk=self.source_id)
        others = shares_of(self.source_id, self.type_id, without=self.pk)
        if self.share is not None and others + self.share > WHOLE:
            raise ValidationError(
                {
                    "share": _("The shares would exceed 100 %%: %(left)s %% is left.")
                    % {"left": WHOLE - others}
                }
            )


def shares_of(source_id: int, type_id: int, *, without: int | None = None) -> Decimal:
    """What the shares given by one party add up to, in percent."""
    rows = Relation.objects.filter(source_id=source_id, type_id=type_id).exclude(pk=without)
    return rows.aggregate(total=Sum("share"))["total"] or Decimal(0)
