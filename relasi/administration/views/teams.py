"""The tree of teams: add, rename, hang elsewhere, take away."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import ProtectedError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from relasi.administration.doors import needs, plain
from relasi.administration.people import all_teams, branches, find_team
from relasi.kit.access.models import Team
from relasi.kit.access.requests import Request


@require_GET
@needs("team", "change")
def teams(request: Request) -> HttpResponse:
    return render(request, "administration/teams.html", {"branches": branches()})


@require_http_methods(["GET", "POST"])
@needs("team", "change")
def team(request: Request, pk: int = 0) -> HttpResponse:
    """A new team, or another name and place for one."""
    found = find_team(pk) if pk else None
    if pk and found is None:
        raise Http404
    if request.method == "GET":
        return _ask(request, found)
    parent = request.POST.get("parent", "")
    values: dict[str, Any] = {
        "name": plain(request.POST.get("name", "")),
        "parent": find_team(int(parent)) if parent.isdecimal() and len(parent) < 19 else None,
    }
    try:
        if found:
            found.change(by=request.user, **values)
        else:
            Team.create(by=request.user, **values)
    except ValidationError as error:
        return _ask(request, found, error.message_dict, status=422)
    messages.success(request, _("“%(name)s” saved") % {"name": values["name"]})
    return redirect("teams")


@require_POST
@needs("team", "delete")
def delete_team(request: Request, pk: int) -> HttpResponse:
    """Take an empty team away; its people are without a team afterwards."""
    found = find_team(pk)
    if found is None:
        raise Http404
    try:
        found.remove(by=request.user)
    except ProtectedError:
        messages.error(request, _("“%(name)s” has teams below it. Move those first.") % {"name": found})
        return redirect("teams")
    messages.success(request, _("“%(title)s” deleted") % {"title": found.name})
    return redirect("teams")


def _ask(
    request: Request, found: Team | None, errors: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    below = found.path if found else ""
    others = [one for one in all_teams() if not found or not one.path.startswith(below)]
    choices = [("", _("nothing: it stands at the top")), *((one.pk, one.name) for one in others)]
    under = request.GET.get("under", "")
    context = {
        "team": found,
        "choices": choices,
        "errors": errors or {},
        "typed": request.POST,
        "under": under,
    }
    return render(request, "administration/team.html", context, status=status)


urlpatterns = [
    path("settings/teams/", teams, name="teams"),
    path("settings/teams/new/", team, name="team_new"),
    path("settings/teams/<int:pk>/", team, name="team"),
    path("settings/teams/<int:pk>/delete/", delete_team, name="team_delete"),
]
