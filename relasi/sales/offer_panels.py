"""What to offer next, beside a customer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from relasi.catalog.models import Product
from relasi.kit.access.rights import may
from relasi.kit.resources.registry import resource_of
from relasi.sales.models import Deal, DealLine, Offer
from relasi.sales.models.offer import said
from relasi.sales.offer_next import offering

WITHHELD = 8


def next_offers(party: Any, user: Any) -> Mapping[str, Any] | None:
    """The best suggestions with their reasons in words; and what is held back, and why."""
    if party.is_archived or not user.rights.may("view", Offer) or not user.rights.may("view", Product):
        return None
    found = offering(party=party)
    resource = resource_of(party)
    return {
        "party": party,
        "suggestions": [(one, [said(reason) for reason in one.reasons]) for one in found.suggestions],
        "withheld": found.withheld[:WITHHELD],
        "may_keep": user.rights.may("add", Offer),
        "may_accept": _may_accept(user),
        "may_decline": user.rights.may("decline", Offer) and user.rights.may("add", Offer),
        "panel_url": reverse("resource_panel", args=[resource.name, party.pk, "offer-next"])
        if resource
        else "",
    }


def _may_accept(user: Any) -> bool:
    asked = (("accept", Offer), ("add", Offer), ("add", Deal), ("add", DealLine))
    return all(may(user, verb, model) for verb, model in asked)


def why(offer: Any, user: Any) -> Mapping[str, Any] | None:
    """The reasons as they were when it was shown."""
    return {"offer": offer, "reasons": [(said(one), one.get("points", 0)) for one in offer.reasons]}
