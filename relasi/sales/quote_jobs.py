"""What quotes and orders do later: expire; try again to reserve what was missing."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from relasi.kit.jobs import every, job, progress, should_stop
from relasi.sales.actions.expire_quotes import expire_quotes
from relasi.sales.actions.reserve_waiting import reserve_waiting


@every(daily_at="00:10")
@job(tries=3, lease=timedelta(minutes=10))
def expire_every_night() -> None:
    """Sent quotes whose last day has passed."""
    expire_quotes(on=timezone.localdate(), on_chunk=_report)


@every(minutes=30)
@job(tries=3, lease=timedelta(minutes=10))
def reserve_what_came() -> None:
    """Orders that wait, the oldest first."""
    reserve_waiting(on_chunk=_report)


def _report(done: int) -> bool:
    progress(done)
    return should_stop()
