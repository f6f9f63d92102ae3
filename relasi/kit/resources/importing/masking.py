"""What of a file's rows a reader may see: a column that goes to a closed field, or would, comes as dots."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from relasi.kit.records.record import HIDDEN
from relasi.kit.resources.importing.engine import resource_of
from relasi.kit.resources.importing.models import ImportRun


def closed_columns(run: ImportRun, user: Any) -> frozenset[str]:
    """The columns whose cells this reader may not see."""
    model = resource_of(run).model
    meant = {column: to.get("field") or to.get("means", "") for column, to in run.mapping.items()}
    return frozenset(
        column for column, name in meant.items() if name and not user.rights.searchable(model, name)
    )


def shown(cells: Mapping[str, str] | None, closed: frozenset[str]) -> dict[str, str]:
    """The cells of a row for a reader."""
    return {column: HIDDEN if text and column in closed else text for column, text in (cells or {}).items()}


def mended(cells: Mapping[str, str], closed: frozenset[str]) -> dict[str, str]:
    """What a reader typed, without the cells that came back as the dots they were shown as."""
    return {column: text for column, text in cells.items() if column not in closed or text != HIDDEN}
