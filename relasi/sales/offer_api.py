"""`GET /api/v1/offers/next/7/`: what to offer a customer next, with the reasons."""

from decimal import Decimal

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import BaseModel

from relasi.catalog.models import Product
from relasi.kit.resources.api.endpoints import ERRORS, Pk, answer
from relasi.kit.resources.api.more import add_endpoints
from relasi.kit.resources.finding import allow
from relasi.parties.models import Party
from relasi.sales.models import Offer
from relasi.sales.models.offer import said
from relasi.sales.offer_next import Suggestion, offering


class SuggestionOut(BaseModel):
    """`reasons` in the caller's language; `available` is null for what is not kept in stock."""

    product: int
    name: str
    points: int
    reasons: list[str]
    price: Decimal | None
    currency: str
    available: Decimal | None


class WithheldOut(BaseModel):
    """What rules speak for, and why it is not offered."""

    product: int
    name: str
    why: str


class OfferingOut(BaseModel):
    suggestions: list[SuggestionOut]
    withheld: list[WithheldOut]


def _next(router: Router) -> None:
    @router.get(
        "/next/{pk}/",
        response={200: OfferingOut, **ERRORS},
        operation_id="offers_next",
        summary="What to offer a customer next, the best first, with the reasons",
    )
    def next_offers(request: HttpRequest, pk: Pk) -> HttpResponse:
        allow(request, "view", Offer)
        allow(request, "view", Product)
        party = Party.objects.visible_to(request.user).filter(pk=pk).first()
        if party is None:
            raise Http404(_("There is no such record, or you may not see it."))
        found = offering(party=party)
        withheld = [
            {"product": one.product.pk, "name": str(one.product), "why": one.why} for one in found.withheld
        ]
        return answer({"suggestions": [_told(one) for one in found.suggestions], "withheld": withheld})


def _told(one: Suggestion) -> dict[str, object]:
    return {
        "product": one.product.pk,
        "name": str(one.product),
        "points": one.points,
        "reasons": [said(reason) for reason in one.reasons],
        "price": str(one.price.amount) if one.price else None,
        "currency": one.price.currency if one.price else "",
        "available": None if one.available is None else str(one.available),
    }


add_endpoints("offers", _next)
