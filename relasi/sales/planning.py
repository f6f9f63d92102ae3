"""What activities say of deals: the next one ahead, the last one done, and from when a deal rots.

An activity counts for the deal it is about; one with the customer that is about nothing else counts for all
of the customer's open deals.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.db.models.functions import Coalesce

from relasi.activities.models import Activity, Kind
from relasi.sales.models.deal import Deal

CHUNK = 500


@dataclass
class Plans:
    """The soonest plan and the latest thing done."""

    following: datetime | None = None
    done: datetime | None = None

    def plan(self, moment: datetime) -> None:
        self.following = min(moment, self.following or moment)

    def finish(self, moment: datetime) -> None:
        self.done = max(moment, self.done or moment)


def follow_activities(deal_ids: Iterable[int]) -> int:
    """Set next and last activity and rotting of these deals; how many differed. Safe to run again."""
    ids, changed = list(deal_ids), 0
    for start in range(0, len(ids), CHUNK):
        rows = Deal._default_manager.filter(pk__in=ids[start : start + CHUNK]).select_related("stage")
        changed += _follow(list(rows))
    return changed


def deals_touched_by(activity: Activity, *, party_ids: Iterable[int] = ()) -> list[int]:
    """Open deals whose plans an activity may have changed."""
    parties = {*party_ids, *([activity.party_id] if activity.party_id else [])}
    about = activity.about_id if activity.about_noun == "deal" else 0
    rows = Deal._default_manager.open().filter(Q(party__in=parties) | Q(pk=about))
    return list(rows.values_list("pk", flat=True)[:CHUNK])


def _follow(deals: list[Deal]) -> int:
    plans = _plans_of(deals)
    differing = []
    for deal in deals:
        before = (deal.next_activity_at, deal.last_activity_at, deal.rots_at)
        deal.next_activity_at, deal.last_activity_at = plans[deal.pk].following, plans[deal.pk].done
        deal.rots_at = deal.rots_from(deal.stage) if deal.stage else None
        if before != (deal.next_activity_at, deal.last_activity_at, deal.rots_at):
            differing.append(deal)
    Deal._default_manager.bulk_update(differing, ["next_activity_at", "last_activity_at", "rots_at"])
    return len(differing)


def _plans_of(deals: list[Deal]) -> dict[int, Plans]:
    """One query for all activities of the customers and the deals."""
    plans = {deal.pk: Plans() for deal in deals}
    of_party: dict[int, list[Deal]] = {}
    for deal in deals:
        of_party.setdefault(deal.party_id, []).append(deal)
    for party_id, noun, about, planned, done in _activities(deals):
        meant = [plans[about]] if noun == "deal" and about in plans else []
        if not noun:
            meant = [plans[deal.pk] for deal in of_party.get(party_id, [])]
        for plan in meant:
            _count(plan, planned, done)
    return plans


def _count(plan: Plans, planned: datetime | None, done: datetime | None) -> None:
    if done:
        plan.finish(done)
    elif planned:
        plan.plan(planned)


def _activities(deals: list[Deal]) -> list[tuple[int, str, int, datetime | None, datetime | None]]:
    wanted = Q(party__in={deal.party_id for deal in deals}, about_noun="")
    wanted |= Q(about_noun="deal", about_id__in=[deal.pk for deal in deals])
    rows = Activity._default_manager.filter(wanted, archived_at__isnull=True).exclude(kind=Kind.NOTE)
    rows = rows.annotate(planned=Coalesce("due_at", "starts_at")).order_by()
    return list(rows.values_list("party_id", "about_noun", "about_id", "planned", "done_at"))
