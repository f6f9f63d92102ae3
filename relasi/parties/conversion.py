"""How parties moved between the rungs in a period, as one reader may see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone

from relasi.lib.periods import Period
from relasi.parties.ladder import HEIGHT, Rung
from relasi.parties.models import Party, RungMove

UP, DOWN, IN = "up", "down", "in"


@dataclass(frozen=True)
class RungCount:
    """One rung: parties there now, those that stood there at some time of the period, and how many of these
    left it.

    `up` and `down` count parties, not steps; `came` those that arrived in the period.
    """

    rung: str
    label: Any
    now: int
    base: int
    up: int
    down: int
    came: int

    @property
    def up_rate(self) -> float | None:
        """Share of those on the rung that climbed, 0 to 1."""
        return self.up / self.base if self.base else None

    @property
    def down_rate(self) -> float | None:
        return self.down / self.base if self.base else None


def conversion(period: Period, *, reader: Any, kind: str = "") -> list[RungCount]:
    """Every rung, highest first. Three queries."""
    now = dict(parties(reader, kind).order_by().values_list("rung").annotate(n=Count("pk")))
    left = _moves_by_rung(period, reader, kind, "before")
    came = _moves_by_rung(period, reader, kind, "after")
    counts = []
    for rung, label in reversed(Rung.choices):
        up, down = left.get((rung, UP), 0), left.get((rung, DOWN), 0)
        arrived = sum(came.get((rung, side), 0) for side in (UP, DOWN))
        counts.append(
            RungCount(rung, label, now.get(rung, 0), now.get(rung, 0) + up + down, up, down, arrived)
        )
    return counts


def moves(period: Period, *, reader: Any, kind: str = "") -> QuerySet[RungMove]:
    """The steps of the period of those the reader may see, newest first."""
    start, end = edges(period)
    rows = RungMove.objects.filter(at__gte=start, at__lt=end).exclude(before="")
    if kind:
        rows = rows.filter(party__kind=kind)
    seen = parties(reader, "")
    return rows.filter(party__in=seen.values("pk")) if seen.query.where else rows


def moved(period: Period, *, reader: Any, rung: str, side: str, kind: str = "") -> QuerySet[RungMove]:
    """Steps up or down from a rung, or (`in`) those that arrived at it: the people behind a figure."""
    rows = moves(period, reader=reader, kind=kind)
    if side == IN:
        return rows.filter(after=rung)
    others = [
        other for other, height in HEIGHT.items() if (height > HEIGHT[rung]) == (side == UP) and other != rung
    ]
    return rows.filter(before=rung, after__in=others)


def parties(reader: Any, kind: str) -> QuerySet[Party]:
    rows = Party.objects.visible_to(reader)
    return rows.filter(kind=kind) if kind else rows


def _moves_by_rung(period: Period, reader: Any, kind: str, side: str) -> dict[tuple[str, str], int]:
    """(rung, up or down) → parties that made such a step."""
    counts: dict[tuple[str, str], int] = {}
    grouped = moves(period, reader=reader, kind=kind).order_by().values_list("before", "after")
    for before, after, number in grouped.annotate(n=Count("party", distinct=True)):
        rung = before if side == "before" else after
        key = (rung, UP if HEIGHT[after] > HEIGHT[before] else DOWN)
        counts[key] = counts.get(key, 0) + number
    return counts


def edges(period: Period) -> tuple[datetime, datetime]:
    zone = timezone.get_current_timezone()
    return tuple(datetime.combine(day, time(), zone) for day in (period.start, period.end))  # type: ignore[return-value]


def last_day(period: Period) -> date:
    return period.end - timedelta(days=1)
