"""The run itself: chunk after chunk, each one transaction with its rows and its mark, so that a kill loses
and doubles nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from relasi.kit.events.bulk import insert
from relasi.kit.jobs import progress, should_stop
from relasi.kit.resources import batches
from relasi.kit.resources.declaration import Resource
from relasi.kit.resources.importing import keeping
from relasi.kit.resources.importing.contract import Goes, Importer, Outcome, RowProblem, Work
from relasi.kit.resources.importing.models import ImportRow, ImportRun
from relasi.kit.resources.importing.simple import SimpleImporter
from relasi.kit.resources.registry import find
from relasi.lib import tables
from relasi.lib.secrets import SecretError
from relasi.lib.tables import Row, Table, TableError
from relasi.lib.wording import mark

CHUNK = 500
KEPT_TRIAL_PROBLEMS = 5000
REFUSALS = (IntegrityError, DataError, ValidationError, ValueError)
Told = Callable[[int, int, str], None]
State = ImportRun.State


def importer_of(run: ImportRun) -> Importer:
    """The noun's own importer, or the one every noun has."""
    return importer_for(resource_of(run))


def importer_for(resource: Resource) -> Importer:
    importer: Importer = resource.importer or SimpleImporter()
    return importer


def resource_of(run: ImportRun) -> Resource:
    """Raises TableError when the noun is gone, as with a pack that was taken out."""
    resource = find(run.resource)
    if resource is None:
        raise TableError(mark("This kind of record is gone."))
    return resource


def open_table(run: ImportRun, start: int = 1) -> Table:
    """The file of a run from input row `start` on. Raises TableError."""
    with _whole():
        table = tables.read(
            keeping.source(run.path),
            start=start,
            sheet=run.sheet or None,
            encoding=run.encoding or None,
            separator=run.separator or None,
        )
    table.rows = _read_whole(table.rows)
    return table


def _read_whole(rows: Iterator[Row]) -> Iterator[Row]:
    with _whole():
        yield from rows


@contextmanager
def _whole() -> Iterator[None]:
    try:
        yield
    except SecretError as error:
        raise TableError(mark("This file was changed or encrypted with another key.")) from error


def work_of(run: ImportRun, *, by: Any = None, is_trial: bool = False) -> Work:
    """What is to be done, as far as the rights of whoever does it go today: a place closed since is left out.
    """
    user = by or run.owner
    resource = resource_of(run)
    open_places = {place.field for place in importer_of(run).places(resource, user)}
    goes = {
        column: Goes(field=to["field"], index=int(to.get("index", 1)), part=to.get("part", ""))
        for column, to in run.mapping.items()
        if to.get("field") in open_places
    }
    return Work(resource, user, goes, run.options, batch=run.token, is_trial=is_trial)


def try_run(run: ImportRun, *, told: Told = progress) -> None:
    """Everything but the writing: counts and every problem by row.

    Leaves the run CHECKED. `told(done, total, note)` hears of it.
    """
    ImportRow.objects.filter(run=run, is_trial=True).delete()
    work, importer, counts, done, kept = work_of(run, is_trial=True), importer_of(run), Counter[str](), 0, 0
    with override(run.owner.language):
        for chunk in _chunks(open_table(run).rows):
            outcomes = _outcomes(chunk, importer, work)
            counts.update(outcome.kind for outcome in outcomes)
            rows = [row for row in _rows(run, chunk, outcomes, is_trial=True) if row["problems"]]
            with transaction.atomic():
                insert(ImportRow, rows[: max(KEPT_TRIAL_PROBLEMS - kept, 0)])
            kept += len(rows)
            done += len(chunk)
            told(done, run.total_rows, str(_("Trying")))
            if should_stop():
                if _is_cancelled(run):
                    _settle(run, state=State.MAPPING)
                return
    _settle(run, state=State.CHECKED, trial=dict(counts), total_rows=done)


def carry_on(run: ImportRun, *, told: Told = progress) -> None:
    """Write what is not yet written. Safe to call again after a kill, and by two workers at once."""
    if run.state != State.RUNNING:
        return
    work, importer = work_of(run), importer_of(run)
    with override(run.owner.language):
        for chunk in _chunks(open_table(run, start=run.read_rows + 1).rows):
            if not _write_chunk(run, chunk, importer, work):
                return
            told(run.read_rows, run.total_rows, str(_("Importing")))
            if should_stop():
                if _is_cancelled(run):
                    _settle(run, state=State.CANCELLED, finished_at=timezone.now())
                return
    _settle(run, state=State.DONE, total_rows=run.read_rows, finished_at=timezone.now())


