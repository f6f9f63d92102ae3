"""What people keep about lists, and what can be undone."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from relasi.kit.records.record import Record, RecordQuerySet
from relasi.kit.resources.exported import ExportFile
from relasi.kit.resources.importing.models import ImportMapping, ImportRow, ImportRun


class SavedViewQuerySet(RecordQuerySet):
    def visible_to(self, user: Any) -> Self:
        """One's own, one's team's, and everybody's."""
        reach = Q(scope=SavedView.Scope.ALL) | Q(owner=user)
        if user.team_id:
            reach |= Q(scope=SavedView.Scope.TEAM, owner__team=user.team_id)
        return self.filter(reach)


class SavedView(Record):
    """A filter, sort, choice of columns and layout kept under a name; a tab over the list."""

    class Scope(models.TextChoices):
        PRIVATE = "private", _("Only me")
        TEAM = "team", _("My team")
        ALL = "all", _("Everybody")

    resource = models.CharField(max_length=40)
    name = models.CharField(_("Name"), max_length=80)
    scope = models.CharField(_("Who sees it"), max_length=8, choices=Scope.choices, default=Scope.PRIVATE)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="saved_views"
    )
    layout = models.CharField(_("Layout"), max_length=10, default="table")
    filter = models.TextField(_("Filter"), blank=True)
    sort = models.JSONField(_("Sort"), default=list, blank=True)
    columns = models.JSONField(_("Columns"), default=list, blank=True)
    group_by = models.CharField(_("Group by"), max_length=60, blank=True)
    order = models.PositiveSmallIntegerField(_("Order"), default=0)

    objects = SavedViewQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("Saved view")
        verbose_name_plural = _("Saved views")
        ordering = ["order", "id"]
        indexes = [models.Index(fields=["resource", "owner"], name="saved_view_of")]

    def __str__(self) -> str:
        return self.name

    def may_be_changed_by(self, user: Any) -> bool:
        return bool(user.is_owner or self.owner_id == user.pk)


class Batch(Record):
    """Many changes made by one act (bulk edit, paste, import): the events carry its `token`, and it can be
    undone.

    `result` holds counts; after an undo also `kept`: the records left alone because they were changed since.
    """

    class Kind(models.TextChoices):
        BULK = "bulk", _("Bulk edit")
        PASTE = "paste", _("Paste")
        EDIT = "edit", _("Edit")
        IMPORT = "import", _("Import")
        MERGE = "merge", _("Merge")

    token = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    resource = models.CharField(max_length=40)
    title = models.CharField(max_length=200, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    result = models.JSONField(default=dict, blank=True)
    undone_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("Batch of changes")
        verbose_name_plural = _("Batches of changes")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.title or self.token

    def is_open_to(self, user: Any) -> bool:
        """Who did it may follow it and take it back, and so may owners of the installation."""
        return bool(user.is_owner or self.owner_id == user.pk)


class Presence(models.Model):
    """Somebody has a record open. No event: a page looked at is no change."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    noun = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    seen_at = models.DateTimeField()
    is_editing = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["noun", "record_id", "user"], name="presence_once")]

    def __str__(self) -> str:
        return f"{self.user} at {self.noun} {self.record_id}"


__all__ = ["Batch", "ExportFile", "ImportMapping", "ImportRow", "ImportRun", "Presence", "SavedView"]
