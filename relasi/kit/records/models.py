"""Tables that hang on any record: tags, comments, attachments, own fields.

`noun` + `record_id` name the record.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from relasi.kit.events.models import noun_of
from relasi.kit.records.record import Record


class OnAnyRecord(models.Model):
    """Hangs on the record that `noun` and `record_id` name."""

    noun = models.CharField(max_length=40)
    record_id = models.BigIntegerField()

    class Meta:
        abstract = True


class Tag(Record):
    name = models.CharField(_("Name"), max_length=60, unique=True)
    colour = models.CharField(_("Colour"), max_length=20, default="grey")

    class Meta:
        verbose_name = _("Tag")
        verbose_name_plural = _("Tags")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Tagging(OnAnyRecord):
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="taggings")

    class Meta:
        verbose_name = _("Tag on a record")
        verbose_name_plural = _("Tags on records")
        constraints = [models.UniqueConstraint(fields=["noun", "record_id", "tag"], name="tag_once")]
        indexes = [models.Index(fields=["tag", "noun", "record_id"], name="tagging_tag")]

    def __str__(self) -> str:
        return f"{self.tag} on {self.noun} {self.record_id}"


class Comment(OnAnyRecord, Record):
    """What a colleague wrote on a record. `body` is sanitised HTML."""

    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    body = models.TextField(_("Comment"))
    mentions: models.ManyToManyField[Any, Any] = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="+", through="records.Mention"
    )

    class Meta:
        verbose_name = _("Comment")
        verbose_name_plural = _("Comments")
        indexes = [models.Index(fields=["noun", "record_id", "-id"], name="comment_record")]

    def __str__(self) -> str:
        return self.body[:60]


class Mention(models.Model):
    comment = models.ForeignKey(Comment, on_delete=models.CASCADE)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mentions")
    created_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["comment", "user"], name="mention_once")]
        indexes = [models.Index(fields=["user", "seen_at", "-id"], name="mention_user")]

    def __str__(self) -> str:
        return f"{self.user} in {self.comment_id}"


class Attachment(OnAnyRecord, Record):
    """A file on a record, kept under its SHA-256 in the storage, served only as a download."""

    name = models.CharField(_("Name"), max_length=255)
    content_type = models.CharField(max_length=120, blank=True)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    path = models.CharField(max_length=255)
    uploader = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("File")
        verbose_name_plural = _("Files")
        indexes = [models.Index(fields=["noun", "record_id", "-id"], name="attachment_record")]

    def __str__(self) -> str:
        return self.name


class CustomField(Record):
    """A field the company added to a noun. Its values live in the record's `custom` under `key`.

    `options` is a list of `{"value", "label", "colour"}` for choices; `link_to` the resource name for links.
    """

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        NUMBER = "number", _("Number")
        MONEY = "money", _("Money")
        DATE = "date", _("Date")
        CHOICE = "choice", _("Choice")
        MULTI = "multi", _("Several choices")
        LINK = "link", _("Link to a record")

    noun = models.CharField(max_length=40)
    key = models.SlugField(_("Key"), max_length=40)
    label = models.CharField(_("Label"), max_length=80)
    kind = models.CharField(_("Kind"), max_length=10, choices=Kind.choices)
    options = models.JSONField(_("Options"), default=list, blank=True)
    link_to = models.CharField(_("Links to"), max_length=40, blank=True)
    is_required = models.BooleanField(_("Required"), default=False)
    is_indexed = models.BooleanField(_("Indexed"), default=False)
    order = models.PositiveSmallIntegerField(_("Order"), default=0)
    is_active = models.BooleanField(_("In use"), default=True)

    class Meta:
        verbose_name = _("Own field")
        verbose_name_plural = _("Own fields")
        ordering = ["order", "id"]
        constraints = [models.UniqueConstraint(fields=["noun", "key"], name="custom_field_once")]

    def __str__(self) -> str:
        return self.label


def about(record: models.Model) -> dict[str, Any]:
    """The two columns that name a record in the tables above."""
    return {"noun": noun_of(record), "record_id": record.pk}
