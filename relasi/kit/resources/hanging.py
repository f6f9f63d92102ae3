"""How much hangs on a record: comments and files, counted in the query that fetches it."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from relasi.kit.events.models import noun_of
from relasi.kit.records.models import Attachment, Comment


def counted(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The rows with `comment_count` and `attachment_count`, 0 for what carries neither."""
    model = rows.model
    known: QuerySet[Any] = rows.annotate(
        comment_count=_number(Comment, model) if getattr(model, "is_noted", False) else Value(0),
        attachment_count=_number(Attachment, model) if getattr(model, "is_attached", False) else Value(0),
    )
    return known


def _number(hanging: Any, model: Any) -> Coalesce:
    rows = hanging._default_manager.filter(noun=noun_of(model), record_id=OuterRef("pk")).order_by()
    one = rows.values("noun").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(one, output_field=IntegerField()), 0)
