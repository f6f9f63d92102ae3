"""What the catalogue is built from: every list that is set up once and then seldom looked at."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from relasi.catalog.models import Category
from relasi.kit.access.requests import Request
from relasi.kit.resources.finding import allow
from relasi.kit.resources.registry import find

TOLD = (
    ("product-categories", _("Groups of products, as a tree; rules can hold for a whole branch.")),
    ("units", _("What quantities are counted in, and whether halves are allowed.")),
    ("taxes", _("Value added tax (PPN) and others; a product says which one it bears.")),
    ("tax-rates", _("Each rate with the day from which it holds: a new law is a new line.")),
    ("prices", _("Every price in every book, from which quantity on.")),
    ("bundle-items", _("Several products sold as one.")),
    ("eligibility-rules", _("Who may have a product, and what to tell the others.")),
    ("exchange-rates", _("What other currencies were worth, day by day.")),
    ("stock-places", _("Warehouses, shops and vans.")),
)


@require_GET
def catalogue(request: Request) -> HttpResponse:
    """The lists this reader may see, each with a sentence."""
    allow(request, "view", Category)
    lists = [
        (found, reverse("resource_list", args=[name]), told) for name, told in TOLD if (found := find(name))
    ]
    seen = [one for one in lists if request.user.rights.may("view", one[0].model)]
    return render(request, "catalog/catalogue.html", {"lists": seen})


urlpatterns = [path("catalogue/", catalogue, name="catalogue")]
