"""What an empty Today tells: what went well this week, and what is next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F
from django.db.models.functions import Coalesce

from relasi.activities.models import Activity, Kind
from relasi.activities.today import day_of
from relasi.activities.visibility import load_parties
from relasi.parties.ladder import HEIGHT
from relasi.parties.models import RungMove


@dataclass(frozen=True)
class Week:
    """`done`: (kind, label, number) since Monday; `up`: customers who stepped up; `next`: the next plan."""

    done: list[tuple[str, Any, int]]
    up: int
    next: Activity | None


def week_of(user: Any, now: datetime) -> Week:
    """Four queries."""
    start, tonight = day_of(now)
    monday = start - timedelta(days=start.weekday())
    return Week(_done(user, monday), _stepped_up(user, monday), _next(user, tonight))


def _done(user: Any, since: datetime) -> list[tuple[str, Any, int]]:
    rows = Activity.objects.visible_to(user).filter(
        owner=user, done_at__gte=since, done_at__lte=since + timedelta(days=7)
    )
    counts = dict(rows.order_by().values_list("kind").annotate(n=Count("pk")))
    return [(kind, label, counts[kind]) for kind, label in Kind.choices if counts.get(kind)]


def _stepped_up(user: Any, since: datetime) -> int:
    moves = RungMove.objects.filter(at__gte=since, party__owner=user).values_list("before", "after")
    return sum(HEIGHT.get(after, 0) > HEIGHT.get(before, -1) for before, after in moves[:1000] if before)


def _next(user: Any, tonight: datetime) -> Activity | None:
    rows = Activity.objects.visible_to(user).filter(owner=user).open()
    rows = rows.annotate(planned=Coalesce("due_at", "starts_at")).filter(planned__gte=tonight)
    found: Activity | None = rows.order_by(F("planned").asc(), "id").first()
    if found:
        load_parties([found], user)
    return found
