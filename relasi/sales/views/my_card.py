"""One's own business card: made with one press, shown with its QR code."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from relasi.kit.access.requests import Request
from relasi.kit.access.rights import may
from relasi.sales import doors
from relasi.sales.models import Card


@require_http_methods(["GET", "POST"])
def my_card(request: Request) -> HttpResponse:
    user: Any = request.user
    if not may(user, "view", Card):
        raise PermissionDenied(_("You may not see this list."))
    card = Card.objects.visible_to(user).filter(owner=user).order_by("id").first()
    if request.method == "POST":
        if not may(user, "add", Card):
            raise PermissionDenied(_("You may not do this."))
        if card is None:
            told = {"job_title": user.job_title[:100], "phone": user.phone, "email": user.email}
            Card.create(by=user, owner=user, name=user.name, **told)
        return HttpResponseRedirect(reverse("my_card"))
    address = doors.address("card", card.slug) if card else ""
    return render(
        request, "sales/my_card.html", {"card": card, "address": address, "may_add": may(user, "add", Card)}
    )


urlpatterns = [path("my-card/", my_card, name="my_card")]
