"""Days on which nobody is expected to work. Other apps add theirs with `register`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

Source = Callable[[date, date], Iterable[date]]
_sources: list[Source] = []


def register(source: Source) -> Source:
    """`source(first, last)` answers with the days off from first to last."""
    _sources.append(source)
    return source


def days_off(first: date, last: date) -> frozenset[date]:
    return frozenset(day for source in _sources for day in source(first, last))
