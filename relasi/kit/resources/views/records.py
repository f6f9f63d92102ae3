"""The record page, its panels, who else is there, and deleting with a way back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import ProtectedError, RestrictedError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from relasi.kit.access.requests import Request
from relasi.kit.resources import cells, deleting, presence, timelines
from relasi.kit.resources.abilities import abilities
from relasi.kit.resources.declaration import Panel, Related, Resource, Verb
from relasi.kit.resources.facts import Facts, facts_of, load, ready, shown_names
from relasi.kit.resources.fields import Field, shown_fields
from relasi.kit.resources.finding import load as load_record
from relasi.kit.resources.hanging import counted
from relasi.kit.resources.registry import find, panels_of, resource_of, verbs_of
from relasi.kit.resources.related import related_list
from relasi.kit.resources.replies import go, notify, toast

STEPS_SHOWN = range(3, 10)
RELATED_SHOWN = 6


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a record stands by its main choice: a badge, and the steps on the way where there are few."""

    field: Field
    value: Any
    label: Any
    tone: str
    steps: list[dict[str, Any]]
    place: int


@require_GET
def record(request: Request, resource: Resource, pk: int) -> HttpResponse:
    """The page of one record; `?peek=1` its side panel, `?part=changed` what a change of it changes on the
    page. A merged record leads to the one that stands, unless a part of it is asked for (`?merged=1`)."""
    found, fields = _found(request, resource, pk)
    page = _page(request, resource, found, fields)
    if page["merged_into"] and page["merged_into"]["url"] and not request.GET:
        notify(request, _("“%(title)s” was merged into this record.") % {"title": found})
        return go(request, page["merged_into"]["url"])
    if request.GET.get("peek") == "1":
        first = _around(request, resource, found)["tabs"][0]
        return render(
            request,
            "resources/peek.html",
            {**page, "stream_url": first["url"], "stream_label": first["label"]},
        )
    if request.GET.get("part") == "changed":
        return render(request, "resources/record_changed.html", page)
    return render(request, "resources/record.html", {**page, **_around(request, resource, found)})


@require_GET
def panel(request: Request, resource: Resource, pk: int, name: str) -> HttpResponse:
    """One box beside the timeline. Empty where the noun has no such box or it has nothing to say."""
    found = load_record(request, resource, pk)
    box = next((box for box in panels_of(resource) if box.name == name), None)
    if box is None:
        raise Http404
    context: Mapping[str, Any] | None
    if isinstance(box, Related):
        context = related_list(box, found, request.user, limit=RELATED_SHOWN)
        template = "resources/record_related.html"
    else:
        context, template = box.context(found, request.user), "resources/record_panel.html"
    if context is None:
        return HttpResponse()
    return render(request, template, {"resource": resource, "record": found, "box": box, **context})


@require_POST
def present(request: Request, resource: Resource, pk: int) -> HttpResponse:
    """Asked every 20 seconds by whoever has the record open: says so, and answers with the others who
    have."""
    found = load_record(request, resource, pk)
    others = presence.seen(found, by=request.user, editing=request.POST.get("editing") == "1")
    version = request.POST.get("version", "")
    changed = version.isdecimal() and len(version) < 10 and int(version) != found.version
    return render(
        request,
        "resources/record_presence.html",
        {"resource": resource, "record": found, "others": others, "version": version, "is_changed": changed},
    )


@require_http_methods(["GET", "POST"])
def delete(request: Request, resource: Resource, pk: int) -> HttpResponse:
    """Delete with an undo. Where something could not be brought back, a dialog first names what will be
    gone."""
    found = load_record(request, resource, pk, "delete")
    if not resource.can_delete:
        raise PermissionDenied(_("These records are not deleted."))
    try:
        loss = deleting.loss_of(found)
    except (ProtectedError, RestrictedError) as error:
        return _kept(found, error)
    if request.method == "GET" or (loss.is_final and request.POST.get("sure") != "1"):
        context = {"resource": resource, "record": found, "loss": loss}
        return render(request, "resources/record_delete.html", context)
    return _deleted(request, resource, found)


