"""Many rows at once: `/people/bulk/` asks (GET) and does (POST) one act to the chosen rows or to all that
match.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from relasi.kit.access.requests import Request
from relasi.kit.access.rights import may
from relasi.kit.resources import batches, editing
from relasi.kit.resources.asking import asked
from relasi.kit.resources.declaration import Resource
from relasi.kit.resources.entering import by_field, inputs_of, posted
from relasi.kit.resources.fields import Field, fields_of
from relasi.kit.resources.filtering import FilterError
from relasi.kit.resources.jobs import run_bulk
from relasi.kit.resources.models import Batch
from relasi.kit.resources.paging import PageError
from relasi.kit.resources.replies import toast
from relasi.kit.resources.views.listing import gate

AT_ONCE = 500
MOST = 100_000


@require_http_methods(["GET", "POST"])
def bulk(request: Request, resource: Resource) -> HttpResponse:
    """Ask what an act needs, or do it. Over 500 rows are done by a job whose progress is shown."""
    gate(request, resource)
    if request.method == "GET":
        return _ask(request, resource, request.GET.get("what", "set"))
    what = request.POST.get("what", "")
    try:
        act = editing.act_of(resource, what, _given(request, resource), request.user)
        ids = _ids(request, resource)
    except LookupError:
        raise Http404 from None
    except ValidationError as error:
        return _ask(request, resource, what, by_field(error), status=422)
    except (FilterError, PageError) as error:
        return _ask(request, resource, what, {"__all__": [str(error)]}, status=422)
    if not ids:
        return _ask(request, resource, what, {"__all__": [_("No row is chosen.")]}, status=422)
    if len(ids) > AT_ONCE:
        return _later(request, resource, what, act, ids)
    return _now(request, resource, act, ids)


@require_safe
def bulk_menu(request: Request, resource: Resource) -> HttpResponse:
    """What else can be done to the chosen rows."""
    gate(request, resource)
    user: Any = request.user
    context = {
        "resource": resource,
        "verbs": list(editing.bulk_verbs(resource, user).values()),
        "is_tagged": getattr(resource.model, "is_tagged", False) and may(user, "change", resource.model),
        "may_delete": resource.can_delete and may(user, "delete", resource.model),
    }
    return render(request, "resources/bulk_menu.html", context)


@require_safe
def bulk_progress(request: Request, resource: Resource, token: str) -> HttpResponse:
    """How far a large act is; asked again every second until it is done."""
    batch = batches.find(token)
    if batch is None or batch.resource != resource.name or not batch.is_open_to(request.user):
        raise Http404
    response = render(request, "resources/bulk_progress.html", _progress(resource, batch))
    if batch.result.get("done"):
        toast(
            response,
            editing.said(batch.result),
            undo=batch,
            events={"records:changed": {"resource": resource.name}},
        )
    return response


@transaction.atomic
def _now(request: Request, resource: Resource, act: editing.Act, ids: list[int]) -> HttpResponse:
    batch = batches.begin("bulk", resource.name, by=request.user, title=act.title)
    outcome = editing.Outcome()
    editing.run(act, resource=resource, user=request.user, ids=ids, batch=batch, outcome=outcome)
    data = outcome.as_data()
    batches.note(batch, data)
    undo = batch if outcome.changed and act.can_undo else None
    events: dict[str, Any] = {"records:changed": {"resource": resource.name}, "dialog:close": {}}
    if outcome.skipped:
        events["grid:skipped"] = {"ids": [sample["id"] for sample in outcome.samples]}
    return toast(HttpResponse(status=204), f"{act.title}: {editing.said(data)}", undo=undo, events=events)


@transaction.atomic
def _later(request: Request, resource: Resource, what: str, act: editing.Act, ids: list[int]) -> HttpResponse:
    batch = batches.begin("bulk", resource.name, by=request.user, title=act.title)
    result = {"ids": ids, "at": 0, "total": len(ids)}
    batches.note(batch, result)
    run_bulk.later(
        batch_id=batch.pk,
        what=what,
        given=_given(request, resource),
        user_id=request.user.pk,
        _key=batch.token,
    )
    return render(request, "resources/bulk_dialog_progress.html", _progress(resource, batch))


def _progress(resource: Resource, batch: Batch) -> dict[str, Any]:
    result = batch.result
    return {
        "resource": resource,
        "batch": batch,
        "at": result.get("at", 0),
        "total": result.get("total", 0),
        "is_done": bool(result.get("done")),
        "failed": result.get("failed", ""),
        "said": editing.said(result),
        "samples": result.get("samples", []),
    }


def _ids(request: Request, resource: Resource) -> list[int]:
    """The chosen rows, or all that match the address. Raises ValidationError when they are too many."""
    if request.POST.get("all") == "1":
        ids = list(
            asked(request, resource)
            .listing(request.user)
            .rows()
            .order_by("pk")
            .values_list("pk", flat=True)[: MOST + 1]
        )
        if len(ids) > MOST:
            text = _("More than %(n)s rows match. Narrow the filter, or do it in parts.")
            raise ValidationError(text % {"n": f"{MOST:,}"})
        return ids
    words = request.POST.get("ids", "").split(",")
    return list(dict.fromkeys(int(word) for word in words if word.isdecimal() and len(word) < 19))[:MOST]


def _given(request: Request, resource: Resource) -> dict[str, Any]:
    """What the form says, by plain names: `field` and `value` to set, `tags`, or the fields of a verb."""
    data = request.POST
    given: dict[str, Any] = {"field": data.get("set-field", ""), "tags": data.get("tags", "")}
    fields = fields_of(resource)
    if given["field"] in fields:
        given["value"] = posted(data, [fields[given["field"]]]).get(given["field"], "")
    verb = editing.bulk_verbs(resource, request.user).get(data.get("what", "").removeprefix("do:"))
    if verb:
        given.update(posted(data, [fields[name] for name in verb.fields]))
    return given


def _ask(
    request: Request,
    resource: Resource,
    what: str,
    problems: dict[str, list[str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    user: Any = request.user
    problems = problems or {}
    given = request.POST if request.method == "POST" else request.GET
    context: dict[str, Any] = {
        "resource": resource,
        "what": what,
        "problems": problems,
        "general": [text for name in ("__all__", "field", "tags") for text in problems.get(name, [])],
        "tags": given.get("tags", ""),
    }
    if what == "set":
        offered = editing.settable(resource, user)
        if not offered or not may(user, "change", resource.model):
            raise PermissionDenied(_("You may not do this."))
        name = given.get("set-field", "")
        chosen = next((known for known in offered if known.name == name), None)
        context |= {
            "fields": offered,
            "chosen": chosen,
            "input": _inputs(request, resource, [chosen] if chosen else [], problems),
        }
    elif what.startswith("do:"):
        verb = editing.bulk_verbs(resource, user).get(what.removeprefix("do:"))
        if verb is None:
            raise Http404
        fields = fields_of(resource)
        context |= {
            "verb": verb,
            "inputs": _inputs(request, resource, [fields[name] for name in verb.fields], problems),
        }
    elif what not in {"tag", "untag", "delete"}:
        raise Http404
    if what == "set" and request.GET.get("part"):
        return render(request, "resources/bulk_value.html", context)
    return render(request, "resources/bulk_dialog.html", context, status=status)


def _inputs(
    request: Request, resource: Resource, fields: list[Field], problems: dict[str, list[str]]
) -> list[Any]:
    typed = posted(request.POST, fields) if request.method == "POST" else {}
    return inputs_of(fields, typed, problems, user=request.user, resource=resource)


urlpatterns = [
    path("<resource:resource>/bulk/", bulk, name="resource_bulk"),
    path("<resource:resource>/bulk/menu/", bulk_menu, name="resource_bulk_menu"),
    path("<resource:resource>/bulk/<str:token>/", bulk_progress, name="resource_bulk_progress"),
]
