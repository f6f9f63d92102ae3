"""A rehearsal: who would have got the leads of a past period by other rules, against who got them.

It reads and reckons; nothing is written. Loads begin at nothing and grow with what the rehearsal gives, so
both sides are weighed on the same leads; turns and shifts are those of the moment each lead came.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from relasi.sales.assignment import Choice, Desk
from relasi.sales.explaining import told
from relasi.sales.models import AssignmentRule, Lead, LeadAssignment

MOST = 5000


@dataclass(frozen=True, kw_only=True)
class Line:
    """One lead: who got it, who would get it, and why."""

    lead: Lead
    then: Any
    now: Any
    why: tuple[str, ...]

    @property
    def differs(self) -> bool:
        return getattr(self.then, "pk", None) != getattr(self.now, "pk", None)


@dataclass(frozen=True, kw_only=True)
class Rehearsal:
    """`totals`: (colleague or None, leads then, leads now), most first. `is_cut`: there were more leads."""

    lines: tuple[Line, ...]
    totals: tuple[tuple[Any, int, int], ...]
    by_rule: tuple[tuple[AssignmentRule, int], ...]
    is_cut: bool

    @property
    def differing(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.differs)


def rehearse(*, rules: Iterable[AssignmentRule], leads: QuerySet[Lead]) -> Rehearsal:
    """Give the leads once more, in the order they came, by these rules; at most 5,000."""
    rows = list(leads.select_related("party", "territory", "owner").order_by("received_at", "id")[: MOST + 1])
    is_cut, rows = len(rows) > MOST, rows[:MOST]
    desk = Desk.empty(rules)
    desk.read([lead.pk for lead in rows])
    first = _first_owners([lead.pk for lead in rows])
    lines, given = [], Counter[int]()
    for lead in rows:
        choice = desk.choose(lead, lead.received_at)
        desk.given(choice, lead.received_at)
        if choice.rule:
            given[choice.rule.pk] += 1
        lines.append(_line(lead, first.get(lead.pk, lead.owner), choice))
    by_rule = tuple((rule, given[rule.pk]) for rule in desk.rules)
    return Rehearsal(lines=tuple(lines), totals=_totals(lines), by_rule=by_rule, is_cut=is_cut)


def _line(lead: Lead, then: Any, choice: Choice) -> Line:
    return Line(lead=lead, then=then, now=choice.owner, why=tuple(told(choice.reasons)))


def _first_owners(lead_ids: list[int]) -> dict[int, Any]:
    """Who had each lead first: what rules or people did then, whatever happened since."""
    found: dict[int, Any] = {}
    for start in range(0, len(lead_ids), 500):
        rows = LeadAssignment.objects.filter(lead__in=lead_ids[start : start + 500], user__isnull=False)
        for row in rows.select_related("user").order_by("at", "id"):
            found.setdefault(row.lead_id, row.user)
    return found


def _totals(lines: list[Line]) -> tuple[tuple[Any, int, int], ...]:
    then, now, who = Counter[int](), Counter[int](), {}
    for line in lines:
        for side, counted in ((line.then, then), (line.now, now)):
            key = getattr(side, "pk", 0)
            counted[key] += 1
            who[key] = side
    keys = sorted(who, key=lambda key: (-(then[key] + now[key]), key))
    return tuple((who[key], then[key], now[key]) for key in keys)


def span(start: datetime, end: datetime) -> dict[str, datetime]:
    """The filter of leads that came between two moments."""
    return {"received_at__gte": start, "received_at__lt": end}
