"""The customer's own pages: what we may send, and the way out of it. Who holds the link needs no account.

The token in the address is the right. Nothing rides on a cookie, so the pages need no CSRF token; they show
nothing of the customer but what may be sent where.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from relasi.conversations import preferring, unsubscribing
from relasi.conversations.models import Purpose
from relasi.conversations.unsubscribing import Way
from relasi.kit.access import strangers
from relasi.kit.access.middleware import public

SALT = "relasi.conversations.preferences"
MISSES, ACTS = 30, 60  # of one network in ten minutes
ONE_CLICK = ("List-Unsubscribe", "One-Click")


def _behind(view: Callable[[HttpRequest, Way], HttpResponse]) -> Callable[..., HttpResponse]:
    """Finds out who a link was made for, and speaks their language."""

    @public
    @csrf_exempt
    @never_cache
    @require_http_methods(["GET", "POST"])
    @wraps(view)
    def opened(request: HttpRequest, token: str) -> HttpResponse:
        way = unsubscribing.opened(token)
        if way is None:
            if strangers.has_had_its_share(request, "miss", MISSES, salt=SALT):
                return _slow_down()
            raise Http404(_("There is no such page."))
        party = way.party
        with translation.override(party.language if party else translation.get_language()):
            response = view(request, way)
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return opened


def _slow_down() -> HttpResponse:
    said = _("That was a lot in a short time. Please try again in ten minutes.")
    return HttpResponse(said, status=429, content_type="text/plain; charset=utf-8")


@_behind
def preferences(request: HttpRequest, way: Way) -> HttpResponse:
    """What we send, switch by switch."""
    party = way.party
    if party is None:
        return render(request, "conversations/preferences_gone.html", _frame(way))
    if request.method == "GET":
        return _show(request, way)
    if strangers.has_had_its_share(request, f"act:{party.pk}", ACTS, salt=SALT):
        return _slow_down()
    if request.POST.get("act") == "stop":
        preferring.stop_offers(party, address=way.address, proof=_proof(request))
    else:
        language = translation.get_language() or "id"
        preferring.choose(
            party, address=way.address, language=language, chosen=request.POST, proof=_proof(request)
        )
    return HttpResponseRedirect(request.path + "?saved=1")


def _show(request: HttpRequest, way: Way) -> HttpResponse:
    party: Any = way.party
    language = translation.get_language() or "id"
    context = {
        **_frame(way),
        "parts": preferring.parts(party, way.address, language),
        "is_not_called": preferring.is_not_to_be_called(party),
        "has_number": bool(party.phone),
        "languages": party._meta.get_field("language").choices,
        "language_chosen": party.language,
        "is_saved": request.GET.get("saved") == "1",
    }
    return render(request, "conversations/preferences.html", context)


@_behind
def unsubscribe(request: HttpRequest, way: Way) -> HttpResponse:
    """RFC 8058: one POST, and it is done. Opening the page changes nothing: scanners of links do that."""
    name, value = ONE_CLICK
    context = {**_frame(way), "field": name, "value": value, "purpose": Purpose(way.purpose).label}
    if request.method == "POST" and request.POST.get(name) == value:
        unsubscribing.unsubscribe(way, proof=_proof(request))
        context["is_done"] = True
    return render(request, "conversations/unsubscribe.html", context)


def _frame(way: Way) -> dict[str, Any]:
    token = unsubscribing.token_of(way)
    return {
        "language_of_page": translation.get_language(),
        "address": _hinted(way.address),
        "preferences_address": reverse("preferences", args=[token]) if way.party else "",
    }


def _proof(request: HttpRequest) -> dict[str, Any]:
    """What shows who it was: the page and a keyed digest of the network."""
    return {"page": request.resolver_match.url_name if request.resolver_match else "",
            "network": strangers.code_of_address(request, salt=SALT)}  # fmt: skip


def _hinted(address: str) -> str:
    """Enough of an address to know it again: `b…i@mail.example`, `+62…789`."""
    local, at, host = address.partition("@")
    if at:
        return f"{local[:1]}…{local[-1:] if len(local) > 2 else ''}@{host}"
    return f"{address[:3]}…{address[-3:]}" if len(address) > 8 else "…"


urlpatterns = [
    path("preferences/<str:token>/", preferences, name="preferences"),
    path("unsubscribe/<str:token>/", unsubscribe, name="unsubscribe"),
]