def _deleted(request: Request, resource: Resource, found: Any) -> HttpResponse:
    title = str(found)
    try:
        batch = deleting.delete(found, resource=resource, by=request.user)
    except (ProtectedError, RestrictedError) as error:
        return _kept(found, error)
    text = _("“%(title)s” deleted") % {"title": title}
    if request.POST.get("stay") == "1":
        return toast(
            HttpResponse(status=204),
            text,
            undo=batch,
            events={"records:changed": {"resource": resource.name}},
        )
    notify(request, text, undo=batch)
    return go(request, reverse("resource_list", args=[resource.name]))


def _kept(found: Any, error: ProtectedError | RestrictedError) -> HttpResponse:
    """Nothing was deleted: who still needs the record, in words."""
    others = ", ".join(sorted({str(other._meta.verbose_name_plural) for other in deleting.blockers(error)}))
    text = _("“%(title)s” is still used by %(others)s and was kept.") % {"title": found, "others": others}
    return toast(HttpResponse(text, status=409), text, kind="error")


def _found(request: Request, resource: Resource, pk: int) -> tuple[Any, dict[str, Field]]:
    """The record with all its page shows, and the fields this reader may see."""
    fields = shown_fields(resource, request.user)
    names = [*shown_names(resource, fields), "owner", "tags"]
    rows = ready(resource.rows(request.user), resource, fields, names)
    found = counted(rows).filter(pk=pk).first()
    if found is None:
        raise Http404(_("There is no such record, or you may not see it."))
    load(found, request.user, [fields[name] for name in dict.fromkeys(names) if name in fields])
    return found, fields


def _page(request: Request, resource: Resource, found: Any, fields: dict[str, Field]) -> dict[str, Any]:
    user = request.user
    verbs = [verb for verb in verbs_of(resource) if verb.when is None or verb.when(found)]
    asked = ("change", "delete", "comment", "attach", "share", *(verb.right or verb.name for verb in verbs))
    can = abilities(user, found, asked)
    offered = [verb for verb in verbs if can[verb.right or verb.name]]
    facts: Facts = facts_of(
        resource, found, user, fields, may_change=can["change"] and not getattr(found, "merged_into_id", None)
    )
    return {
        "resource": resource,
        "record": found,
        "fields": fields,
        "title": _title(found, resource, user),
        "subtitle": _subtitle(found, resource),
        "can": can,
        "facts": facts,
        "owner": getattr(found, "owner", None) if "owner" in fields else None,
        "owner_url": reverse("resource_cell", args=[resource.name, found.pk, "owner"])
        if "owner" in fields and can["change"] and user.rights.writable(resource.model, "owner")
        else "",
        "tags": getattr(found, "tag_list", []) if "tags" in fields else None,
        "standing": _standing(resource, found, user, fields),
        "primary_verbs": [verb for verb in offered if verb.primary],
        "more_verbs": [verb for verb in offered if not verb.primary],
        "asks": asks,
        "merged_into": _merged_into(found, user),
        "unarchive": next((verb for verb in offered if verb.name == "unarchive"), None),
    }


def _around(request: Request, resource: Resource, found: Any) -> dict[str, Any]:
    """What stands beside the facts: tabs of the middle, boxes on the right. Each is fetched by itself."""
    timeline = timelines.timeline_url(resource, found)
    args = [resource.name, found.pk]
    tabs = [("timeline", _("Timeline"), "timeline", timeline, None)] if timeline else []
    if getattr(found, "is_noted", False):
        tabs.append(
            (
                "comments",
                _("Comments"),
                "message",
                reverse("resource_comments", args=args),
                found.comment_count,
            )
        )
    if getattr(found, "is_attached", False):
        tabs.append(
            (
                "files",
                _("Files"),
                "paperclip",
                reverse("resource_attachments", args=args),
                found.attachment_count,
            )
        )
    tabs.append(("history", _("History"), "history", reverse("resource_history", args=args), None))
    boxes = [box for box in panels_of(resource) if _is_open(box, request.user)]
    chosen = request.GET.get("tab", "")
    current = chosen if any(tab[0] == chosen for tab in tabs) else tabs[0][0]
    return {
        "tabs": [
            {
                "name": name,
                "label": label,
                "icon": icon,
                "url": url,
                "count": count or None,
                "is_current": name == current,
            }
            for name, label, icon, url, count in tabs
        ],
        "current_tab": current,
        "panels": [_box(box, args) for box in boxes if not _is_wide(box)],
        "wide_panels": [_box(box, args) for box in boxes if _is_wide(box)],
    }


