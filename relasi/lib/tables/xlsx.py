"""Spreadsheets (XLSX), read by python-calamine after their sizes were checked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum

from relasi.lib.tables import packed
from relasi.lib.tables.table import (
    LIMITS,
    Limits,
    Row,
    Source,
    Table,
    TableError,
    extra_columns,
    name_columns,
    open_source,
)
from relasi.lib.wording import mark as _

Cell = int | float | str | bool | time | date | datetime | timedelta

TOO_MANY = _("This row has more cells than the header.")
EXACT_INTEGERS = 2**53
EXACT = 15  # significant digits a spreadsheet keeps
HEADER_SEARCH = 20  # rows in which the header is looked for below a title


def read(source: Source, *, start: int = 1, sheet: str | None = None, limits: Limits = LIMITS) -> Table:
    """Stream one sheet, by name or the first with something in it. Raises TableError.

    Dates come as `2026-08-17`, numbers without exponent or grouping, truth as `TRUE` and `FALSE`. The header
    is the
    first row with at least two cells filled, or the first one filled at all.
    """
    with open_source(source, limits) as file:
        packed.check(file, limits)
        try:
            workbook = CalamineWorkbook.from_filelike(file)
            names = tuple(one.name for one in workbook.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet)
            chosen = _chosen(workbook, names, sheet)
        except CalamineError as error:
            raise TableError(_("The file is damaged and cannot be opened.")) from error
    above = chosen.start[0] if chosen.start else 0
    records = ([_text(cell) for cell in row] for row in chosen.iter_rows())
    header, skipped = _header(chosen)
    for _row in range(skipped):
        next(records)
    columns = name_columns(header)
    rows = _rows(records, columns, start)
    return Table(columns, rows, "xlsx", header_rows=above + skipped, sheet=chosen.name, sheets=names)


def _chosen(workbook: CalamineWorkbook, names: tuple[str, ...], wanted: str | None) -> CalamineSheet:
    if wanted is not None:
        if wanted not in names:
            raise TableError(_("There is no sheet named “%(name)s”."), name=wanted)
        names = (wanted,)
    for name in names:
        sheet = workbook.get_sheet_by_name(name)
        if sheet.height:
            return sheet
    raise TableError(_("The file is empty."))


def _header(sheet: CalamineSheet) -> tuple[list[str], int]:
    head = [[_text(cell) for cell in row] for row in sheet.to_python(nrows=HEADER_SEARCH)]
    filled = [sum(bool(cell.strip()) for cell in row) for row in head]
    at = next((place for place, count in enumerate(filled) if count > 1), None)
    if at is None:
        at = next((place for place, count in enumerate(filled) if count), 0)
    cells = head[at]
    while cells and not cells[-1].strip():
        cells.pop()
    return cells, at + 1


def _rows(records: Iterator[list[str]], columns: list[str], start: int) -> Iterator[Row]:
    width = len(columns)
    for number, cells in enumerate(records, start=1):
        if number < start or not any(cells):
            continue
        extra = cells[width:]
        while extra and not extra[-1].strip():
            extra.pop()
        names = columns + extra_columns(columns, len(extra)) if extra else columns
        kept = (cells + [""] * (width - len(cells)))[: len(names)]
        yield Row(number, dict(zip(names, kept, strict=True)), "\t".join(kept), TOO_MANY if extra else None)


def _text(cell: Cell) -> str:
    if isinstance(cell, str):
        return cell.replace("\0", "")
    return _TEXT_OF[type(cell)](cell)


def _of_bool(cell: Cell) -> str:
    return "TRUE" if cell else "FALSE"


def _of_float(cell: Cell) -> str:
    """`8123456789.0` is a telephone number that lost its form: no exponent, no `.0`, no noise after digit
    15."""
    assert isinstance(cell, float)
    if cell.is_integer() and abs(cell) < EXACT_INTEGERS:
        return str(int(cell))
    text = f"{Decimal(f'{cell:.{EXACT}g}'):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _of_datetime(cell: Cell) -> str:
    assert isinstance(cell, datetime)
    return cell.date().isoformat() if cell.time() == time.min else cell.replace(microsecond=0).isoformat(" ")


def _of_time(cell: Cell) -> str:
    assert isinstance(cell, time)
    return cell.replace(microsecond=0).isoformat()


_TEXT_OF: dict[type, Callable[[Cell], str]] = {
    bool: _of_bool, int: str, float: _of_float, datetime: _of_datetime, date: str, time: _of_time, timedelta:
    str,
}  # fmt: skip
