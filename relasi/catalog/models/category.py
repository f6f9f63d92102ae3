"""Categories are a tree; a rule or a filter on one holds for those below it."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from relasi.kit.records.record import Record, RecordQuerySet
from relasi.kit.records.traits import Nested


class CategoryQuerySet(RecordQuerySet):
    def within(self, category: Category) -> Self:
        """The category and those below it."""
        return self.filter(path__startswith=category.path)


class Category(Nested, Record):
    name = models.CharField(_("Name"), max_length=80)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("Part of"),
    )
    description = models.TextField(_("Description"), blank=True)
    path = models.CharField(max_length=255, editable=False)

    unlogged_fields = ("path",)
    said_of_a_ring = _("A category cannot be part of itself.")

    objects = CategoryQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("Category")
        verbose_name_plural = _("Categories")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["parent", "name"],
                name="category_once",
                violation_error_message=_("There is a category of this name already."),
            )
        ]
        indexes = [
            models.Index(fields=["path"], name="category_path"),
            models.Index(fields=["name"], name="category_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def line(self) -> list[int]:
        """The numbers of the categories above it and its own, the root first."""
        return [int(part) for part in self.path.strip("/").split("/") if part]
