"""Taking in a file: `/people/import/` receives it, `/people/import/7/` leads from mapping over the trial to
the result.
"""

from __future__ import annotations

from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from relasi.kit.access.requests import Request
from relasi.kit.access.rights import may
from relasi.kit.records.models import CustomField
from relasi.kit.resources.declaration import Resource
from relasi.kit.resources.finding import allow, is_number
from relasi.kit.resources.importing import mending, sampling, showing, starting
from relasi.kit.resources.importing.engine import importer_of
from relasi.kit.resources.importing.masking import closed_columns, mended, shown
from relasi.kit.resources.importing.models import ImportRow, ImportRun
from relasi.kit.resources.importing.results import result_lines
from relasi.kit.resources.replies import go, notify, toast

File = TypeVar("File", bound=HttpResponseBase)
SHOWN = 40
NAMING = {"name", "given_name", "family_name", "company", "phone", "email", "subject", "title"}
MB = 1024 * 1024
OUTCOMES = {kind for kind, _tone, _icon in showing.KINDS}


@require_http_methods(["GET", "POST"])
def start_page(request: Request, resource: Resource) -> HttpResponse:
    """Drop a file here; below, the imports of before. POST `file`."""
    _gate(request, resource)
    if request.method == "GET":
        return _start_page(request, resource)
    file = request.FILES.get("file")
    if file is None:
        return _start_page(request, resource, _("Choose a file first."))
    if (file.size or 0) > settings.RELASI_MAX_UPLOAD_MB * MB:
        return _start_page(
            request, resource, _("At most %(n)s MB at a time.") % {"n": settings.RELASI_MAX_UPLOAD_MB}
        )
    try:
        run = starting.receive(resource=resource, name=file.name or "", chunks=file.chunks(), by=request.user)
    except ValidationError as error:
        return _start_page(request, resource, " ".join(error.messages))
    return go(request, _url(run))


@require_safe
def sample(request: Request, resource: Resource) -> HttpResponse:
    """A small CSV to start from."""
    _gate(request, resource)
    answer = HttpResponse(
        sampling.sample_file(resource, request.user), content_type="text/csv; charset=utf-8"
    )
    return _as_file(answer, sampling.sample_name(resource))


@require_safe
def run_page(request: Request, resource: Resource, pk: int) -> HttpResponse:
    """Where the import stands: to map, being worked on, tried, or over."""
    run = _run(request, resource, pk)
    if run.state == ImportRun.State.MAPPING or (
        run.state == ImportRun.State.CHECKED and request.GET.get("map")
    ):
        return _map_page(request, resource, run)
    return render(request, "resources/import_run.html", _run_context(request, resource, run))


@require_POST
def read_again(request: Request, resource: Resource, pk: int) -> HttpResponse:
    """Another sheet, encoding or separator."""
    run = _run(request, resource, pk)
    given = {name: request.POST.get(name, "") for name in ("sheet", "encoding", "separator")}
    try:
        starting.read_again(run, by=request.user, **given)
    except ValidationError as error:
        run.refresh_from_db()
        return _map_page(request, resource, run, problem=" ".join(error.messages))
    return go(request, _url(run))


@require_POST
def map_columns(request: Request, resource: Resource, pk: int) -> HttpResponse:
    """Keep the mapping, then try it or (`then=start`) begin at once."""
    run = _run(request, resource, pk)
    mapping = _posted_mapping(request, run)
    try:
        starting.map_columns(run, mapping=mapping, options=_posted_options(request, run), by=request.user)
    except ValidationError as error:
        errors = error.message_dict if hasattr(error, "error_dict") else {}
        problem = "" if errors else " ".join(error.messages)
        return _map_page(request, resource, run, typed=mapping, errors=errors, problem=problem)
    begin = starting.start if request.POST.get("then") == "start" else starting.start_trial
    begin(run, by=request.user)
    return go(request, _url(run))


@require_POST
def start(request: Request, resource: Resource, pk: int) -> HttpResponse:
    run = _run(request, resource, pk)
    starting.start(run, by=request.user)
    return go(request, _url(run))


@require_safe
def progress(request: Request, resource: Resource, pk: int) -> HttpResponse:
    """The bar, asked for each second; when the work is over the page is sent for anew."""
    run = _run(request, resource, pk)
    if not run.is_busy:
        return go(request, _url(run))
    return render(request, "resources/import_progress.html", _run_context(request, resource, run))


@require_POST
def cancel(request: Request, resource: Resource, pk: int) -> HttpResponse:
    run = _run(request, resource, pk)
    starting.cancel(run, by=request.user)
    return go(request, _url(run))


