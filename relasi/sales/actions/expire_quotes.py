"""Sent quotes whose last day has passed expire."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from relasi.sales.models import Quote


def expire_quotes(*, on: date, on_chunk: Callable[[int], bool] = lambda done: False) -> int:
    """How many. Safe to run again."""
    ids = list(Quote._default_manager.expired(on).order_by("id").values_list("pk", flat=True))
    for done, quote in enumerate(Quote._default_manager.filter(pk__in=ids).iterator(), start=1):
        quote.expire()
        if done % 50 == 0 and on_chunk(done):
            break
    return len(ids)
