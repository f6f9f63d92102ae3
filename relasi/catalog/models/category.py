"""Categories are a tree; a rule or a filter on one holds for those below it."""

from __future__ import annotations

from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from relasi.kit.records.record import Record, RecordQuerySet


class CategoryQuerySet(RecordQuerySet):
    def within(self, category: Category) -> Self:
        """The category and those below it."""
        return self.filter(path__startswith=category.path)


class Category(Record):
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

    def clean(self) -> None:
        above = self.parent
        while above:
            if above.pk == self.pk:
                raise ValidationError({"parent": _("A category cannot be part of itself.")})
            above = above.parent

    def saved(self, *, created: bool, fields: set[str], removed: bool = False) -> None:
        if not removed:
            self._write_path()
        super().saved(created=created, fields=fields, removed=removed)

    def _write_path(self) -> None:
        """`/1/4/`: the numbers from the root, so that a subtree is one prefix."""
        path = f"{self.parent.path if self.parent else '/'}{self.pk}/"
        if path == self.path:
            return
        Category._default_manager.filter(pk=self.pk).update(path=path)
        self.path = path
        for child in self.children.all():
            child._write_path()
