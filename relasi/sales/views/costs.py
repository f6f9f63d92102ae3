"""What a sale costs, by channel and by seller."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from relasi.kit.access.requests import Request
from relasi.kit.resources.finding import allow
from relasi.sales.cost_per_sale import by_channel, by_seller, total
from relasi.sales.models import CostEntry, Deal
from relasi.sales.periods import asked_period, choices_of_periods


@require_GET
def cost_per_sale(request: Request) -> HttpResponse:
    """Only costs, activities and deals the reader may see are counted."""
    allow(request, "view", CostEntry)
    allow(request, "view", Deal)
    period = asked_period(request, "this quarter")
    channels, sellers = by_channel(period.days, request.user), by_seller(period.days, request.user)
    context = {
        "channels": channels,
        "sellers": sellers,
        "all_channels": total(channels),
        "all_sellers": total(sellers),
        "period": period,
        "periods": choices_of_periods(),
    }
    return render(request, "sales/cost_per_sale.html", context)


urlpatterns = [path("cost-per-sale/", cost_per_sale, name="cost_per_sale")]
