"""Failed rows: mended and tried again at once, or put aside."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from relasi.kit.resources.importing.engine import importer_of, outcome_of, work_of
from relasi.kit.resources.importing.models import ImportRow, ImportRun
from relasi.lib.tables import Row

FAILED = ImportRow.Outcome.FAILED
OVER = {ImportRun.State.DONE, ImportRun.State.CANCELLED}


def mend_row(row: ImportRow, cells: dict[str, str], *, by: Any = None) -> ImportRow:
    """Try one failed row again with mended cells; what was typed is kept whatever comes of it."""
    with transaction.atomic():
        locked = _locked(row)
        run = locked.run
        if locked.outcome != FAILED or run.state not in OVER:
            return locked
        work = work_of(run, by=by)
        known = {column: text for column, text in cells.items() if column in run.columns}
        locked.cells = {**(locked.cells or {}), **known}
        outcome = outcome_of(Row(number=locked.number, cells=locked.cells, raw=""), importer_of(run), work)
        locked.outcome, locked.record_id = outcome.kind, outcome.record_id
        locked.problems = [list(problem) for problem in outcome.problems]
        locked.save()
        if outcome.kind != FAILED:
            _count(run, {outcome.kind: 1, "failed": -1})
    return locked


def put_aside(row: ImportRow, *, by: Any) -> ImportRow:
    """Let a failed row be: it counts as skipped, its problems stay told."""
    with transaction.atomic():
        locked = _locked(row)
        if locked.outcome == FAILED and locked.run.state in OVER:
            locked.outcome = ImportRow.Outcome.SKIPPED
            locked.problems = [["", _("Put aside by %(name)s.") % {"name": by}], *locked.problems]
            locked.save()
            _count(locked.run, {"skipped": 1, "failed": -1})
    return locked


def put_all_aside(run: ImportRun, *, by: Any) -> int:
    """Every failed row at once; how many."""
    if run.state not in OVER:
        return 0
    with transaction.atomic():
        ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
        number = run.rows.filter(is_trial=False, outcome=FAILED).update(outcome=ImportRow.Outcome.SKIPPED)
        _count(run, {"skipped": number, "failed": -number})
    return number


def _locked(row: ImportRow) -> ImportRow:
    """The run first, then the row: the order in which the import itself locks them."""
    ImportRun.objects.select_for_update(of=("self",)).get(pk=row.run_id)
    rows = ImportRow.objects.select_for_update(of=("self",)).select_related("run", "run__owner", "run__act")
    return rows.get(pk=row.pk)


def _count(run: ImportRun, change: dict[str, int]) -> None:
    locked = ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    counts = Counter(locked.counts)
    counts.update(change)
    left = max(locked.open_failures + change.get("failed", 0), 0)
    ImportRun.objects.filter(pk=run.pk).update(counts=dict(counts), open_failures=left)