@require_POST
def go_on(request: Request, resource: Resource, pk: int) -> HttpResponse:
    run = _run(request, resource, pk)
    starting.go_on(run, by=request.user)
    return go(request, _url(run))


@require_POST
def undo(request: Request, resource: Resource, pk: int) -> HttpResponse:
    run = _run(request, resource, pk)
    starting.start_undo(run, by=request.user)
    return go(request, _url(run))


@require_POST
def discard(request: Request, resource: Resource, pk: int) -> HttpResponse:
    """Forget a file that was never taken in."""
    run = _run(request, resource, pk)
    if starting.discard(run, by=request.user):
        notify(request, _("“%(name)s” forgotten") % {"name": run.file_name})
    return go(request, reverse("resource_import", args=[resource.name]))


@require_safe
def rows(request: Request, resource: Resource, pk: int) -> HttpResponse:
    """The next rows of a kind, with what was wrong: `?kind=failed&after=120`."""
    run = _run(request, resource, pk)
    return render(request, "resources/import_rows.html", _rows_context(request, resource, run))


@require_POST
def mend(request: Request, resource: Resource, pk: int, number: int) -> HttpResponse:
    """Try a failed row again with the cells as they were mended (`cell-3` is the fourth column)."""
    run = _run(request, resource, pk)
    row = _failed_row(run, number)
    cells = {
        column: request.POST[f"cell-{n}"]
        for n, column in enumerate(run.columns)
        if f"cell-{n}" in request.POST
    }
    row = mending.mend_row(row, mended(cells, closed_columns(run, request.user)), by=request.user)
    status = 422 if row.outcome == ImportRow.Outcome.FAILED else 200
    if status == 200 and not request.headers.get("HX-Request"):
        return go(request, _url(run))
    return _row(request, resource, run, row, status)


@require_POST
def aside(request: Request, resource: Resource, pk: int, number: int) -> HttpResponse:
    """Let a failed row be."""
    run = _run(request, resource, pk)
    return _row(request, resource, run, mending.put_aside(_failed_row(run, number), by=request.user), 200)


@require_POST
def all_aside(request: Request, resource: Resource, pk: int) -> HttpResponse:
    run = _run(request, resource, pk)
    mending.put_all_aside(run, by=request.user)
    return go(request, _url(run))


@require_safe
def result(request: Request, resource: Resource, pk: int) -> HttpResponse | StreamingHttpResponse:
    """One line for every row of the file; `?only=failed` those alone."""
    run = _run(request, resource, pk)
    only = request.GET.get("only", "")
    lines = result_lines(run, by=request.user, only=only if only in OUTCOMES else "")
    answer = StreamingHttpResponse(
        ("\ufeff" + line if n == 0 else line for n, line in enumerate(lines)),
        content_type="text/csv; charset=utf-8",
    )
    return _as_file(answer, f"{run.file_name.rsplit('.', 1)[0]} {only or 'result'}")


@require_safe
def tally(request: Request, resource: Resource, pk: int) -> HttpResponse:
    """The counts at the head, after a row was mended."""
    run = _run(request, resource, pk)
    return render(
        request,
        "resources/import_tally.html",
        {"resource": resource, "run": run, "tallies": showing.tallies(run)},
    )


def _gate(request: Request, resource: Resource) -> None:
    allow(request, "import", resource.model)
    if not (may(request.user, "add", resource.model) or may(request.user, "change", resource.model)):
        raise PermissionDenied(_("You may not do this."))


def _run(request: Request, resource: Resource, pk: int) -> ImportRun:
    """One's own import of this noun (an owner's eyes see all), or 404."""
    _gate(request, resource)
    runs = _runs(request, resource)
    run: ImportRun | None = runs.select_related("owner", "act").filter(pk=pk).first()
    if run is None:
        raise Http404(_("There is no such import, or it is not yours."))
    return run


def _runs(request: Request, resource: Resource) -> Any:
    """A file holds what it holds, closed fields too: so its rows are for who brought it, and for an owner."""
    runs = ImportRun.objects.visible_to(request.user).filter(resource=resource.name)
    return runs if request.user.is_owner else runs.filter(owner=request.user)


def _failed_row(run: ImportRun, number: int) -> ImportRow:
    row = run.rows.filter(number=number, is_trial=False).first()
    if row is None:
        raise Http404
    return row


