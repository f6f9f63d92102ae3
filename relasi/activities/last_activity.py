"""Keeps `Party.last_activity_at`: when something was last done with a customer. No event of its own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Max, OuterRef, Q, Subquery

from relasi.parties.models import Party

if TYPE_CHECKING:
    from relasi.activities.models import Activity


def keep_last_activity(activity: Activity, *, created: bool, removed: bool) -> None:
    """After one activity was written: later is raised, what is gone is looked up again."""
    if not activity.party_id:
        return
    if activity.done_at and not removed:
        raise_last_activity([activity.party_id], activity.done_at)
    elif not created:
        _look_up_again(activity, removed=removed)


def raise_last_activity(party_ids: Iterable[int], moment: datetime) -> None:
    """Make `moment` the last activity of these parties where none was later."""
    earlier = Q(last_activity_at__isnull=True) | Q(last_activity_at__lt=moment)
    Party._default_manager.filter(earlier, pk__in=list(party_ids)).update(last_activity_at=moment)


def count_last_activity(party_ids: Iterable[int] | None = None) -> int:
    """After many activities were loaded at once: one statement for these parties, or for all of them."""
    from relasi.activities.models import Activity

    latest = Activity._default_manager.filter(party=OuterRef("pk"), done_at__isnull=False).order_by()
    newest = latest.values("party").annotate(newest=Max("done_at")).values("newest")
    parties = (
        Party._default_manager.all()
        if party_ids is None
        else Party._default_manager.filter(pk__in=list(party_ids))
    )
    return int(parties.update(last_activity_at=Subquery(newest)))


def _look_up_again(activity: Activity, *, removed: bool) -> None:
    """One that was reopened or deleted may have been the last."""
    rows = type(activity)._default_manager.filter(party=activity.party_id, done_at__isnull=False)
    if removed:
        if not activity.done_at:
            return
        rows = rows.exclude(pk=activity.pk)
        last = Party._default_manager.filter(pk=activity.party_id or 0, last_activity_at=activity.done_at)
    else:
        last = Party._default_manager.filter(pk=activity.party_id or 0)
    last.update(last_activity_at=rows.aggregate(newest=Max("done_at"))["newest"])
