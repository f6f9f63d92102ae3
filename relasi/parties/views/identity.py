"""Showing an identity number in clear, on purpose and on record."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from relasi.kit.access.models.role import Level
from relasi.kit.access.requests import Request
from relasi.kit.resources.declaration import Resource
from relasi.kit.resources.finding import load
from relasi.parties.identity import NUMBERS, revealed
from relasi.parties.models import Party


@never_cache
@require_POST
def reveal(request: Request, resource: Resource, pk: int, field: str) -> HttpResponse:
    """One number in clear, for who has the right; every time is an event."""
    if resource.noun != "party" or field not in NUMBERS:
        raise Http404
    party = load(request, resource, pk, "reveal")
    if request.user.rights.level(Party, field) == Level.HIDDEN or not getattr(party, field):
        raise Http404
    return render(request, "parties/revealed.html", {"number": revealed(party, field, by=request.user)})


urlpatterns = [path("<resource:resource>/<int:pk>/reveal/<str:field>/", reveal, name="party_reveal")]
