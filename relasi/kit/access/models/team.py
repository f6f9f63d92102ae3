"""Teams are a tree: who leads a team sees what the teams below it own."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from relasi.kit.records.record import Record


class Team(Record):
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

    class Meta:
        verbose_name = _("Team")
        verbose_name_plural = _("Teams")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        above = self.parent
        while above:
            if above.pk == self.pk:
                raise ValidationError({"parent": _("A team cannot be part of itself.")})
            above = above.parent

    def saved(self, *, created: bool, fields: set[str], removed: bool = False) -> None:
        if not removed:
            self._write_path()
        super().saved(created=created, fields=fields, removed=removed)

    def _write_path(self) -> None:
        """`/1/4/`: the ids from the root, so that a subtree is one prefix."""
        path = f"{self.parent.path if self.parent else '/'}{self.pk}/"
        if path == self.path:
            return
        Team._default_manager.filter(pk=self.pk).update(path=path)
        self.path = path
        for child in self.children.all():
            child._write_path()
