"""The tags of a record, in place; and the page where tags are named, coloured and merged."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from relasi.kit.access.requests import Request
from relasi.kit.access.rights import may
from relasi.kit.records.models import Tag
from relasi.kit.resources import batches, tagging
from relasi.kit.resources.declaration import Resource
from relasi.kit.resources.finding import allow, is_number, load
from relasi.kit.resources.listing import load_tags
from relasi.kit.resources.replies import go, toast
from relasi.kit.resources.writing import set_tags


@require_http_methods(["GET", "POST"])
def tags(request: Request, resource: Resource, pk: int) -> HttpResponse:
    """GET the field, POST `tags` (names with commas between) keeps them; `?shown=1` only shows them again."""
    record = load(request, resource, pk, "view" if request.GET.get("shown") else "change")
    if not getattr(record, "is_tagged", False) or not request.user.rights.writable(resource.model, "tags"):
        raise Http404
    if request.method == "POST":
        return _keep(request, resource, record)
    load_tags([record])
    if request.GET.get("shown"):
        return _shown(request, resource, record)
    context = {
        "resource": resource,
        "record": record,
        "tags": record.tag_list,
        "known": tagging.known(limit=200),
    }
    return render(request, "resources/record_tags_edit.html", context)


@require_GET
def settings_page(request: Request) -> HttpResponse:
    allow(request, "view", Tag)
    return _list(request)


@require_http_methods(["GET", "POST"])
def edit(request: Request, pk: int = 0) -> HttpResponse:
    """A new tag, or another name and colour for one."""
    tag = _tag(request, pk) if pk else None
    allow(request, "change", Tag)
    if request.method == "GET":
        return _ask(request, tag)
    name, colour = request.POST.get("name", ""), request.POST.get("colour", "grey")
    try:
        if tag:
            tagging.rename(tag, name=name, colour=colour, by=request.user)
        else:
            tagging.add(name=name, colour=colour, by=request.user)
    except ValidationError as error:
        return _ask(request, tag, " ".join(error.messages), status=422)
    return _back(request, _("“%(name)s” saved") % {"name": name.strip()})


@require_http_methods(["GET", "POST"])
def merge(request: Request, pk: int) -> HttpResponse:
    """Make one tag of two: every record with this one carries the other."""
    tag = _tag(request, pk)
    allow(request, "change", Tag)
    into = tagging.find(int(request.POST["into"])) if is_number(request.POST.get("into", "")) else None
    if request.method == "GET" or into is None or into.pk == tag.pk:
        others = [other for other in tagging.counted() if other.pk != tag.pk]
        status = 422 if request.method == "POST" else 200
        return render(request, "resources/tag_merge.html", {"tag": tag, "others": others}, status=status)
    moved = tagging.merge(tag, into, by=request.user)
    text = ngettext("%(n)d record now has “%(name)s”.", "%(n)d records now have “%(name)s”.", moved)
    return _back(request, text % {"n": moved, "name": into.name})


@require_POST
def delete(request: Request, pk: int) -> HttpResponse:
    """Take a tag off every record. Asked for in a dialog, because many records forget it at once."""
    tag = _tag(request, pk)
    allow(request, "change", Tag)
    name = tag.name
    tagging.remove(tag, by=request.user)
    return _back(request, _("“%(name)s” deleted") % {"name": name})


def _keep(request: Request, resource: Resource, record: Any) -> HttpResponse:
    names = [name for text in request.POST.getlist("tags") for name in text.replace(";", ",").split(",")]
    with transaction.atomic():
        batch = batches.begin(
            "edit", resource.name, by=request.user, title=_("Tags: %(title)s") % {"title": record}
        )
        changed = set_tags(record, names, by=request.user, batch=batch.token)
        transaction.set_rollback(not changed)
    load_tags([record])
    if not request.headers.get("HX-Request"):
        return go(request, reverse("resource_record", args=[resource.name, record.pk]))
    answer = _shown(request, resource, record)
    return toast(answer, _("Tags saved"), undo=batch) if changed else answer


def _shown(request: Request, resource: Resource, record: Any) -> HttpResponse:
    can = {"change": may(request.user, "change", record)}
    return render(
        request,
        "resources/record_tags.html",
        {"resource": resource, "record": record, "tags": record.tag_list, "can": can},
    )


def _tag(request: Request, pk: int) -> Tag:
    allow(request, "view", Tag)
    tag = tagging.find(pk)
    if tag is None:
        raise Http404
    return tag


def _list(request: Request) -> HttpResponse:
    context = {"tags": tagging.counted(), "can_change": may(request.user, "change", Tag)}
    return render(request, "resources/tag_settings.html", context)


def _ask(request: Request, tag: Tag | None, error: str = "", status: int = 200) -> HttpResponse:
    context = {"tag": tag, "colours": tagging.COLOURS, "error": error, "typed": request.POST}
    return render(request, "resources/tag_edit.html", context, status=status)


def _back(request: Request, text: str) -> HttpResponse:
    if not request.headers.get("HX-Request"):
        return go(request, reverse("settings_tags"))
    return toast(
        HttpResponse(status=204), text, events={"records:changed": {"resource": "tags"}, "dialog:close": {}}
    )


urlpatterns = [
    path("<resource:resource>/<int:pk>/tags/", tags, name="resource_tags"),
    path("settings/tags/", settings_page, name="settings_tags"),
    path("settings/tags/new/", edit, name="settings_tag_new"),
    path("settings/tags/<int:pk>/", edit, name="settings_tag"),
    path("settings/tags/<int:pk>/merge/", merge, name="settings_tag_merge"),
    path("settings/tags/<int:pk>/delete/", delete, name="settings_tag_delete"),
]
