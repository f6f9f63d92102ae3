"""What parties do later: climb the ladder each night, look for duplicates."""

from __future__ import annotations

from datetime import timedelta

from relasi.kit.jobs import every, job, progress, should_stop
from relasi.parties.actions.climb_ladder import climb_ladder
from relasi.parties.actions.find_duplicates import find_duplicates


@every(daily_at="02:15")
@job(tries=3, lease=timedelta(minutes=10))
def climb_every_night() -> None:
    """All parties, by the rules in use."""
    climb_ladder(on_chunk=_report)


@job(tries=3)
def climb(*, party_ids: list[int]) -> None:
    """These parties, after something happened to them."""
    climb_ladder(party_ids=party_ids)


@every(daily_at="02:45")
@job(tries=2, lease=timedelta(minutes=30), timeout=timedelta(hours=3))
def look_for_duplicates() -> None:
    """Pairs of all kinds, into the review queue."""
    find_duplicates(on_progress=progress)


def _report(moved: int) -> bool:
    progress(moved)
    return should_stop()
