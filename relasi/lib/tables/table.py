"""What every reader gives: a Table of Rows, all cells text."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol

from relasi.lib.wording import InputError
from relasi.lib.wording import mark as _


class Openable(Protocol):
    """A file that does not lie plainly on the disk; `size` in bytes of what is inside."""

    @property
    def size(self) -> int: ...

    def open(self) -> BinaryIO: ...


Source = Path | bytes | Openable
MB = 1024 * 1024


class TableError(InputError):
    """The whole file cannot be read; the text says why."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may cost. Sizes in bytes."""

    file_size: int = 1024 * MB
    unpacked: int = 600 * MB  # all parts of a spreadsheet together
    unpacked_member: int = 400 * MB
    members: int = 5_000
    line: int = 16 * MB
    columns: int = 2_000


LIMITS = Limits()
UNREAD = "\ufffd"
UNREADABLE = _("Some characters could not be read in the encoding of the file.")


class Row(NamedTuple):
    """One record of the input.

    `number` counts records from 1, the header not counted and blank ones counted: in a spreadsheet it stands
    in line
    `number + table.header_rows`. `raw` is what stood in the file. `error` says why the row cannot be trusted,
    `notice`
    what was mended on the way; both are None for an ordinary row.
    """

    number: int
    cells: dict[str, str]
    raw: str
    error: str | None = None
    notice: str | None = None


@dataclass(slots=True)
class Table:
    """`columns` in their order, unique and never empty; `rows` streams once — read again with `start=` to
    resume.

    `encoding` and `separator` are empty where the format has none; `sheets` are the names to choose from.
    """

    columns: list[str]
    rows: Iterator[Row]
    format: str
    encoding: str = ""
    separator: str = ""
    header_rows: int = 1
    sheet: str = ""
    sheets: tuple[str, ...] = ()


def open_source(source: Source, limits: Limits) -> BinaryIO:
    """The bytes of `source`, sizes checked. Raises TableError."""
    size = _size(source)
    if size > limits.file_size:
        raise TableError(
            _("The file has %(size)s MB; at most %(limit)s MB can be read."),
            size=size // MB,
            limit=limits.file_size // MB,
        )
    return opened(source)


def opened(source: Source) -> BinaryIO:
    """The bytes of `source`, whatever their size."""
    if isinstance(source, bytes):
        return io.BytesIO(source)
    return source.open("rb") if isinstance(source, Path) else source.open()


def _size(source: Source) -> int:
    if isinstance(source, bytes):
        return len(source)
    return source.stat().st_size if isinstance(source, Path) else source.size


def name_columns(header: Sequence[str]) -> list[str]:
    """Unique, non-empty names: `Name`, `Name (2)`, `Column 3`."""
    names: list[str] = []
    taken: set[str] = set()
    for place, cell in enumerate(header, start=1):
        plain = " ".join(cell.split()) or f"Column {place}"
        name, count = plain, 1
        while name in taken:
            count += 1
            name = f"{plain} ({count})"
        taken.add(name)
        names.append(name)
    return names


def extra_columns(columns: Sequence[str], count: int) -> list[str]:
    """Names for cells beyond the header."""
    return [f"Column {len(columns) + place}" for place in range(1, count + 1)]


def readable(text: str) -> bool:
    """Was every byte of it understood? Those that were not are lone surrogates (`surrogateescape`)."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def mended(text: str) -> str:
    """With a replacement sign for each byte that was not understood."""
    return (
        text if readable(text) else "".join(UNREAD if "\ud800" <= sign <= "\udfff" else sign for sign in text)
    )
