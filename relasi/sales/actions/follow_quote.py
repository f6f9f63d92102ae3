"""A deal is worth what was offered for it."""

from __future__ import annotations

from typing import Any

from relasi.sales.models import Deal, Quote


def follow_quote(*, deal: Deal, quote: Quote, by: Any) -> bool:
    """The open deal takes the amount of the quote, without tax; False when nothing differs.

    A deal with products of its own keeps their sum.
    """
    if not deal.is_open or deal.lines.exists():
        return False
    return deal.change(by=by, amount=quote.net, currency=quote.currency)
