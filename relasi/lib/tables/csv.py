"""CSV, whatever the separator, quoting, encoding and damage. RFC 4180 and what people make of it."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator
from typing import BinaryIO, TextIO

from relasi.lib.tables import encodings
from relasi.lib.tables.table import (
    LIMITS,
    UNREADABLE,
    Limits,
    Row,
    Source,
    Table,
    TableError,
    extra_columns,
    mended,
    name_columns,
    open_source,
    readable,
)
from relasi.lib.wording import mark as _

SEPARATORS = ",;\t|"
SAMPLE_LINES = 60
LONGEST_RECORD = 200  # lines; beyond that a quote was opened and never closed
LONE_TEXT = 3  # a single cell under at least so many columns is a broken line

UNCLOSED = _("A quotation mark is opened here and never closed.")
TOO_MANY = _("This row has more cells than the header.")
LONE = _("This row has one cell only; is it a piece of the row above?")
SHORT = _("This row has fewer cells than the header; the missing ones are taken as empty.")

csv.field_size_limit(LIMITS.line)


class _Unclosed(Exception):
    """A record ran over too many lines."""


def read(
    source: Source,
    *,
    start: int = 1,
    encoding: str | None = None,
    separator: str | None = None,
    limits: Limits = LIMITS,
) -> Table:
    """Stream the records of a CSV file. The first record that is not blank is the header. Raises TableError.

    A broken row never ends the file: it comes with its `error`. At ~350,000 plain rows/s on the reference
    machine.
    """
    file = open_source(source, limits)
    codec = encodings.checked(encoding) if encoding else encodings.detect(file)
    sample = _sample(file, codec)
    separator = separator or _declared(sample) or _separator(sample)
    records = _records(_text(file, codec), separator, limits)
    skipped = 1 if _declared(sample) and next(records) else 0
    header, skipped = _header(records, skipped)
    if len(header) > limits.columns:
        raise TableError(_("The file has more than %(limit)s columns."), limit=limits.columns)
    columns = name_columns(header)
    return Table(columns, _rows(records, columns, start), "csv", _shown(codec), separator, skipped)


def _text(file: BinaryIO, codec: str) -> TextIO:
    file.seek(0)
    return io.TextIOWrapper(file, encoding=codec, errors=_errors(codec), newline="")


def _errors(codec: str) -> str:
    return "replace" if codec.startswith(("utf-16", "utf-32")) else "surrogateescape"


def _shown(codec: str) -> str:
    return codec.replace("_", "-")


def _sample(file: BinaryIO, codec: str) -> list[str]:
    file.seek(0)
    raw = file.read(64 * 1024)
    lines = raw.decode(codec, "replace").splitlines(keepends=True)
    return [line for line in lines[:SAMPLE_LINES] if line.strip()]


def _declared(sample: list[str]) -> str:
    """Excel's own first line `sep=;`."""
    first = sample[0].strip('\r\n\ufeff" ') if sample else ""
    return first[4:5] if first.lower().startswith("sep=") else ""


def _separator(sample: list[str]) -> str:
    """The separator under which most records are equally wide, and wide."""
    return max(SEPARATORS, key=lambda candidate: _evenness(sample, candidate))


def _evenness(sample: list[str], separator: str) -> tuple[float, int]:
    widths = [len(record) for record in csv.reader(sample, delimiter=separator) if record]
    header = widths[0] if widths else 0
    width, times = Counter(widths).most_common(1)[0] if widths else (0, 0)
    if max(width, header) < 2:
        return 0.0, 0
    return round(times / len(widths) + (0.5 if width == header else 0.0), 2), header


def _header(records: Iterator[tuple[list[str], str, str | None]], skipped: int) -> tuple[list[str], int]:
    for cells, _raw, _error in records:
        skipped += 1
        if any(cell.strip() for cell in cells):
            while cells and not cells[-1].strip():
                cells = cells[:-1]
            return [cell.lstrip("\ufeff") for cell in cells], skipped
    raise TableError(_("The file is empty."))


def _records(file: TextIO, separator: str, limits: Limits) -> Iterator[tuple[list[str], str, str | None]]:
    """Cells, raw text and error of each record; a record that swallows the rest of the file is cut after one
    line."""
    lines = _Lines(file, limits.line)
    reader = csv.reader(lines, delimiter=separator)
    while True:
        try:
            cells = next(reader)
            if lines.ended:
                raise _Unclosed
            yield cells, lines.taken(), None
        except StopIteration:
            return
        except (_Unclosed, csv.Error):
            raw = lines.first_and_return_others()
            yield _plainly(raw, separator), raw, UNCLOSED
            reader = csv.reader(lines, delimiter=separator)


class _Lines:
    """The lines of a file, remembering those the present record has used."""

    def __init__(self, file: TextIO, longest: int) -> None:
        self._read: Callable[[int], str] = file.readline
        self._longest = longest
        self._waiting: list[str] = []  # put back, last one first
        self._used: list[str] = []
        self.ended = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._waiting.pop() if self._waiting else self._read(self._longest)
        if not line:
            self.ended = True
            raise StopIteration
        if len(self._used) >= LONGEST_RECORD:
            self._waiting.append(line)
            raise _Unclosed
        if len(line) >= self._longest:
            raise TableError(
                _("A line of the file is longer than %(limit)s characters."), limit=self._longest
            )
        if "\0" in line:
            line = line.replace("\0", "")
        self._used.append(line)
        return line

    def taken(self) -> str:
        used = self._used
        raw = used[0] if len(used) == 1 else "".join(used)
        used.clear()
        return raw

    def first_and_return_others(self) -> str:
        first, *others = self._used
        self._waiting.extend(reversed(others))
        self._used = []
        self.ended = False
        return first


def _plainly(raw: str, separator: str) -> list[str]:
    return [cell.strip().strip('"') for cell in raw.rstrip("\r\n").split(separator)]


def _rows(
    records: Iterator[tuple[list[str], str, str | None]], columns: list[str], start: int
) -> Iterator[Row]:
    width = len(columns)
    number = 0
    for cells, raw, error in records:
        number += 1
        if number < start or not cells:
            continue
        if error is None and len(cells) == width and raw.isascii():
            if any(map(str.strip, cells)):
                yield Row(number, dict(zip(columns, cells, strict=True)), raw.rstrip("\r\n"))
            continue
        if any(cell.strip() for cell in cells):
            yield _uneven(number, cells, raw, error, columns)


def _uneven(number: int, cells: list[str], raw: str, error: str | None, columns: list[str]) -> Row:
    """A row with more or fewer cells than the header, with signs beyond ASCII, or already known as broken."""
    width, notice = len(columns), None
    if not readable(raw):
        raw, error = mended(raw), error or UNREADABLE
        cells = [mended(cell) for cell in cells]
    while len(cells) > width and not cells[-1].strip():
        cells.pop()
    if len(cells) > width:
        error = error or TOO_MANY
        columns = columns + extra_columns(columns, len(cells) - width)
    elif len(cells) < width:
        lone = width >= LONE_TEXT and len(cells) == 1
        error, notice = error or (LONE if lone else None), None if lone or error else SHORT
        cells = cells + [""] * (width - len(cells))
    return Row(number, dict(zip(columns, cells, strict=True)), raw.rstrip("\r\n"), error, notice)
