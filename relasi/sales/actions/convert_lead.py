"""A lead worth the work becomes a deal."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from relasi.kit.access.rights import may
from relasi.sales.models import Deal, Lead


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
    now = timezone.now()
    said: dict[str, Any] = {
        "deal": deal,
        "status": Lead.Status.CONVERTED,
        "converted_at": now,
        "next_at": None,
    }
    lead.change(by=by, verb="converted", qualified_at=locked.qualified_at or now, **said)
    return deal


def _source(lead: Lead) -> str:
    return (lead.source or str(lead.get_channel_display()))[:60]