def _box(box: Panel | Related, args: Sequence[Any]) -> dict[str, Any]:
    return {"url": reverse("resource_panel", args=[*args, box.name]), "label": panel_label(box)}


def _is_wide(box: Panel | Related) -> bool:
    return isinstance(box, Panel) and box.wide


def panel_label(box: Panel | Related) -> Any:
    if isinstance(box, Panel) or box.label:
        return box.label
    other = find(box.resource)
    return other.label if other else ""


def asks(verb: Verb) -> bool:
    """Whether a verb has something to ask before it is done."""
    return bool(verb.fields or verb.form or verb.danger)


def _is_open(box: Panel | Related, user: Any) -> bool:
    if isinstance(box, Panel):
        return True
    other = find(box.resource)
    return other is not None and user.rights.may("view", other.model)


def _title(found: Any, resource: Resource, user: Any) -> str:
    level = user.rights.level(resource.model, resource.title)
    if level == "hidden":
        return f"{resource.label_one} {found.pk}"
    return str(getattr(found, resource.title, "") or found)


def _subtitle(found: Any, resource: Resource) -> str:
    return resource.subtitle(found) if resource.subtitle else ""


def _standing(resource: Resource, found: Any, user: Any, fields: dict[str, Field]) -> Standing | None:
    """By the lane of the board where that is a choice, else by what the chart counts."""
    named = [resource.board.lane if resource.board else "", resource.chart.by if resource.chart else ""]
    field = next((fields[name] for name in named if name in fields and fields[name].kind == "choice"), None)
    if field is None or not user.rights.searchable(resource.model, field.name):
        return None
    value = field.value_of(found)
    if value in (None, ""):
        return None
    keys = _way(resource, field, value)
    is_way = resource.board is not None and resource.board.lane == field.name and len(keys) in STEPS_SHOWN
    return Standing(
        field=field,
        value=value,
        label=field.choice_label(value),
        tone=cells.tone_of(field, value, resource) or "grey",
        steps=[{"label": field.choice_label(key)} for key in keys] if is_way else [],
        place=keys.index(value) if value in keys else -1,
    )


def _way(resource: Resource, field: Field, value: Any) -> list[Any]:
    """The values on the way to the goal: grey ones at the end (given up, cancelled) are no step of it, unless
    the record stands there.
    """
    keys = [key for key, _label in field.choices]
    while len(keys) > 1 and keys[-1] != value and cells.tone_of(field, keys[-1], resource) == "grey":
        keys.pop()
    return keys


def _merged_into(found: Any, user: Any) -> dict[str, str] | None:
    """Where to find what this record was merged into; None for a record that stands."""
    if not getattr(found, "merged_into_id", None):
        return None
    winner = found.merged_into
    shown = resource_of(winner) if user.rights.may("view", winner) else None
    if shown is None:
        return {"label": "", "url": ""}
    return {"label": str(winner), "url": reverse("resource_record", args=[shown.name, winner.pk])}


urlpatterns = [
    path("<resource:resource>/<int:pk>/", record, name="resource_record"),
    path("<resource:resource>/<int:pk>/panel/<str:name>/", panel, name="resource_panel"),
    path("<resource:resource>/<int:pk>/present/", present, name="resource_present"),
    path("<resource:resource>/<int:pk>/delete/", delete, name="resource_delete"),
]
