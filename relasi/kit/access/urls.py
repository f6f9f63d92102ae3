"""The door: allauth's addresses, those of them that are closed, and what a stranger may choose."""

from collections.abc import Callable

from django.http.response import HttpResponseBase
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from relasi.kit.access import views
from relasi.kit.access.middleware import public


def _to(name: str) -> Callable[..., HttpResponseBase]:
    return public(RedirectView.as_view(pattern_name=name, query_string=False))


CLOSED = [
    path("accounts/signup/", _to("account_login")),
    path("accounts/email/", _to("profile")),
    path("accounts/login/code/confirm/", _to("account_login")),
    re_path(r"^accounts/confirm-email/(?:[^/]+/)?$", public(views.closed)),
    path("accounts/2fa/", _to("security")),
    path("accounts/2fa/webauthn/", _to("security")),
    path("accounts/sessions/", _to("sessions")),
]

urlpatterns = [
    *CLOSED,
    path("accounts/", include("allauth.urls")),
    path("settings/language/", views.set_language, name="set_language"),
    path("settings/theme/", views.set_theme, name="set_theme"),
]
