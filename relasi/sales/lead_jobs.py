"""What happens to leads later: weighed anew, given up ones brought back, warned of clocks that run out."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from relasi.activities.models import Notification, notify
from relasi.kit.jobs import every, job, progress, should_stop
from relasi.sales.models import Lead
from relasi.sales.scoring import score

CHUNK = 500
WARNED = timedelta(minutes=15)


@every(daily_at="02:30")
@job(tries=3, lease=timedelta(minutes=10))
def score_open_leads() -> None:
    """All open leads, by the rules in use."""
    last, done = 0, 0
    while leads := list(Lead.objects.open().filter(pk__gt=last).order_by("pk")[:CHUNK]):
        score(leads)
        last, done = leads[-1].pk, done + len(leads)
        progress(done)
        if should_stop():
            return


@every(daily_at="06:30")
@job(tries=3)
def recycle_leads() -> None:
    """Those that were given up until a day that has come."""
    for lead in Lead.objects.to_recycle(timezone.localdate()).order_by("pk")[:CHUNK]:
        lead.recycle(by=None)


@every(minutes=5, name="warn-of-lead-clocks")
def warn_of_clocks() -> int:
    """Tell owners, once for each lead, that the time to answer is nearly over. Returns of how many."""
    now = timezone.now()
    waiting = Lead.objects.unanswered().exclude(owner=None)
    near = list(waiting.filter(response_due_at__gt=now, response_due_at__lte=now + WARNED)[:CHUNK])
    for lead in near:
        notify(
            users=[lead.owner_id],
            kind=Notification.Kind.REMINDER,
            key=f"lead-clock:{lead.pk}:{lead.response_due_at:%Y%m%dT%H%M}",
            text=str(lead),
            url=f"/leads/{lead.pk}/",
            at=now,
        )
    return len(near)
