"""The people of the company: who is let in, invitations, and handing the installation on."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from relasi.administration.doors import needs
from relasi.administration.forms import InviteForm
from relasi.administration.people import (
    find_invitation,
    invitation_url,
    mail_invitation,
    open_invitations,
    people,
)
from relasi.kit.access.granting import may_give_role, may_give_team
from relasi.kit.access.models import Invitation, User
from relasi.kit.access.requests import Request


@require_GET
@needs("user", "change")
def users(request: Request) -> HttpResponse:
    """Everybody with roles, team, second factor and last sign-in; then the open invitations."""
    invitations = open_invitations() if request.user.rights.may("add", User) else []
    context = {"people": people(request.user)[:500], "invitations": invitations}
    return render(request, "administration/users.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@needs("user", "add")
def invite(request: Request) -> HttpResponse:
    """Ask a person in: a mail, and the link to copy, shown this once."""
    form = InviteForm(request.POST or None, user=request.user)
    if request.method == "GET" or not form.is_valid():
        return render(
            request, "administration/invite.html", {"form": form}, status=422 if form.errors else 200
        )
    return _issued(request, by=request.user, **form.cleaned_data)


@never_cache
@require_POST
@needs("user", "add")
def invite_again(request: Request, pk: int) -> HttpResponse:
    """A new link for an invitation that was lost or ran out; the old link stops working."""
    found = _invitation(request, pk)
    roles = list(found.roles.all())
    return _issued(request, email=found.email, by=request.user, name=found.name, team=found.team, roles=roles)


@require_POST
@needs("user", "add")
def take_back(request: Request, pk: int) -> HttpResponse:
    found = _invitation(request, pk)
    found.revoke(by=request.user)
    messages.success(request, _("The invitation of %(email)s is taken back.") % {"email": found.email})
    return redirect("users")


@require_http_methods(["GET", "POST"])
def ownership(request: Request) -> HttpResponse:
    """An owner hands the installation to somebody else; the password is asked once more."""
    if not request.user.is_owner:
        raise PermissionDenied(_("Only an owner can do this."))
    heirs = [person for person in people(request.user) if person.is_active and person.pk != request.user.pk]
    heir = next((person for person in heirs if str(person.pk) == request.POST.get("heir")), None)
    error = ""
    if request.method == "POST":
        error = _wrong(request, heir)
        if not error and heir:
            request.user.hand_ownership_to(heir, by=request.user)
            messages.success(request, _("%(name)s owns this installation now.") % {"name": heir})
            return redirect("settings")
    choices = [("", _("Choose…")), *((person.pk, person.name) for person in heirs)]
    context = {"choices": choices, "error": error, "typed": request.POST}
    return render(request, "administration/ownership.html", context, status=422 if error else 200)


def _wrong(request: Request, heir: Any) -> str:
    if heir is None:
        return _("Choose who shall own the installation.")
    from allauth.account.adapter import get_adapter
    from django.core.exceptions import ValidationError

    try:
        known = get_adapter().reauthenticate(request.user, request.POST.get("password", ""))
    except ValidationError as refused:
        return " ".join(refused.messages)
    return "" if known else _("This password is not right.")


def _issued(request: Request, **asked: Any) -> HttpResponse:
    if not all(may_give_role(request.user, role) for role in asked["roles"]) or not may_give_team(
        request.user, asked["team"]
    ):
        raise PermissionDenied(_("You cannot give what you do not have."))
    invitation, token = Invitation.issue(**asked)
    url = invitation_url(token)
    sent = mail_invitation(invitation, url, by=request.user)
    return render(
        request, "administration/invited.html", {"invitation": invitation, "link": url, "is_sent": sent}
    )


def _invitation(request: Request, pk: int) -> Invitation:
    found = find_invitation(pk)
    if found is None:
        raise Http404
    return found


urlpatterns = [
    path("settings/users/", users, name="users"),
    path("settings/users/invite/", invite, name="user_invite"),
    path("settings/users/invitations/<int:pk>/again/", invite_again, name="invitation_again"),
    path("settings/users/invitations/<int:pk>/take-back/", take_back, name="invitation_take_back"),
    path("settings/ownership/", ownership, name="ownership"),
]
