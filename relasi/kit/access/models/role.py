"""Roles: which nouns and verbs, over whose records, and which fields."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from relasi.kit.records.record import Record


class Scope(models.TextChoices):
    OWN = "own", _("Own")
    TEAM = "team", _("Team and below")
    ALL = "all", _("All")


class Level(models.TextChoices):
    """What a reader may do with a field. Masked shows the last characters only."""

    HIDDEN = "hidden", _("Hidden")
    MASKED = "masked", _("Masked")
    READ = "read", _("Read")
    WRITE = "write", _("Write")


class Role(Record):
    name = models.CharField(_("Name"), max_length=80, unique=True)
    description = models.CharField(_("Description"), max_length=200, blank=True)
    requires_second_factor = models.BooleanField(_("Requires a second factor"), default=False)

    class Meta:
        verbose_name = _("Role")
        verbose_name_plural = _("Roles")
        ordering = ["name"]

    def __str__(self) -> str:
        """The name; those of the roles that every installation starts with in the reader's language."""
        return pgettext("role", self.name) if self.name else ""

    @property
    def shown_description(self) -> str:
        return pgettext("role", self.description) if self.description else ""


class Grant(models.Model):
    """`noun` and `verb` may be `*`. The widest scope over all roles of a user counts."""

    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="grants")
    noun = models.CharField(max_length=40)
    verb = models.CharField(max_length=40)
    scope = models.CharField(max_length=4, choices=Scope.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["role", "noun", "verb"], name="grant_once")]

    def __str__(self) -> str:
        return f"{self.role}: {self.verb} {self.noun} ({self.scope})"


class FieldRule(models.Model):
    """Restricts (or, for guarded fields, opens) one field.

    Without a rule: guarded fields are masked, others writable.
    """

    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="field_rules")
    noun = models.CharField(max_length=40)
    field = models.CharField(max_length=60)
    level = models.CharField(max_length=6, choices=Level.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["role", "noun", "field"], name="field_rule_once")]

    def __str__(self) -> str:
        return f"{self.role}: {self.noun}.{self.field} {self.level}"


class Share(Record):
    """One record opened to one person, to read or also to change."""

    noun = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="shares")
    may_change = models.BooleanField(_("May change"), default=False)
    shared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("Shared record")
        verbose_name_plural = _("Shared records")
        constraints = [models.UniqueConstraint(fields=["user", "noun", "record_id"], name="share_once")]
        indexes = [models.Index(fields=["noun", "record_id"], name="share_record")]

    def __str__(self) -> str:
        return f"{self.noun} {self.record_id} → {self.user}"
