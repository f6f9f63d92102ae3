"""The box: what is found (`GET /search/?q=`) and what can be done (`GET /commands/`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from relasi.kit.access.requests import Request
from relasi.kit.access.rights import may
from relasi.kit.resources.abilities import abilities
from relasi.kit.resources.declaration import Resource, Verb
from relasi.kit.resources.registry import find, resources, verbs_of
from relasi.kit.resources.searching import freshly_told, search_visible
from relasi.kit.search.engine import Hit
from relasi.kit.ui import menu
from relasi.kit.ui.jinja import maybe_url

IN_THE_BOX, OF_EACH_IN_THE_BOX = 20, 6
ON_THE_PAGE, OF_EACH_ON_THE_PAGE = 60, 20


@dataclass(frozen=True)
class Group:
    """The hits of one noun, best first."""

    resource: Resource
    hits: list[dict[str, Any]] = field(default_factory=list)


@require_GET
def search(request: Request) -> HttpResponse:
    """Hits by noun: lines for the box when htmx asks, JSON when that is accepted, else a page."""
    words = request.GET.get("q", "").strip()
    only = request.GET.getlist("resource")
    is_line = bool(request.headers.get("HX-Request"))
    most, of_each = (
        (IN_THE_BOX, OF_EACH_IN_THE_BOX) if is_line else (ON_THE_PAGE, 0 if only else OF_EACH_ON_THE_PAGE)
    )
    hits = search_visible(request.user, words, most, only=only, of_each=of_each)
    groups = grouped(freshly_told(request.user, hits))
    if request.accepts("application/json") and not request.accepts("text/html"):
        return JsonResponse({"query": words, "groups": [_as_json(group) for group in groups]})
    template = "resources/search_hits.html" if is_line else "resources/search.html"
    return render(request, template, {"words": words, "groups": groups, "count": len(hits)})


@require_GET
def commands(request: Request) -> JsonResponse:
    """What this reader can go to, create, and do to the record in view (`?resource=deals&id=7`)."""
    listed = chain(_verbs_in_view(request), _creating(request.user), _going(request))
    return JsonResponse({"commands": list(listed)})


def grouped(hits: list[Hit]) -> list[Group]:
    """By noun, the noun of the best hit first."""
    groups: dict[str, Group] = {}
    for hit in hits:
        if resource := find(hit.resource):
            group = groups.setdefault(hit.resource, Group(resource))
            group.hits.append(
                {
                    "label": hit.title,
                    "detail": hit.subtitle,
                    "url": reverse("resource_record", args=[hit.resource, hit.record_id]),
                    "id": hit.record_id,
                    "score": round(hit.score, 3),
                }
            )
    return list(groups.values())


def _as_json(group: Group) -> dict[str, Any]:
    resource = group.resource
    return {
        "resource": resource.name,
        "label": str(resource.label),
        "icon": resource.icon,
        "hits": group.hits,
    }


def _going(request: Request) -> Iterator[dict[str, Any]]:
    """The lists this reader may open, then the rest of the menu (settings among it)."""
    seen = set()
    for resource in resources():
        if may(request.user, "view", resource.model):
            url = reverse("resource_list", args=[resource.name])
            seen.add(url)
            yield _command(resource.label, url, resource.icon, _("Go to"))
    for section in menu.sections_for(request.user, path=request.path):
        for entry in section.entries:
            if entry.href not in seen:
                seen.add(entry.href)
                yield _command(entry.label, entry.href, entry.icon, _("Go to"), detail=str(section.label))


def _creating(user: Any) -> Iterator[dict[str, Any]]:
    for resource in resources():
        url = maybe_url("resource_new", resource.name)
        if url and resource.can_create and may(user, "add", resource.model):
            label = _("New: %(noun)s") % {"noun": resource.label_one}
            yield _command(label, url, "plus", _("Create"), words="new add create baru tambah buat")


def _verbs_in_view(request: Request) -> Iterator[dict[str, Any]]:
    resource, pk = find(request.GET.get("resource", "")), request.GET.get("id", "")
    if resource is None or not pk.isdecimal() or len(pk) > 18:
        return
    record = resource.rows(request.user).filter(pk=pk).first()
    if record is None:
        return
    offered = [verb for verb in verbs_of(resource) if verb.when is None or verb.when(record)]
    allowed = abilities(request.user, record, [verb.right or verb.name for verb in offered])
    for verb in offered:
        if allowed[verb.right or verb.name]:
            url = maybe_url("resource_verb", resource.name, record.pk, verb.name)
            yield _command(verb.label, url, verb.icon, str(record), method=_method(verb))


def _method(verb: Verb) -> str:
    """A verb that asks for something first opens its dialog; the others are done at once."""
    return "dialog" if verb.fields or verb.form else "post"


def _command(label: Any, url: str, icon: str, group: str, **more: str) -> dict[str, Any]:
    return {"label": str(label), "url": url, "icon": icon, "group": group, **more}


urlpatterns = [path("search/", search, name="search"), path("commands/", commands, name="commands")]
