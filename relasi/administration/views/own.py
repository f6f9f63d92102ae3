"""What everybody settles for themselves: profile, security, sessions."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from relasi.administration.devices import device_of
from relasi.administration.forms import ProfileForm
from relasi.administration.people import factors_of
from relasi.kit.access.models.user import sessions_of
from relasi.kit.access.requests import Request


@require_http_methods(["GET", "POST"])
def profile(request: Request) -> HttpResponse:
    """Name, work, language, zone and theme."""
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        return _keep(request, form)
    return render(request, "administration/profile.html", {"form": form}, status=422 if form.errors else 200)


@require_GET
def security(request: Request) -> HttpResponse:
    """Password, authenticator app, passkeys and recovery codes, each with its way to change it."""
    factors = factors_of(request.user)
    codes = next((one for one in factors if one.type == Authenticator.Type.RECOVERY_CODES), None)
    context = {
        "totp": next((one for one in factors if one.type == Authenticator.Type.TOTP), None),
        "passkeys": [one for one in factors if one.type == Authenticator.Type.WEBAUTHN],
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else None,
        "is_required": request.user.rights.requires_second_factor,
        "is_missing": request.user.lacks_second_factor,
    }
    return render(request, "administration/security.html", context)


@require_GET
def sessions(request: Request) -> HttpResponse:
    """Where one is signed in."""
    here = request.session.session_key
    rows = sessions_of(request.user).order_by("-last_seen_at")
    shown = [
        {"session": row, "device": device_of(row.user_agent), "is_here": row.session_key == here}
        for row in rows
    ]
    shown.sort(key=lambda one: not one["is_here"])
    return render(request, "administration/sessions.html", {"sessions": shown})


@require_POST
def end_session(request: Request, pk: int) -> HttpResponse:
    """End one session of one's own."""
    found = sessions_of(request.user).filter(pk=pk).first()
    if found is None:
        raise Http404
    found.end()
    messages.success(request, _("That device is signed out."))
    return redirect("sessions")


@require_POST
def end_others(request: Request) -> HttpResponse:
    """End every session but this one."""
    request.user.end_sessions(by=request.user, but=request.session.session_key)
    messages.success(request, _("Every other device is signed out."))
    return redirect("sessions")


def _keep(request: Request, form: Any) -> HttpResponse:
    try:
        request.user.change(by=request.user, **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error)
        return render(request, "administration/profile.html", {"form": form}, status=422)
    messages.success(request, _("Your profile is saved."))
    answer = redirect("profile")
    answer.set_cookie("theme", form.cleaned_data["theme"], max_age=31_536_000, samesite="Lax")
    return answer


urlpatterns = [
    path("settings/profile/", profile, name="profile"),
    path("settings/security/", security, name="security"),
    path("settings/sessions/", sessions, name="sessions"),
    path("settings/sessions/others/end/", end_others, name="sessions_end_others"),
    path("settings/sessions/<int:pk>/end/", end_session, name="session_end"),
]
