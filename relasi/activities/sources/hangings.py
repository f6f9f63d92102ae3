"""Comments and files of customers on the timeline."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from relasi.activities.rich import clean_html
from relasi.activities.timeline import Asked, Item, Source, register_source
from relasi.kit.records.models import Attachment, Comment
from relasi.kit.ui.formats import filesize


def comments(asked: Asked) -> list[Item]:
    return [
        _comment(row)
        for row in asked.newest(_on_parties(Comment, asked).select_related("author"), at="created_at")
    ]


def files(asked: Asked) -> list[Item]:
    return [
        _file(row)
        for row in asked.newest(_on_parties(Attachment, asked).select_related("uploader"), at="created_at")
    ]


def _on_parties(model: Any, asked: Asked) -> QuerySet[Any]:
    """What hangs on the customers themselves; who sees a customer sees what hangs on it."""
    rows: QuerySet[Any] = model._default_manager.filter(noun="party", record_id__in=asked.party_ids)
    return rows


def _comment(comment: Comment) -> Item:
    return Item(
        at=comment.created_at,
        id=comment.pk,
        kind="comment",
        icon="message",
        title=str(comment.author),
        body=clean_html(comment.body),
        tone="amber",
        party_id=comment.record_id,
    )


def _file(attachment: Attachment) -> Item:
    return Item(
        at=attachment.created_at,
        id=attachment.pk,
        kind="file",
        icon="paperclip",
        title=attachment.name,
        detail=filesize(attachment.size),
        actor=str(attachment.uploader) if attachment.uploader_id else "",
        party_id=attachment.record_id,
    )


register_source(
    Source(name="comments", kinds={"comment": (_("Comments"), "message")}, fetch=comments, order=20)
)
register_source(Source(name="files", kinds={"file": (_("Files"), "paperclip")}, fetch=files, order=30))