@transaction.atomic
def _write_chunk(run: ImportRun, chunk: list[Row], importer: Importer, work: Work) -> bool:
    """False when another worker already wrote this chunk: then that one goes on."""
    locked = ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if locked.state != State.RUNNING or locked.read_rows >= chunk[0].number:
        return False
    outcomes = _outcomes(chunk, importer, work)
    insert(ImportRow, _rows(run, chunk, outcomes, is_trial=False))
    counts = Counter(locked.counts)
    counts.update(outcome.kind for outcome in outcomes)
    failures = sum(outcome.kind == "failed" for outcome in outcomes)
    ImportRun.objects.filter(pk=run.pk).update(
        read_rows=chunk[-1].number, counts=dict(counts), open_failures=locked.open_failures + failures
    )
    run.read_rows, run.counts = chunk[-1].number, dict(counts)
    return True


def outcome_of(row: Row, importer: Importer, work: Work) -> Outcome:
    """What becomes of one row. Call in a transaction."""
    return _outcomes([row], importer, work)[0]


def _outcomes(chunk: list[Row], importer: Importer, work: Work) -> list[Outcome]:
    """One outcome a row: those that can be read are written together."""
    outcomes: dict[int, Outcome] = {}
    drafts = []
    for row in chunk:
        try:
            if row.error:
                raise RowProblem([("", row.error)])
            drafts.append((row.number, importer.read(row, work)))
        except RowProblem as problem:
            outcomes[row.number] = Outcome("failed", problems=problem.problems)
    written = _written([draft for _number, draft in drafts], importer, work)
    outcomes |= {number: outcome for (number, _draft), outcome in zip(drafts, written, strict=True)}
    return [_with_notice(outcomes[row.number], row) for row in chunk]


def _written(drafts: list[Any], importer: Importer, work: Work) -> list[Outcome]:
    """Write drafts together.

    When the database refuses, halve them until the one it refuses is found: only that one fails.
    """
    if not drafts:
        return []
    try:
        with transaction.atomic():
            return importer.write(drafts, work)
    except REFUSALS as error:
        work.memo.clear()
        if len(drafts) == 1:
            return [Outcome("failed", problems=[("", _refusal(error))])]
        middle = len(drafts) // 2
        return [*_written(drafts[:middle], importer, work), *_written(drafts[middle:], importer, work)]


def _refusal(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    return _(
        "The database does not take this row: a number or text is out of its range, "
            "or is another record's already."
    )


def _with_notice(outcome: Outcome, row: Row) -> Outcome:
    if row.notice:
        outcome.problems.append(("", row.notice))
    return outcome


def _rows(
    run: ImportRun, chunk: list[Row], outcomes: list[Outcome], *, is_trial: bool
) -> list[dict[str, Any]]:
    return [
        {
            "run_id": run.pk,
            "number": row.number,
            "outcome": outcome.kind,
            "record_id": outcome.record_id,
            "problems": outcome.problems,
            "cells": _storable(row.cells) if outcome.kind == "failed" else None,
            "is_trial": is_trial,
        }
        for row, outcome in zip(chunk, outcomes, strict=True)
    ]


def _storable(cells: dict[str, str]) -> dict[str, str]:
    """Without signs no database keeps."""
    return {column: text.replace("\0", "\ufffd") for column, text in cells.items()}


def undo_run(run: ImportRun, *, by: Any = None) -> dict[str, Any]:
    """Take the whole import back, but for what was changed since; those are listed in the batch's result."""
    by = by or run.owner
    if run.act is None:
        return {"undone": 0, "kept": []}
    total = sum(run.counts.get(kind, 0) for kind in ("created", "updated"))

    def told(done: int) -> bool:
        progress(min(done, total), total, str(_("Taking back")))
        return not should_stop()

    result = batches.undo(run.act, by=by, told=told)
    if result.get("stopped"):
        return result
    run.refresh_from_db()
    run.change(by=by, verb="undone", state=State.UNDONE, open_failures=0)
    return result


def _settle(run: ImportRun, **fields: Any) -> None:
    run.refresh_from_db()
    run.change(by=run.owner, verb=str(fields["state"]), **fields)


def _is_cancelled(run: ImportRun) -> bool:
    job = run.job
    return bool(job and job.cancel_requested)


def _chunks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


