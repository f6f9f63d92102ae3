"""What a noun can be besides a row: owned, archivable, customisable, tagged, noted, attached."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Owned(models.Model):
    """Somebody looks after it; "own" and "team" rights are read from here."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Owner"),
    )

    class Meta:
        abstract = True


class Archivable(models.Model):
    """Put away without being deleted."""

    archived_at = models.DateTimeField(_("Archived"), null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None

    def archive(self, *, by: Any, batch: str = "") -> None:
        if not self.archived_at:
            self.change(by=by, verb="archived", batch=batch, archived_at=timezone.now())  # type: ignore[attr-defined]

    def unarchive(self, *, by: Any, batch: str = "") -> None:
        if self.archived_at:
            self.change(by=by, verb="unarchived", batch=batch, archived_at=None)  # type: ignore[attr-defined]


class Customisable(models.Model):
    """Carries the company's own fields: `custom` maps the key of a CustomField to its plain JSON value."""

    custom = models.JSONField(_("Own fields"), default=dict, blank=True)

    class Meta:
        abstract = True


class Tagged(models.Model):
    """Carries tags (Tag, Tagging in this app)."""

    is_tagged = True

    class Meta:
        abstract = True


class Noted(models.Model):
    """People comment on it (Comment in this app)."""

    is_noted = True

    class Meta:
        abstract = True


class Attached(models.Model):
    """Files hang on it (Attachment in this app)."""

    is_attached = True

    class Meta:
        abstract = True


class Nested(models.Model):
    """A tree: the noun has a `parent` of its own kind (related name `children`) and a text `path`.

    `path` is `/1/4/`, the numbers from the root, so that a subtree is one prefix.
    """

    said_of_a_ring: ClassVar[Any]
    """The sentence for a record that would be part of itself."""

    class Meta:
        abstract = True

    def clean(self) -> None:
        above: Any = self.parent  # type: ignore[attr-defined]
        while above:
            if above.pk == self.pk:
                raise ValidationError({"parent": self.said_of_a_ring})
            above = above.parent

    def saved(self, *, created: bool, fields: set[str], removed: bool = False) -> None:
        if not removed:
            self._write_path()
        super().saved(created=created, fields=fields, removed=removed)  # type: ignore[misc]

    def _write_path(self) -> None:
        above: Any = self.parent  # type: ignore[attr-defined]
        path = f"{above.path if above else '/'}{self.pk}/"
        if path == self.path:  # type: ignore[has-type]
            return
        rows: Any = type(self)._default_manager
        rows.filter(pk=self.pk).update(path=path)
        self.path = path
        for child in self.children.all():  # type: ignore[attr-defined]
            child._write_path()
