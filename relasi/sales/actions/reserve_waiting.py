"""Orders that wait for stock try again, the oldest first."""

from __future__ import annotations

from collections.abc import Callable

from relasi.sales.actions.reserve_order import reserve_order
from relasi.sales.models import Order


def reserve_waiting(*, on_chunk: Callable[[int], bool] = lambda done: False) -> int:
    """How many have everything now. Safe to run again."""
    kept = 0
    ids = list(
        Order._default_manager.waiting().order_by("ordered_at", "id").values_list("pk", flat=True)[:1000]
    )
    for done, pk in enumerate(ids, start=1):
        order = Order._default_manager.get(pk=pk)
        kept += reserve_order(order=order, by=None)
        if on_chunk(done):
            break
    return kept
