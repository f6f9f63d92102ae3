"""The result file: one line for every input row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from relasi.kit.resources.importing.engine import open_table
from relasi.kit.resources.importing.masking import closed_columns, shown
from relasi.kit.resources.importing.models import ImportRow, ImportRun
from relasi.lib.text import safe_cell


def result_lines(run: ImportRun, *, by: Any = None, only: str = "") -> Iterator[str]:
    """CSV, line by line: what became of each row and why, then the row as it came, as far as `by` may see it.

    `only` narrows to one outcome.
    """
    columns, closed = list(run.columns), closed_columns(run, by or run.owner)
    yield _line([_("Row"), _("Outcome"), _("Record"), _("Why"), *columns])
    outcomes = run.rows.filter(is_trial=False, **({"outcome": only} if only else {})).order_by("number")
    rows = iter(open_table(run).rows)
    for outcome in outcomes.iterator(2000):
        row = next((row for row in rows if row.number == outcome.number), None)
        cells = shown(outcome.cells or (row.cells if row else {}), closed)
        yield _line([*_told(outcome), *(cells.get(column, "") for column in columns)])


def _told(row: ImportRow) -> list[str]:
    why = "; ".join(f"{where}: {text}" if where else text for where, text in row.problems)
    return [str(row.number), str(row.get_outcome_display()), str(row.record_id or ""), why]


def _line(cells: list[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow([safe_cell(cell) for cell in cells])
    return buffer.getvalue()
