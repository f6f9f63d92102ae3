"""The customer wants what was offered: a deal with the product on it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from relasi.catalog.eligibility import why_not
from relasi.kit.access.rights import may
from relasi.sales.models import Deal, DealLine, Offer


@transaction.atomic
def take_up_offer(*, offer: Offer, by: Any) -> Deal:
    """Open a deal for the product at the customer's price; the one there is, when repeated.

    Raises ValidationError for what may not be sold to the customer, PermissionDenied for who may not add
    deals.
    """
    locked: Offer = Offer._default_manager.select_for_update(of=("self",)).get(pk=offer.pk)
    if locked.deal is not None:
        known: Deal = locked.deal
        return known
    if not locked.is_open:
        raise ValidationError(_("This offer was declined. Offer it again first."))
    if by is not None and not (may(by, "add", Deal) and may(by, "add", DealLine)):
        raise PermissionDenied(_("You may not add deals."))
    _check(locked)
    deal = _deal(locked, by)
    offer.change(
        by=by, verb="accepted", outcome=Offer.Outcome.ACCEPTED, deal=deal, decided_at=timezone.now(),
        decided_by=by,
    )  # fmt: skip
    return deal


def _check(offer: Offer) -> None:
    if not offer.product.is_on_sale:
        raise ValidationError(_("This product is no longer offered."))
    if reasons := why_not(product=offer.product, party=offer.party):
        raise ValidationError(list(reasons))


def _deal(offer: Offer, by: Any) -> Deal:
    """The price is what the price books say; 0, to be typed, where they say nothing."""
    product, party = offer.product, offer.party
    deal: Deal = Deal.create(
        by=by, name=f"{product} – {party}"[:200], party=party, owner=by or party.owner,
        source=_("Offer next"),
    )  # fmt: skip
    try:
        DealLine.create(by=by, deal=deal, product=product, description=product.name)
    except ValidationError as error:
        if "price" not in getattr(error, "error_dict", {}):
            raise
        DealLine.create(by=by, deal=deal, product=product, description=product.name, price=0)
    deal.refresh_from_db()
    return deal
