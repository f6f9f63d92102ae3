"""A schedule of two seconds. Only worker processes that are to follow it import this."""

from __future__ import annotations

from relasi.kit.jobs import every


@every(minutes=1 / 30, name="tick")
def tick() -> None:
    pass
