"""Files of exactly what a list shows: its rows, columns, order and rights.

CSV, XLSX with typed cells, JSON.
"""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

import xlsxwriter
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.http import QueryDict
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from relasi.kit.access.models import User
from relasi.kit.access.rights import may
from relasi.kit.events.writing import emit
from relasi.kit.resources import cells
from relasi.kit.resources.asking import Asked, read
from relasi.kit.resources.declaration import Resource
from relasi.kit.resources.exported import ExportFile
from relasi.kit.resources.fields import Field
from relasi.kit.resources.listing import Listing
from relasi.kit.resources.registry import find
from relasi.kit.resources.values import write
from relasi.lib.text import safe_cell

AT_ONCE = 5000
KEPT = timedelta(days=7)
FOLDER = "exports"
MIME = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
SHEET_ROWS = 1_048_575
WIDTHS = {
    "text": 24,
    "long": 40,
    "email": 28,
    "phone": 18,
    "date": 12,
    "datetime": 18,
    "number": 12,
    "money": 16,
}
EXACT = Decimal(10) ** 15

Progress = Callable[..., None]


def line_of(listing: Listing, record: Any) -> list[Any]:
    """The typed values of one row, in the order of the columns."""
    return [cells.typed(field, record, listing.user, resource=listing.resource) for field in listing.columns]


def heading(field: Field) -> str:
    """What stands above a column: the label an import of the same noun understands."""
    return str(field.label)


def csv_lines(listing: Listing, rows: Iterable[Any]) -> Iterator[str]:
    """A CSV file line by line: UTF-8 with its mark, commas, dates as 2026-08-17, and no cell that a
    spreadsheet would run.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    yield "\ufeff"
    writer.writerow([safe_cell(heading(field)) for field in listing.columns])
    for record in rows:
        writer.writerow([csv_cell(value) for value in line_of(listing, record)])
        yield _taken(out)
    yield _taken(out)


def csv_cell(value: Any) -> str:
    """One value as the text that `values.read` takes back."""
    text = value if isinstance(value, str) else write(_PLAIN, value)
    return (
        text if isinstance(value, int | float | Decimal) and not isinstance(value, bool) else safe_cell(text)
    )


def json_lines(listing: Listing, rows: Iterable[Any]) -> Iterator[str]:
    """One array of objects, a row a line, by the names of the fields; `id` first."""
    names = [field.name for field in listing.columns]
    yield "["
    between = "\n"
    for record in rows:
        values = zip(names, line_of(listing, record), strict=True)
        body = {"id": record.pk, **{name: _plain(value) for name, value in values}}
        yield between + json.dumps(body, ensure_ascii=False)
        between = ",\n"
    yield "\n]\n"


def write_xlsx(listing: Listing, rows: Iterable[Any], to: IO[bytes]) -> None:
    """A workbook with one sheet, the heading frozen, written row by row in constant memory; text never
    becomes a formula.
    """
    options = {
        "constant_memory": True, "in_memory": False, "remove_timezone": True,
        "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    }  # fmt: skip
    book = xlsxwriter.Workbook(to, options)
    sheet = book.add_worksheet(
        str(listing.resource.label)[:31].translate(str.maketrans("", "", "[]:*?/\\")) or "1"
    )
    bold = book.add_format({"bold": True, "bottom": 1})
    formats = {
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        "datetime": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        "time": book.add_format({"num_format": "hh:mm"}),
        "money": book.add_format({"num_format": "#,##0.00;[Red]-#,##0.00"}),
    }
    for place, field in enumerate(listing.columns):
        sheet.set_column(place, place, WIDTHS.get(field.kind, 20))
        sheet.write_string(0, place, heading(field), bold)
    sheet.freeze_panes(1, 0)
    for at, record in enumerate(rows, 1):
        if at > SHEET_ROWS:
            break
        for place, value in enumerate(line_of(listing, record)):
            _write_cell(sheet, at, place, value, formats, listing.columns[place].kind)
    book.close()


def _write_cell(sheet: Any, at: int, place: int, value: Any, formats: dict[str, Any], kind: str) -> None:
    if value in ("", None, []):
        return
    if isinstance(value, bool):
        sheet.write_boolean(at, place, value)
    elif isinstance(value, int | Decimal | float) and -EXACT < value < EXACT:
        sheet.write_number(at, place, float(value), formats["money"] if kind == "money" else None)
    elif isinstance(value, datetime):
        sheet.write_datetime(at, place, timezone.localtime(value).replace(tzinfo=None), formats["datetime"])
    elif isinstance(value, date):
        sheet.write_datetime(at, place, value, formats["date"])
    elif isinstance(value, time):
        sheet.write_datetime(at, place, value, formats["time"])
    else:
        sheet.write_string(at, place, (value if isinstance(value, str) else write(_PLAIN, value))[:32_767])


def how_many(listing: Listing, cap: int = AT_ONCE) -> int:
    """The number of rows, counted no further than one beyond `cap`."""
    return len(listing.rows().order_by().values_list("pk")[: cap + 1])


def file_name(resource: Resource, kind: str) -> str:
    return f"{resource.name}-{timezone.localdate().isoformat()}.{kind}"


def told(listing: Listing, kind: str, rows: int | None, *, by: Any, query: str) -> None:
    """The audit's line: who took which columns of how many rows away."""
    names = ", ".join(field.name for field in listing.columns)
    note = f"{kind}; {rows if rows is not None else '?'} rows; {names}; {query}"[:2000]
    reader = User._default_manager.get(pk=by.pk)
    emit("exported", reader, by=reader, changes={}, note=f"{listing.resource.name}: {note}")