def _start_page(request: Request, resource: Resource, problem: str = "") -> HttpResponse:
    runs = _runs(request, resource).select_related("owner")
    context = {
        "resource": resource,
        "runs": runs[:30],
        "problem": problem,
        "most": settings.RELASI_MAX_UPLOAD_MB,
        "source_name": showing.source_name,
    }
    return render(request, "resources/import.html", context, status=422 if problem else 200)


def _map_page(
    request: Request,
    resource: Resource,
    run: ImportRun,
    *,
    typed: dict[str, dict[str, Any]] | None = None,
    errors: dict[str, list[str]] | None = None,
    problem: str = "",
) -> HttpResponse:
    importer = importer_of(run)
    context = {
        "resource": resource,
        "run": run,
        "columns": showing.columns_of(run, typed or {}, errors or {}, request.user),
        "groups": showing.place_groups(run, request.user),
        "own_kinds": showing.own_kinds(),
        "may_add_fields": hasattr(resource.model, "custom") and may(request.user, "add", CustomField),
        "match_rules": importer.match_rules,
        "on_match": showing.ON_MATCH,
        "day_orders": showing.DAY_ORDERS,
        "encodings": list(dict.fromkeys([run.encoding, *showing.ENCODINGS])) if run.encoding else [],
        "separators": showing.SEPARATORS if run.separator else (),
        "is_tagged": getattr(resource.model, "is_tagged", False) and resource.importer,
        "source_name": showing.source_name(run),
        "problem": problem,
        "steps": _steps(),
    }
    return render(request, "resources/import_map.html", context, status=422 if problem or errors else 200)


def _run_context(request: Request, resource: Resource, run: ImportRun) -> dict[str, Any]:
    context: dict[str, Any] = {
        "resource": resource,
        "run": run,
        "tallies": showing.tallies(run),
        "source_name": showing.source_name(run),
        "steps": _steps(),
        "step": {"checking": 1, "checked": 1, "running": 2, "failed": 2}.get(run.state, 3),
    }
    if run.is_busy:
        return context | {"way": showing.way_of(run)}
    return context | _rows_context(request, resource, run) | {"kept": _kept(run), "closed": _closed(run)}


def _rows_context(request: Request, resource: Resource, run: ImportRun) -> dict[str, Any]:
    """The rows of one kind that have something said about them, a page at a time."""
    is_trial = run.state in {ImportRun.State.CHECKED, ImportRun.State.MAPPING}
    told = run.rows.filter(is_trial=is_trial).exclude(problems=[])
    kind = request.GET.get("kind", "")
    if kind not in OUTCOMES:
        kind = "failed" if told.filter(outcome="failed").exists() else ""
    closed = closed_columns(run, request.user)
    after = int(request.GET["after"]) if is_number(request.GET.get("after", "")) else 0
    found = list(
        (told.filter(outcome=kind) if kind else told).filter(number__gt=after).order_by("number")[: SHOWN + 1]
    )
    return {
        "resource": resource,
        "run": run,
        "kind": kind,
        "kinds": [label for label in showing.tallies(run) if told.filter(outcome=label["kind"]).exists()]
        if not after
        else [],
        "rows": [_row_view(run, row, closed) for row in found[:SHOWN]],
        "next": found[SHOWN - 1].number if len(found) > SHOWN else None,
        "may_mend": run.state in mending.OVER,
    }


def _row_view(run: ImportRun, row: ImportRow, closed: frozenset[str]) -> dict[str, Any]:
    """A row as a card: its problems, and its cells with those in trouble first, closed ones as dots."""
    seen = shown(row.cells, closed)
    by_column: dict[str, list[str]] = {}
    for where, text in row.problems:
        by_column.setdefault(where, []).append(text)
    cells = [
        {
            "n": n,
            "column": column,
            "text": seen.get(column, ""),
            "error": " ".join(by_column.get(column, [])),
        }
        for n, column in enumerate(run.columns)
    ]
    cells = [cell for cell in cells if cell["error"] or run.mapping.get(cell["column"], {}).get("field")]
    wrong = [cell for cell in cells if cell["error"]]
    rest = [cell for cell in cells if not cell["error"]]
    title = _title(run, cells)
    general = [text for where, texts in by_column.items() if where not in run.columns for text in texts]
    return {
        "row": row,
        "wrong": wrong,
        "rest": rest,
        "general": general,
        "title": title,
        "is_open": not wrong,
    }


