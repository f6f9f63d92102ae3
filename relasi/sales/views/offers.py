"""Offer next: take a suggestion up as a deal, say not now, and keep what was on the screen."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from relasi.catalog.models import Product
from relasi.kit.access.requests import Request
from relasi.kit.resources.finding import allow
from relasi.kit.resources.replies import go, notify, toast
from relasi.parties.models import Party
from relasi.sales.actions.show_offers import show_offers
from relasi.sales.models import Deal, Offer
from relasi.sales.offer_forms import NotNowForm
from relasi.sales.offer_next import offering


@require_POST
def shown(request: Request, pk: int) -> HttpResponse:
    """The box was on the screen: what it suggests now is kept."""
    party = _party(request, pk)
    allow(request, "add", Offer)
    show_offers(party=party, suggestions=offering(party=party).suggestions)
    return HttpResponse(status=204)


@require_POST
def accept(request: Request, pk: int, product_id: int) -> HttpResponse:
    """One click: a deal with the product, opened at once."""
    party, product = _party(request, pk), _product(request, product_id)
    try:
        with transaction.atomic():
            deal = _accepted(request, party, product)
    except ValidationError as error:
        return toast(HttpResponse(status=409), " ".join(error.messages), kind="error")
    notify(request, _("The deal “%(deal)s” is open.") % {"deal": deal})
    return go(request, reverse("resource_record", args=["deals", deal.pk]))


@require_http_methods(["GET", "POST"])
def not_now(request: Request, pk: int, product_id: int) -> HttpResponse:
    """Why not, and when again."""
    party, product = _party(request, pk), _product(request, product_id)
    allow(request, "decline", Offer)
    form = NotNowForm(request.POST or None, user=request.user)
    if request.method == "GET" or not form.is_valid():
        return _ask(request, form, product)
    try:
        with transaction.atomic():
            offer = _on_offer(request, party, product)
            allow(request, "decline", offer)
            offer.decline(by=request.user, **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error.messages)
        return _ask(request, form, product)
    changed: dict[str, Any] = {"records:changed": {"resource": "offers"}, "dialog:close": {}}
    return toast(
        HttpResponse(status=204), _("Noted: not now for %(product)s.") % {"product": product}, events=changed
    )


def _accepted(request: Request, party: Party, product: Product) -> Deal:
    """The same deal again for a second click."""
    done = Offer.objects.visible_to(request.user).filter(
        party=party, product=product, outcome=Offer.Outcome.ACCEPTED, deal__status="open"
    )
    if (known := done.select_related("deal").order_by("-id").first()) and known.deal:
        deal: Deal = known.deal
        return deal
    offer = _on_offer(request, party, product)
    allow(request, "accept", offer)
    return offer.accept(by=request.user)


def _on_offer(request: Request, party: Party, product: Product) -> Offer:
    """What stands on offer, with the reasons of now where it was not kept yet."""
    rows = Offer.objects.visible_to(request.user).shown().filter(party=party, product=product)
    found: Offer | None = rows.select_for_update(of=("self",)).first()
    if found:
        return found
    allow(request, "add", Offer)
    told = next((one for one in offering(party=party).suggestions if one.product == product), None)
    if told is None:
        raise ValidationError(_("This is not suggested any more. Open the customer again."))
    made: Offer = Offer.create(
        by=request.user, verb="shown", party=party, product=product, points=told.points,
        reasons=list(told.reasons),
    )  # fmt: skip
    return made


def _party(request: Request, pk: int) -> Party:
    found: Party | None = Party.objects.visible_to(request.user).filter(pk=pk).first()
    if found is None:
        raise Http404(_("There is no such record, or you may not see it."))
    return found


def _product(request: Request, pk: int) -> Product:
    found: Product | None = Product.objects.visible_to(request.user).filter(pk=pk).first()
    if found is None:
        raise Http404(_("There is no such record, or you may not see it."))
    return found


def _ask(request: Request, form: NotNowForm, product: Product) -> HttpResponse:
    context = {
        "form": form,
        "title": _("Not now: %(product)s") % {"product": product},
        "action": request.get_full_path(),
    }
    return render(request, "parties/fact_form.html", context, status=422 if form.is_bound else 200)


urlpatterns = [
    path("offers/next/<int:pk>/shown/", shown, name="offers_shown"),
    path("offers/next/<int:pk>/<int:product_id>/accept/", accept, name="offer_accept"),
    path("offers/next/<int:pk>/<int:product_id>/not-now/", not_now, name="offer_not_now"),
]
