"""The work queue: which lead a colleague answers next."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Case, F, IntegerField, QuerySet, When
from django.utils import timezone

from relasi.kit.access.rights import may
from relasi.sales.models import Lead

CAP = 100


def mine(user: Any, now: datetime) -> QuerySet[Lead]:
    """One's own leads to be worked now: unanswered ones by their clock, then the others by score."""
    rows: QuerySet[Lead] = Lead.objects.visible_to(user).filter(owner=user).to_work(now)
    return rows.order_by(
        Case(When(first_response_at=None, then=0), default=1, output_field=IntegerField()),
        F("response_due_at").asc(nulls_last=True),
        "-score",
        "id",
    )


def waiting(user: Any) -> QuerySet[Lead]:
    """Leads of nobody that the reader sees and may take."""
    if not may(user, "take", Lead):
        return Lead.objects.none()
    rows: QuerySet[Lead] = Lead.objects.visible_to(user).open().filter(owner=None)
    return rows.order_by(F("response_due_at").asc(nulls_last=True), "-score", "id")


def waiting_count(user: Any) -> int | None:
    """How many of one's own are unanswered; None for none. One query."""
    if not user.is_authenticated or not user.rights.scope("lead", "view"):
        return None
    rows = Lead.objects.visible_to(user).filter(owner=user).unanswered().to_work(timezone.now())
    return len(rows.order_by().values_list("pk")[:CAP]) or None
