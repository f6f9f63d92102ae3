"""What the installation itself does by the clock."""

from __future__ import annotations

from relasi.kit.jobs import every
from relasi.site import statistics


@every(hours=6)
def refresh_statistics() -> None:
    """Tables grow: the planner should know."""
    statistics.refresh()