def _title(run: ImportRun, cells: list[dict[str, Any]]) -> str:
    """What a row is about, in a few of its cells: those that name somebody, else the first ones."""
    places = {column: to.get("field", "") for column, to in run.mapping.items()}
    filled = [cell for cell in cells if cell["text"] and not cell["error"]]
    naming = [cell for cell in filled if places.get(cell["column"]) in NAMING]
    return " · ".join(cell["text"] for cell in (naming or filled)[:4])[:120]


def _row(request: Request, resource: Resource, run: ImportRun, row: ImportRow, status: int) -> HttpResponse:
    view = _row_view(run, row, closed_columns(run, request.user))
    context = {"resource": resource, "run": run, "view": view, "may_mend": True}
    answer = render(request, "resources/import_row.html", context, status=status)
    return answer if status == 422 else toast(answer, "", events={"import:counted": {}})


def _posted_mapping(request: Request, run: ImportRun) -> dict[str, dict[str, Any]]:
    mapping: dict[str, dict[str, Any]] = {}
    for n, column in enumerate(run.columns):
        field, _colon, index = request.POST.get(f"place-{n}", "").partition(":")
        mapping[column] = {"field": field, "index": int(index) if index.isdecimal() and len(index) < 4 else 1}
        known = run.mapping.get(column, {})
        if field and field == known.get("field"):
            mapping[column]["part"] = known.get("part", "")
        if field == "new":
            mapping[column]["kind"] = request.POST.get(f"kind-{n}", "text")
    return mapping


def _posted_options(request: Request, run: ImportRun) -> dict[str, Any]:
    rules = [name for name, _label in importer_of(run).match_rules]
    given = request.POST
    options: dict[str, Any] = {"match": [name for name in rules if name in given.getlist("match")]}
    if given.get("on_match") in dict(showing.ON_MATCH):
        options["on_match"] = given["on_match"]
    if given.get("day_order") in dict(showing.DAY_ORDERS):
        options["day_order"] = given["day_order"]
    options["tags"] = [tag.strip()[:60] for tag in given.get("tags", "").split(",") if tag.strip()][:20]
    options["source_name"] = given.get("source_name", "").strip()[:60]
    return options


def _kept(run: ImportRun) -> list[dict[str, Any]]:
    return (
        list(run.act.result.get("kept", []))[:200] if run.act and run.state == ImportRun.State.UNDONE else []
    )


def _closed(run: ImportRun) -> int:
    """How many records an undo left because they were not open to who undid."""
    return int(run.act.result.get("closed", 0)) if run.act and run.state == ImportRun.State.UNDONE else 0


def _steps() -> list[str]:
    return [_("Columns"), _("Trial"), _("Import"), _("Result")]


def _url(run: ImportRun) -> str:
    return reverse("resource_import_run", args=[run.resource, run.pk])


def _as_file(answer: File, name: str) -> File:
    plain = slugify(name) or "import"
    answer["Content-Disposition"] = f'attachment; filename="{plain}.csv"'
    return answer


urlpatterns = [
    path("<resource:resource>/import/", start_page, name="resource_import"),
    path("<resource:resource>/import/sample/", sample, name="resource_import_sample"),
    path("<resource:resource>/import/<int:pk>/", run_page, name="resource_import_run"),
    path("<resource:resource>/import/<int:pk>/read/", read_again, name="resource_import_read"),
    path("<resource:resource>/import/<int:pk>/map/", map_columns, name="resource_import_map"),
    path("<resource:resource>/import/<int:pk>/start/", start, name="resource_import_start"),
    path("<resource:resource>/import/<int:pk>/progress/", progress, name="resource_import_progress"),
    path("<resource:resource>/import/<int:pk>/cancel/", cancel, name="resource_import_cancel"),
    path("<resource:resource>/import/<int:pk>/go-on/", go_on, name="resource_import_go_on"),
    path("<resource:resource>/import/<int:pk>/undo/", undo, name="resource_import_undo"),
    path("<resource:resource>/import/<int:pk>/discard/", discard, name="resource_import_discard"),
    path("<resource:resource>/import/<int:pk>/rows/", rows, name="resource_import_rows"),
    path("<resource:resource>/import/<int:pk>/rows/aside/", all_aside, name="resource_import_all_aside"),
    path("<resource:resource>/import/<int:pk>/rows/<int:number>/", mend, name="resource_import_mend"),
    path("<resource:resource>/import/<int:pk>/rows/<int:number>/aside/", aside, name="resource_import_aside"),
    path("<resource:resource>/import/<int:pk>/result/", result, name="resource_import_result"),
    path("<resource:resource>/import/<int:pk>/tally/", tally, name="resource_import_tally"),
]
