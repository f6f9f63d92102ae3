"""From an uploaded file to a run: kept raw, its columns read, their places guessed or remembered; begun,
stopped, gone on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from relasi.kit.jobs.models import Job
from relasi.kit.resources import batches
from relasi.kit.resources.declaration import Resource
from relasi.kit.resources.importing import keeping
from relasi.kit.resources.importing.engine import importer_of, open_table, resource_of
from relasi.kit.resources.importing.mapping import map_columns, remembered
from relasi.kit.resources.importing.models import ImportRun
from relasi.kit.resources.values import plain_words
from relasi.lib import dates, ids
from relasi.lib.tables import TableError

__all__ = [
    "cancel",
    "discard",
    "go_on",
    "map_columns",
    "read_again",
    "receive",
    "start",
    "start_trial",
    "start_undo",
]

SAMPLE = 200
State = ImportRun.State


def receive(*, resource: Resource, name: str, chunks: Iterable[bytes], by: Any) -> ImportRun:
    """Keep the file encrypted, and make a run of it. Raises ValidationError when it cannot be read at all."""
    path = Path("imports") / f"{ids.token(at_ms=int(timezone.now().timestamp() * 1000))}{_suffix(name)}"
    size = keeping.keep(path, chunks)
    run = ImportRun(
        resource=resource.name, owner=by, file_name=Path(name).name[:255] or "file", path=str(path), size=size
    )
    try:
        fields = look_into(run)
    except ValidationError:
        keeping.forget(path)
        raise
    made: ImportRun = ImportRun.create(
        by=by,
        verb="received",
        resource=run.resource,
        owner=by,
        file_name=run.file_name,
        path=run.path,
        size=size,
        **fields,
    )
    return made


def read_again(run: ImportRun, *, by: Any, sheet: str = "", encoding: str = "", separator: str = "") -> None:
    """Read the file another way: of another sheet, in another encoding, with another separator.

    Raises ValidationError.
    """
    if run.state not in {State.MAPPING, State.CHECKED}:
        raise ValidationError(_("This import has begun; the file stays as it was read."))
    run.sheet, run.encoding, run.separator = sheet, encoding, separator
    fields = look_into(run)
    run.refresh_from_db()
    run.change(by=by, verb="read", state=State.MAPPING, trial={}, **fields)


def look_into(run: ImportRun) -> dict[str, Any]:
    """Columns, format, number of rows and proposed mapping of the run's file.

    Raises ValidationError in plain words.
    """
    try:
        table = open_table(run)
        sample = [row.cells for row in islice(table.rows, SAMPLE)]
        total = len(sample) + sum(1 for _row in table.rows)
    except TableError as error:
        raise ValidationError(plain_words(error)) from error
    columns = list(dict.fromkeys([*table.columns, *(name for cells in sample for name in cells)]))
    if not total:
        raise ValidationError(_("The file has a heading but no rows below it."))
    mapping, options, source = _proposal(run, columns, sample)
    return {
        "columns": columns,
        "format": table.format,
        "encoding": table.encoding,
        "separator": table.separator,
        "sheet": table.sheet,
        "sheets": list(table.sheets),
        "source": source,
        "mapping": mapping,
        "options": options,
        "total_rows": total,
    }


def _proposal(
    run: ImportRun, columns: list[str], sample: list[dict[str, str]]
) -> tuple[dict[str, Any], dict[str, Any], str]:
    """Mapping, options and source: as the last time for files with these headings, else guessed."""
    importer, resource = importer_of(run), resource_of(run)
    open_places = {place.field for place in importer.places(resource, run.owner)}
    guess = importer.guess(resource, columns, sample)
    last = remembered(run.resource, columns)
    proposed = last.mapping if last else guess["mapping"]
    mapping = {
        column: to for column, to in proposed.items() if not to.get("field") or to["field"] in open_places
    }
    for column, to in {**guess["mapping"], **proposed}.items():
        if to.get("field") and not mapping.get(column, {}).get("field"):
            mapping[column] = {"field": "", **mapping.get(column, {}), "means": to["field"]}
    options = {
        "match": [name for name, _label in importer.match_rules],
        "on_match": "update",
        "day_order": _day_order(mapping, sample),
        **(last.options if last else {}),
    }
    return mapping, options, guess["source"]


def start_trial(run: ImportRun, *, by: Any) -> None:
    """Try the whole file without writing, as a job."""
    from relasi.kit.resources.importing.running import try_import

    if run.state not in {State.MAPPING, State.CHECKED}:
        return
    with transaction.atomic():
        run.change(by=by, verb="checking", state=State.CHECKING, trial={}, message="")
        _take_job(run, try_import.later(run_id=run.pk))


def start(run: ImportRun, *, by: Any) -> None:
    """Write it: one batch, one job."""
    from relasi.kit.resources.importing.running import run_import

    with transaction.atomic():
        ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
        run.refresh_from_db()
        if run.state not in {State.MAPPING, State.CHECKED}:
            return
        batch = batches.begin("import", run.resource, by=by, title=run.file_name)
        run.change(
            by=by,
            verb="started",
            state=State.RUNNING,
            act=batch,
            started_at=timezone.now(),
            counts={},
            read_rows=0,
            message="",
        )
        _take_job(run, run_import.later(run_id=run.pk))


def start_undo(run: ImportRun, *, by: Any) -> None:
    """Take the whole import back, as a job."""
    from relasi.kit.resources.importing.running import undo_import

    if run.state not in {State.DONE, State.CANCELLED, State.FAILED} or not run.act_id:
        return
    with transaction.atomic():
        run.change(by=by, verb="undoing", state=State.UNDOING, message="")
        _take_job(run, undo_import.later(run_id=run.pk, by_id=by.pk))


def cancel(run: ImportRun, *, by: Any) -> None:
    """Stop at the next chunk; what is written stays and can be undone. An undo is not stopped."""
    if run.state not in {State.CHECKING, State.RUNNING}:
        return
    with transaction.atomic():
        job = run.job
        if job:
            job.cancel()
        if job is None or job.is_finished:
            _stop(run, by=by)


def go_on(run: ImportRun, *, by: Any) -> None:
    """Work on a run whose job ended before it was through: set aside after too many tries, or stopped from
    elsewhere.
    """
    from relasi.kit.resources.importing import running

    act: dict[State, Any] = {
        State.CHECKING: running.try_import,
        State.RUNNING: running.run_import,
        State.UNDOING: running.undo_import,
    }
    job = run.job
    if not run.is_busy or (job and not job.is_finished):
        return
    with transaction.atomic():
        more = {"by_id": by.pk} if run.state == State.UNDOING else {}
        _take_job(run, act[State(run.state)].later(run_id=run.pk, **more))


def discard(run: ImportRun, *, by: Any) -> bool:
    """Forget a file that was never taken in. False when something was written from it."""
    if run.state not in {State.MAPPING, State.CHECKED} or run.act_id:
        return False
    run.remove(by=by, verb="discarded")
    keeping.forget(run.path)
    return True


def _stop(run: ImportRun, *, by: Any) -> None:
    is_trial = run.state == State.CHECKING
    run.refresh_from_db()
    if run.is_busy:
        state = State.MAPPING if is_trial else State.CANCELLED
        run.change(by=by, verb="cancelled", state=state, finished_at=None if is_trial else timezone.now())


def _take_job(run: ImportRun, job: Job) -> None:
    ImportRun.objects.filter(pk=run.pk).update(job_id=job.pk)
    run.job_id = job.pk


def _suffix(name: str) -> str:
    """The ending of a file's name, if it is a plain one: the rest of the name never reaches the disk."""
    suffix = Path(name).suffix.lower()
    return suffix if suffix[1:].isalnum() and len(suffix) < 8 else ""


def _day_order(mapping: Mapping[str, Any], sample: list[dict[str, str]]) -> str:
    days = [
        c
        for c, to in mapping.items()
        if to.get("field", "").endswith("_on") or to.get("field") in {"date", "created_at"}
    ]
    return dates.infer_order(cells.get(column, "") for column in days for cells in sample)
