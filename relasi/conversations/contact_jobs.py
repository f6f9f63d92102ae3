"""What keeps the rules of sending up to date."""

from __future__ import annotations

from relasi.conversations import rest_days
from relasi.kit.jobs import every, job


@every(daily_at="03:10")
@job(tries=3)
def lay_rest_days() -> None:
    """A year comes nearer; a decree moves a day that was only reckoned."""
    rest_days.lay()
