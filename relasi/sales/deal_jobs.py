"""What deals do later: follow the day's rates, their stages and what was planned."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from relasi.kit.jobs import every, job, progress, should_stop
from relasi.sales.actions.follow_up_deals import follow_all_deals, follow_deals_of_stage
from relasi.sales.actions.take_snapshot import take_snapshot


@every(daily_at="00:20")
@job(tries=3, lease=timedelta(minutes=10))
def follow_every_night() -> None:
    """Values by the new day's rates, and plans that were loaded in bulk."""
    follow_all_deals(on_chunk=_report)


@every(daily_at="00:05")
@job(tries=5, lease=timedelta(minutes=10))
def snapshot_every_night() -> None:
    """How the pipeline stands this morning."""
    take_snapshot(on=timezone.localdate(), on_chunk=_report)


@job(tries=3)
def follow_stage(*, stage_id: int) -> None:
    """After a stage has changed: probability, category and rotting of the deals in it."""
    follow_deals_of_stage(stage_id=stage_id)


def _report(done: int) -> bool:
    progress(done)
    return should_stop()
