"""That suggestions were on somebody's screen: what learning from offers starts with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from relasi.sales.models import Offer
from relasi.sales.offer_next import Suggestion

if TYPE_CHECKING:
    from relasi.parties.models import Party


@transaction.atomic
def show_offers(*, party: Party, suggestions: Iterable[Suggestion]) -> None:
    """Keep each once until it is decided, counted once a day. Seen is no event."""
    today, wanted = timezone.localdate(), list(suggestions)
    rows = Offer.objects.shown().filter(party=party.pk, product__in=[one.product.pk for one in wanted])
    known = set(rows.values_list("product_id", flat=True))
    fresh = [_offer(party, one) for one in wanted if one.product.pk not in known]
    Offer.objects.bulk_create(fresh, ignore_conflicts=True)
    rows.exclude(last_shown_on=today).update(days_shown=F("days_shown") + 1, last_shown_on=today)


def _offer(party: Party, one: Suggestion) -> Offer:
    offer = Offer(party_id=party.pk, product=one.product, points=one.points, reasons=list(one.reasons))
    offer.name = f"{one.product} – {party}"[:200]
    return offer
