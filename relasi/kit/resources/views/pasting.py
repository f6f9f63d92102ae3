"""A block of cells pasted into the list: every cell is checked first, then all are written as one batch, or
none is.
"""

from __future__ import annotations

import json
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from relasi.kit.access.models import User
from relasi.kit.access.requests import Request
from relasi.kit.resources import batches, values
from relasi.kit.resources.asking import asked
from relasi.kit.resources.declaration import Resource
from relasi.kit.resources.entering import by_field, required
from relasi.kit.resources.fields import Field, fields_of
from relasi.kit.resources.models import Batch
from relasi.kit.resources.replies import toast
from relasi.kit.resources.views.listing import columns_of, gate, rows_of
from relasi.kit.resources.writing import change
from relasi.lib.text import unsafe_cell

MOST_ROWS = 1000
MOST_FIELDS = 40


@require_POST
def paste(request: Request, resource: Resource) -> HttpResponse:
    """`{"fields": […], "ids": […], "rows": [[…]]}` → the changed rows as HTML; 422: every problem, nothing
    written.
    """
    gate(request, resource)
    block = _block(request)
    if block is None:
        return _refused(request, resource, [], _("This is not a block of cells that can be pasted."))
    names, ids, lines = block
    fields = _fields(request, resource, names)
    records = {record.pk: record for record in resource.rows(request.user, "change").filter(pk__in=ids)}
    visible = set(resource.rows(request.user).filter(pk__in=ids).values_list("pk", flat=True))
    wanted, problems = _understood(request, fields, ids, lines, records.keys() & visible)
    if problems:
        return _refused(request, resource, problems)
    try:
        batch, changed = _written(request, resource, fields, records, wanted)
    except _Refused as refused:
        return _refused(request, resource, refused.problems)
    answer = _rows(request, resource, ids)
    text = ngettext("%(n)d row pasted into", "%(n)d rows pasted into", changed) % {"n": changed}
    return toast(answer, text, undo=batch if changed else None)


def _block(request: Request) -> tuple[list[str], list[int], list[list[str]]] | None:
    """The posted block when it has the form it must have."""
    try:
        data = json.loads(request.body)
        names = [str(name) for name in data["fields"]]
        ids = [int(pk) for pk in data["ids"]]
        lines = [[str(cell) for cell in line] for line in data["rows"]]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    fits = 0 < len(lines) <= MOST_ROWS and len(ids) >= len(lines) and 0 < len(names) <= MOST_FIELDS
    fits = fits and all(0 < pk < 2**63 for pk in ids) and all(len(line) <= len(names) for line in lines)
    return (names, ids[: len(lines)], lines) if fits else None


def _fields(request: Request, resource: Resource, names: list[str]) -> list[Field]:
    """The columns pasted into. Raises PermissionDenied for one the reader may not write."""
    user: User = request.user
    known = fields_of(resource)
    for name in names:
        if name not in known or not known[name].is_editable or not user.rights.writable(resource.model, name):
            label = known[name].label if name in known else name
            raise PermissionDenied(_("You may not change %(field)s.") % {"field": label})
    return [known[name] for name in names]


def _understood(
    request: Request, fields: list[Field], ids: list[int], lines: list[list[str]], allowed: set[int]
) -> tuple[dict[int, dict[str, Any]], list[dict[str, Any]]]:
    """What each row becomes, and every cell that cannot be."""
    wanted: dict[int, dict[str, Any]] = {}
    problems: list[dict[str, Any]] = []
    for place, (pk, line) in enumerate(zip(ids, lines, strict=True), 1):
        if pk not in allowed:
            problems.append(
                {"row": place, "id": pk, "field": "", "text": "", "error": _("You may not change this row.")}
            )
            continue
        for field, text in zip(fields, line, strict=False):
            try:
                wanted.setdefault(pk, {})[field.name] = values.read(
                    field, unsafe_cell(text), user=request.user
                )
            except ValidationError as error:
                said = " ".join(str(one) for one in error.messages)
                problems.append({"row": place, "id": pk, "field": field, "text": text, "error": said})
    return wanted, problems


class _Refused(Exception):
    def __init__(self, problems: list[dict[str, Any]]) -> None:
        super().__init__(len(problems))
        self.problems = problems


@transaction.atomic
def _written(
    request: Request,
    resource: Resource,
    fields: list[Field],
    records: dict[int, Any],
    wanted: dict[int, dict[str, Any]],
) -> tuple[Batch, int]:
    """All rows in one transaction; when one is refused by its own rules, none is written and every problem is
    told.
    """
    title = ", ".join(str(field.label) for field in fields)
    batch = batches.begin(
        "paste", resource.name, by=request.user, title=_("Pasted: %(fields)s") % {"fields": title}
    )
    problems: list[dict[str, Any]] = []
    changed = 0
    for place, (pk, given) in enumerate(wanted.items(), 1):
        missing = required(given, fields, records[pk])
        try:
            if missing:
                raise ValidationError(missing)
            with transaction.atomic():
                changed += change(records[pk], given, by=request.user, batch=batch.token)
        except ValidationError as error:
            problems += _by_cell(error, place, pk, fields, given)
    if problems:
        raise _Refused(problems)
    return batch, changed


def _by_cell(
    error: ValidationError, place: int, pk: int, fields: list[Field], given: dict[str, Any]
) -> list[dict[str, Any]]:
    named = {field.name: field for field in fields}
    return [
        {
            "row": place,
            "id": pk,
            "field": named.get(name, ""),
            "text": given.get(name, ""),
            "error": " ".join(map(str, texts)),
        }
        for name, texts in by_field(error).items()
    ]


def _rows(request: Request, resource: Resource, ids: list[int]) -> HttpResponse:
    """The rows as the list shows them now, for those that still meet its filter or not."""
    ask = asked(request, resource)
    listing = ask.listing(request.user, filter="", words="", archived=True)
    found = listing.only(ids)
    columns = columns_of(ask, listing, request.user)
    rows = rows_of(listing, found, columns, request.user)
    return render(
        request, "resources/list_rows.html", {"columns": columns, "rows": rows, "next_url": "", "error": ""}
    )


def _refused(
    request: Request, resource: Resource, problems: list[dict[str, Any]], general: str = ""
) -> HttpResponse:
    context = {"resource": resource, "problems": problems[:100], "count": len(problems), "general": general}
    return render(request, "resources/paste_refused.html", context, status=422)


urlpatterns = [path("<resource:resource>/paste/", paste, name="resource_paste")]
