"""A lead worth the work becomes a deal."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from relasi.catalog.models import Product
from relasi.kit.access.rights import may
from relasi.sales.models import Deal, DealLine, Lead


@transaction.atomic
def convert_lead(*, lead: Lead, by: Any) -> Deal:
    """Turn an open lead into an open deal for the same party; the one there is, when repeated.

    Raises ValidationError for a lead that was given up, PermissionDenied for who may not add deals.
    """
    locked = Lead._default_manager.select_for_update(of=("self",)).get(pk=lead.pk)
    if locked.deal_id:
        return Deal._default_manager.get(pk=locked.deal_id)
    if not locked.is_open:
        raise ValidationError(_("This lead was given up. Bring it back first."))
    if by is not None and not may(by, "add", Deal):
        raise PermissionDenied(_("You may not add deals."))
    deal = Deal.create(
        by=by, party=locked.party, name=locked.name, owner=locked.owner or by, description=locked.need,
        amount=locked.estimated_value or 0, currency=locked.currency, source=_source(locked),
    )  # fmt: skip
    if locked.product:
        _put_product(deal, locked.product, by)
    now = timezone.now()
    said: dict[str, Any] = {
        "deal": deal,
        "status": Lead.Status.CONVERTED,
        "converted_at": now,
        "next_at": None,
    }
    lead.change(by=by, verb="converted", qualified_at=locked.qualified_at or now, **said)
    return deal


def _put_product(deal: Deal, product: Product, by: Any) -> None:
    """At what was estimated, else by the price books; without a price where they say nothing."""
    line: dict[str, Any] = {"deal": deal, "product": product, "price": deal.amount or None}
    try:
        with transaction.atomic():
            DealLine.create(by=by, **line)
    except ValidationError:
        DealLine.create(by=by, **{**line, "price": 0})


def _source(lead: Lead) -> str:
    return (lead.source or str(lead.get_channel_display()))[:60]
