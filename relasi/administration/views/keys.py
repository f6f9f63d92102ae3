"""One's own API keys: made with chosen scopes, shown once, revoked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from relasi.administration.doors import plain
from relasi.administration.matrix import BASIC_VERBS, Noun, nouns, verb_label
from relasi.kit.access.models import ApiKey
from relasi.kit.access.requests import Request

LASTING = {
    "30": gettext_lazy("30 days"),
    "90": gettext_lazy("90 days"),
    "365": gettext_lazy("1 year"),
    "": gettext_lazy("Until revoked"),
}


@require_GET
def api_keys(request: Request) -> HttpResponse:
    keys = request.user.api_keys.order_by("revoked_at", "-id")
    return render(request, "administration/api_keys.html", {"keys": keys, "now": timezone.now()})


@never_cache
@require_http_methods(["GET", "POST"])
def new_key(request: Request) -> HttpResponse:
    """Ask for name, scopes and how long; the answer to the POST is the only page that ever shows the key."""
    offered = _offered(request.user)
    if request.method == "GET":
        return _ask(request, offered)
    known = {scope for _noun, scopes in offered for scope, _label in scopes}
    scopes = (
        ["*"]
        if request.POST.get("all")
        else [scope for scope in request.POST.getlist("scopes") if scope in known]
    )
    days = request.POST.get("days", "90")
    if not plain(request.POST.get("name", "")) or not scopes or days not in LASTING:
        return _ask(
            request, offered, error=_("A key needs a name and at least one thing it may do."), status=422
        )
    try:
        key, token = ApiKey.issue(
            user=request.user,
            name=plain(request.POST["name"])[:80],
            scopes=scopes,
            by=request.user,
            expires_at=timezone.now() + timedelta(days=int(days)) if days else None,
        )
    except ValidationError as error:
        return _ask(request, offered, error=" ".join(error.messages), status=422)
    return render(request, "administration/api_key_made.html", {"key": key, "token": token})


@require_POST
def revoke_key(request: Request, pk: int) -> HttpResponse:
    key = request.user.api_keys.filter(pk=pk).first()
    if key is None:
        raise Http404
    key.revoke(by=request.user)
    return redirect("api_keys")


def _offered(user: Any) -> list[tuple[Noun, list[tuple[str, Any]]]]:
    """Noun by noun, what the reader may do and so may give to a key."""
    offered = []
    for noun in nouns():
        verbs = [verb for verb in (*BASIC_VERBS, *noun.verbs) if user.rights.scope(noun.name, verb)]
        if verbs:
            offered.append(
                (noun, [(f"{noun.name}:{verb}", verb_label(verb, noun)) for verb in dict.fromkeys(verbs)])
            )
    return offered


def _ask(request: Request, offered: Any, *, error: str = "", status: int = 200) -> HttpResponse:
    chosen = set(request.POST.getlist("scopes"))
    context = {
        "offered": offered,
        "lasting": LASTING,
        "error": error,
        "typed": request.POST,
        "chosen": chosen,
    }
    return render(request, "administration/api_key_new.html", context, status=status)


urlpatterns = [
    path("settings/api-keys/", api_keys, name="api_keys"),
    path("settings/api-keys/new/", new_key, name="api_key_new"),
    path("settings/api-keys/<int:pk>/revoke/", revoke_key, name="api_key_revoke"),
]
