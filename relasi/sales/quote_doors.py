"""What strangers may reach by a link: one quote or one order, and how often."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from relasi.kit.access.strangers import has_had_its_share
from relasi.sales.models import Order, Quote, QuoteRemark
from relasi.sales.public import SALT, frame_policy
from relasi.sales.quote_links import hash_of

WINDOW = 600  # seconds
MISSES, ACTS, VIEWS = 30, 30, 300  # of one address in the window
LONGEST = 64
POLICY = frame_policy(None)


def find_quote(token: str) -> Quote | None:
    """The quote with this link, of those that were sent."""
    rows = Quote.objects.select_related("party", "owner", "template")
    found: Quote | None = rows.filter(link_hash=hash_of(token[:LONGEST]), archived_at__isnull=True).first()
    return found


def find_order(token: str) -> Order | None:
    rows = Order.objects.select_related("party", "owner")
    found: Order | None = rows.filter(link_hash=hash_of(token[:LONGEST]), archived_at__isnull=True).first()
    return found


def is_too_much(request: HttpRequest, what: str, most: int) -> bool:
    """Counts one more, and says whether this address has had its share."""
    return has_had_its_share(request, what, most, salt=SALT, seconds=WINDOW)


def say(quote: Quote, *, name: str, text: str) -> QuoteRemark:
    """A remark of the customer."""
    made: QuoteRemark = QuoteRemark.create(
        by=None, note=text[:300], quote=quote, name=name or str(quote.party)[:120], text=text
    )
    return made


def next_version(quote: Quote) -> Quote | None:
    """The version that replaces it, when it has been sent."""
    found: Quote | None = Quote.objects.filter(revises=quote.pk, link_hash__isnull=False).first()
    return found


def order_of(quote: Quote) -> Any:
    return Order.objects.filter(quote=quote.pk).first()
