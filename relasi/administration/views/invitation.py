"""The page behind an invitation: a stranger chooses a name and a password and is in."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from relasi.administration.doors import plain
from relasi.kit.access.middleware import public
from relasi.kit.access.models import Invitation, User


@public
@never_cache
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Accept an invitation. One that is used, taken back or too old says so and shows nothing of itself."""
    found = Invitation.of_token(token)
    if found is None or not found.is_open:
        return render(
            request, "administration/invitation_closed.html", {"why": _why_closed(found)}, status=410
        )
    if request.method == "GET":
        return _ask(request, found)
    name, password = plain(request.POST.get("name", ""))[:120], request.POST.get("password", "")
    errors = _errors(found, name, password, request.POST.get("again", ""))
    if errors:
        return _ask(request, found, errors, status=422)
    try:
        found.accept(name=name, password=password, language=get_language() or "id")
    except ValidationError as error:
        return _ask(request, found, {"name": " ".join(error.messages)}, status=422)
    return render(request, "administration/invitation_accepted.html", {"email": found.email})


def _errors(found: Invitation, name: str, password: str, again: str) -> dict[str, str]:
    errors = {}
    if not name:
        errors["name"] = _("Say what you are called.")
    try:
        validate_password(password, User(email=found.email, name=name))
    except ValidationError as error:
        errors["password"] = " ".join(error.messages)
    if password != again:
        errors["again"] = _("The two passwords differ.")
    return errors


def _why_closed(found: Invitation | None) -> str:
    if found is None:
        return _("We do not know this link. Look whether it was copied whole.")
    if found.accepted_at:
        return _("This invitation was used already. Sign in with the password you chose.")
    if found.revoked_at:
        return _("This invitation was taken back or replaced by a newer one.")
    return _("This invitation is older than seven days. Ask for a new one.")


def _ask(
    request: HttpRequest, found: Invitation, errors: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("settings")
    context = {"invitation": found, "errors": errors or {}, "typed": request.POST}
    return render(request, "administration/invitation_accept.html", context, status=status)


urlpatterns = [path("invitation/<str:token>/", invitation, name="invitation")]
