"""Teams are a tree: who leads a team sees what the teams below it own."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from relasi.kit.records.record import Record
from relasi.kit.records.traits import Nested


class Team(Nested, Record):
    name = models.CharField(_("Name"), max_length=80, unique=True)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("Part of"),
    )
    path = models.CharField(max_length=255, editable=False, db_index=True)

    unlogged_fields = ("path",)
    said_of_a_ring = _("A team cannot be part of itself.")

    class Meta:
        verbose_name = _("Team")
        verbose_name_plural = _("Teams")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
