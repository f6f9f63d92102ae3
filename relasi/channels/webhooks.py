"""The one door for calls from other sides. Who calls shows it by the token in the path and by
what its provider asks.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from relasi.channels.hooks import HOOKS, account_called
from relasi.kit.access.middleware import public


@public
@csrf_exempt
@require_http_methods(["GET", "POST"])
def hook(request: HttpRequest, key: str) -> HttpResponse:
    account = account_called(key)
    registered = HOOKS.get(account.provider) if account else None
    if account is None or registered is None:
        return _refused(404)
    if request.method not in registered.methods:
        return _refused(405, Allow=", ".join(registered.methods))
    if _is_too_long(request, registered.most):
        return _refused(413)
    if not registered.verify(account, request):
        return _refused(401)
    return registered.answer(account, request)


def _refused(status: int, **headers: str) -> HttpResponse:
    """A refusal of which the log says nothing: it would name the path, and that holds the token."""
    answer = HttpResponse(status=status, headers=headers)
    answer._has_been_logged = True  # type: ignore[attr-defined]
    return answer


def _is_too_long(request: HttpRequest, most: int) -> bool:
    size = request.META.get("CONTENT_LENGTH") or "0"
    return not size.isdecimal() or int(size[:12]) > most or len(request.body) > most


urlpatterns = [path("hooks/<str:key>/", hook, name="channel_hook")]
