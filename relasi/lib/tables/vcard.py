"""vCards 2.1, 3.0 and 4.0, many to a file. One that is broken comes as a row with its error and its text."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator

from relasi.lib.tables import encodings
from relasi.lib.tables.table import (
    LIMITS,
    UNREAD,
    UNREADABLE,
    Limits,
    Row,
    Source,
    Table,
    mended,
    open_source,
    readable,
)
from relasi.lib.tables.vcard_cells import ADDRESS_PARTS, NAME_PARTS, Card
from relasi.lib.tables.vcard_lines import parsed, unfolded
from relasi.lib.wording import mark as _

LEADING = ("Name", "Name Prefix", "First Name", "Middle Name", "Last Name", "Name Suffix", "Nickname",
           "Organization Name", "Organization Title", "Organization Department", "Birthday",
           "Anniversary")  # fmt: skip
ENOUGH = ("Name", *NAME_PARTS, "Nickname", "Organization Name", "Phone 1 - Value", "E-mail 1 - Value")
PARTS = {part: place for place, part in enumerate(("Label", "Value", *ADDRESS_PARTS))}
LONGEST_CARD = 20_000  # lines, photographs not counted
PICTURES = ("PHOTO", "LOGO", "SOUND", "KEY")

NO_END = _("This card has no end; the file may be cut off.")
OUTSIDE = _("This text stands outside any card.")
NOTHING = _("This card has no name, number or address.")
NO_END_MENDED = _("This card had no end; it was taken to end where the next one begins.")


def read(source: Source, *, start: int = 1, encoding: str | None = None, limits: Limits = LIMITS) -> Table:
    """Stream the cards of a file. The columns are those any card of the file needs, so it is read twice."""
    with open_source(source, limits) as file:
        codec = encodings.checked(encoding) if encoding else encodings.detect(file)
    columns = _columns(cells for cells, _raw, _error, _notice in _cards(source, codec, limits))
    rows = _rows(source, codec, limits, columns, start)
    return Table(columns, rows, "vcard", codec.replace("_", "-"), header_rows=0)


def _rows(source: Source, codec: str, limits: Limits, columns: list[str], start: int) -> Iterator[Row]:
    blank = dict.fromkeys(columns, "")
    for number, (cells, raw, error, notice) in enumerate(_cards(source, codec, limits), start=1):
        if number >= start:
            yield Row(number, blank | cells, raw, error, notice)


def _columns(cards: Iterable[dict[str, str]]) -> list[str]:
    found: dict[str, None] = {}
    for cells in cards:
        found.update(dict.fromkeys(cells))
    return sorted(found, key=_place)


def _place(column: str) -> tuple[int, str, int, int, str]:
    """Names first, then the numbered ones by noun, number and part."""
    if column in LEADING:
        return (LEADING.index(column), "", 0, 0, "")
    head, _dash, part = column.partition(" - ")
    noun, _gap, number = head.rpartition(" ")
    numbered = bool(part) and number.isdecimal()
    return (
        len(LEADING),
        noun if numbered else head,
        int(number) if numbered else 0,
        PARTS.get(part, 99),
        part,
    )


def _cards(
    source: Source, codec: str, limits: Limits
) -> Iterator[tuple[dict[str, str], str, str | None, str | None]]:
    """Cells, raw text, error and notice of each card, and of each piece of text between cards."""
    errors = "replace" if codec.startswith(("utf-16", "utf-32")) else "surrogateescape"
    with io.TextIOWrapper(open_source(source, limits), encoding=codec, errors=errors) as file:
        for lines, error, notice in _pieces(_clean(file)):
            raw = "".join(lines).rstrip("\n")
            cells = {} if error == OUTSIDE else _cells(lines, codec)
            if not readable(raw):
                raw = mended(raw)
            if (
                not error
                and any(UNREAD in value for value in cells.values())
                and UNREAD not in "".join(lines)
            ):
                error = UNREADABLE
            if not error and not any(cells.get(column) for column in ENOUGH):
                error = NOTHING
            yield cells, raw, error, notice


def _clean(lines: Iterable[str]) -> Iterator[str]:
    """Without zero bytes, and without the pictures, which would be most of the text."""
    in_picture = False
    for line in lines:
        line = line.replace("\0", "")
        if in_picture and (line[:1] in " \t\n" or ":" not in line):
            in_picture = bool(line.strip())
            continue
        name = line.partition(":")[0].partition(";")[0].rpartition(".")[2].strip().upper()
        in_picture = name in PICTURES
        if not in_picture:
            yield line


def _pieces(lines: Iterable[str]) -> Iterator[tuple[list[str], str | None, str | None]]:
    """The lines of each card with its error and notice; text between cards comes as a piece in error."""
    piece: list[str] = []
    depth = 0
    for line in lines:
        word = "".join(line.split()).upper()
        if word == "BEGIN:VCARD":
            nested = depth and piece and piece[-1].strip().upper() == "AGENT:"
            if piece and not nested and any(one.strip() for one in piece):
                yield (piece, None, NO_END_MENDED) if depth else (piece, OUTSIDE, None)
            piece, depth = (piece, depth + 1) if nested else ([], 1)
        piece.append(line)
        if word == "END:VCARD" and depth:
            depth -= 1
            if not depth:
                yield piece, None, None
                piece = []
        elif len(piece) > LONGEST_CARD:
            yield piece, NO_END if depth else OUTSIDE, None
            piece, depth = [], 0
    if any(one.strip() for one in piece):
        yield piece, NO_END if depth else OUTSIDE, None


def _cells(lines: list[str], codec: str) -> dict[str, str]:
    properties = [found for line in _outermost(unfolded(lines)) if (found := parsed(line, codec))]
    return {mended(column): mended(value) for column, value in Card(properties).cells.items()}


def _outermost(lines: Iterable[str]) -> Iterator[str]:
    """Without the card of an AGENT inside the card."""
    depth = 0
    for line in lines:
        word = "".join(line.split()).upper()
        depth += word == "BEGIN:VCARD"
        if depth <= 1:
            yield line
        depth -= word == "END:VCARD"
