"""What is next with a customer: the panel on the page, the column of lists, and the filters by it."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from relasi.activities.models import Activity, Kind

SHOWN = 6


def panel(party: Any, user: Any) -> dict[str, Any]:
    """Open tasks and planned calls, meetings and visits of one customer, the soonest first. One query."""
    rows = Activity.objects.visible_to(user).open().filter(party=party.pk).exclude(kind=Kind.NOTE)
    rows = rows.annotate(planned=Coalesce("due_at", "starts_at")).select_related("owner")
    found = list(rows.order_by(F("planned").asc(nulls_last=True), "id")[: SHOWN + 1])
    return {
        "party": party,
        "activities": found[:SHOWN],
        "has_more": len(found) > SHOWN,
        "now": timezone.now(),
    }


def load_next(parties: list[Any], user: Any) -> None:
    """Set `next_activity_at` on every party of a page: when its soonest plan is that the reader may see. One
    query."""
    by_id = {party.pk: party for party in parties}
    rows = Activity.objects.visible_to(user).filter(party__in=by_id).open().order_by()
    planned = rows.annotate(planned=Coalesce("due_at", "starts_at")).filter(planned__isnull=False)
    soonest: dict[int, Any] = {}
    for party_id, moment in planned.values_list("party_id", "planned"):
        soonest[party_id] = min(moment, soonest.get(party_id, moment))
    for pk, party in by_id.items():
        party.next_activity_at = soonest.get(pk)


def has_open_task(operator: str, values: list[Any], user: Any) -> Q:
    """Filter of customers by whether a task is open."""
    return _among(_with_party(user).tasks().open(), operator, values)


def has_next_activity(operator: str, values: list[Any], user: Any) -> Q:
    """Filter of customers by whether anything is planned."""
    return _among(_with_party(user).open(), operator, values)


def has_activity_of_mine(operator: str, values: list[Any], user: Any) -> Q:
    """Filter of customers by whether the reader has done something with them."""
    return _among(_with_party(user).filter(owner=user, done_at__isnull=False), operator, values)


def asks_yes(operator: str, values: list[Any]) -> bool:
    """Whether a yes-or-no filter asks for yes."""
    said = str(values[0]).strip().lower() in {"yes", "true", "1", "ya", "y"} if values else True
    return said != (operator in {"!=", "!~", "not in"})


def _with_party(user: Any) -> Any:
    """Activities with a customer. Whoever may see activities at all sees those of every customer in reach."""
    rows = Activity._default_manager.filter(party__isnull=False)
    return rows if user.rights.scope("activity", "view") else rows.none()


def _among(rows: Any, operator: str, values: list[Any]) -> Q:
    inside = Q(pk__in=rows.values("party_id"))
    return inside if asks_yes(operator, values) else ~inside