def begin(resource: Resource, kind: str, query: str, *, by: Any) -> ExportFile:
    """Write down that a large file is wanted, and queue the writing of it."""
    from relasi.kit.resources.jobs import write_export

    made = ExportFile.objects.create(
        resource=resource.name,
        kind=kind,
        query=query,
        name=file_name(resource, kind),
        owner=by,
        expires_at=timezone.now() + KEPT,
    )
    write_export.later(export_id=made.pk, _key=f"export-{made.pk}")
    return made


def write_file(
    export_id: int,
    *,
    progress: Progress = lambda *a, **k: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> None:
    """Write the file of an export with the rights its owner has now. Begun anew when it was interrupted."""
    wanted = ExportFile.objects.select_related("owner").filter(pk=export_id).first()
    if wanted is None or wanted.is_ready or wanted.problem:
        return
    resource, user = find(wanted.resource), wanted.owner
    with translation.override(user.language):
        if resource is None or not user.is_active or not may(user, "export", resource.model):
            ExportFile.objects.filter(pk=wanted.pk).update(problem=_("You may no longer export these."))
            return
        listing = read(QueryDict(wanted.query), resource, user).listing(user, verb="export")
        total = listing.rows().count()
        ExportFile.objects.filter(pk=wanted.pk).update(rows_total=total)
        rows = _counted(listing.every_row(), wanted.pk, total, progress, should_stop)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / wanted.name
            try:
                _write_to(path, wanted.kind, listing, rows)
            except _Stopped:
                return
            with path.open("rb") as file:
                kept = default_storage.save(f"{FOLDER}/{wanted.pk}-{wanted.name}", File(file))
        size = default_storage.size(kept)
        ExportFile.objects.filter(pk=wanted.pk).update(
            path=kept, size=size, rows_done=total, finished_at=timezone.now()
        )
        told(listing, wanted.kind, total, by=user, query=wanted.query)


class _Stopped(Exception):
    """The worker is to stop, or the export was called off."""


def _counted(
    rows: Iterable[Any], pk: int, total: int, progress: Progress, should_stop: Callable[[], bool]
) -> Iterator[Any]:
    for at, record in enumerate(rows, 1):
        if at % 500 == 0:
            if should_stop() or not ExportFile.objects.filter(pk=pk).update(rows_done=at):
                raise _Stopped
            progress(at, total=total)
        yield record


def _write_to(path: Path, kind: str, listing: Listing, rows: Iterable[Any]) -> None:
    if kind == "xlsx":
        with path.open("wb") as binary:
            write_xlsx(listing, rows, binary)
        return
    lines = csv_lines(listing, rows) if kind == "csv" else json_lines(listing, rows)
    with path.open("w", encoding="utf-8", newline="") as text:
        for line in lines:
            text.write(line)


def drop_expired() -> int:
    """Take away files past their time; the number taken."""
    old = list(ExportFile.objects.filter(expires_at__lte=timezone.now())[:500])
    for one in old:
        drop(one)
    return len(old)


def drop(one: ExportFile) -> None:
    if one.path:
        default_storage.delete(one.path)
    one.delete()


def listing_of(ask: Asked, user: Any) -> Listing:
    """The rows of an address that the reader may take away."""
    return ask.listing(user, verb="export")


def _taken(out: io.StringIO) -> str:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text


def _plain(value: Any) -> Any:
    """A value as JSON has it: numbers exact where they can be, instants in UTC."""
    if value == "":
        return None
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral() else float(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, list):
        return [str(getattr(part, "name", part)) for part in value]
    return value


_PLAIN = Field(name="", label="", kind="text")
