"""While a new customer is typed: who is like it. Others' records are mentioned without a word about them."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from relasi.kit.access.requests import Request
from relasi.kit.access.rights import may
from relasi.kit.resources.registry import find
from relasi.parties.alike import Likeness, Typed, alike
from relasi.parties.models import Party
from relasi.parties.panels import address_of


@require_http_methods(["GET", "POST"])
def records_alike(request: Request) -> HttpResponse:
    """Reads what the form holds so far. A NIK is taken from a body only, never from an address."""
    if not may(request.user, "add", Party) and not may(request.user, "change", Party):
        raise PermissionDenied(_("You may not do this."))
    data = request.POST if request.method == "POST" else request.GET
    typed = Typed(
        kind=_kind(data.get("_resource", ""), data.get("kind", "")),
        name=data.get("name", "")[:200],
        phone=_open(request, "phone", data.get("phone", "")[:60]),
        email=_open(request, "email", data.get("email", "")[:254]),
        city=data.get("city", "")[:80],
        nik=_open(request, "nik", request.POST.get("nik", "")[:40]),
    )
    own = data.get("_record", "")
    found = alike(typed, reader=request.user, without=int(own) if own.isdecimal() and len(own) < 19 else None)
    has_city = request.user.rights.searchable(Party, "city")
    seen = [(one, address_of(one.party), _told(request, one)) for one in found.seen]
    return render(request, "parties/alike.html", {"seen": seen, "unseen": found.unseen, "has_city": has_city})


def _open(request: Request, name: str, text: str) -> str:
    """What was typed; nothing for a field that is closed to the reader: an answer would tell its value."""
    return text if request.user.rights.searchable(Party, name) else ""


def _told(request: Request, one: Likeness) -> list[str]:
    """What agrees, as far as the reader may see those fields."""
    return [name for name in one.why if request.user.rights.searchable(Party, name)]


def _kind(resource_name: str, kind: str) -> str:
    resource = find(resource_name)
    told = resource.where.get("kind", "") if resource and resource.noun == "party" else kind
    return told if told in Party.Kind.values else Party.Kind.PERSON


urlpatterns = [path("parties/alike/", records_alike, name="parties_alike")]
