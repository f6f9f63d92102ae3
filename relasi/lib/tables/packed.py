"""What a spreadsheet file would cost to open, found out before it is opened.

Sizes written in a ZIP file are promises, so every part is unpacked once and counted, keeping nothing. A sheet
with one
cell in A1 and one in XFD1048576 would take 17 billion cells of memory, so the references of cells are looked
at too.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from relasi.lib.tables.table import MB, Limits, TableError
from relasi.lib.wording import mark as _

STORED, DEFLATED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED
CHUNK = 1 << 20
LOCAL_HEADER = 30  # APPNOTE.TXT 4.3.7
ENCRYPTED = 1
MOST_CELLS = 40_000_000
WIDE = re.compile(rb"""\sr\s*=\s*["']([A-Z]{2,3})\d""")
FAR = re.compile(rb"""\sr\s*=\s*["'][A-Z]{0,3}(\d{5,7})["']""")
NARROW, NEAR = 26, 9_999  # what is meant when no wide or far reference is found
LAST_ROW = 1_048_576


def check(file: BinaryIO, limits: Limits) -> None:
    """Refuse a workbook that is too large or dangerous to open. Raises TableError; rewinds `file`."""
    try:
        with zipfile.ZipFile(file) as archive:
            _check_members(file, archive.infolist(), limits)
    except (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, EOFError) as error:
        if isinstance(error, TableError):
            raise
        raise TableError(_("The file is damaged and cannot be opened.")) from error
    file.seek(0)


def _check_members(file: BinaryIO, members: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(members) > limits.members:
        raise TableError(_("The spreadsheet has too many parts to be read safely."))
    if sum(member.file_size for member in members) > limits.unpacked:
        raise _too_large(limits)
    total = 0
    for member in members:
        size = 0
        widest, farthest = NARROW, NEAR
        tail = b""
        for chunk in _unpacked(file, member):
            size += len(chunk)
            if size > limits.unpacked_member or total + size > limits.unpacked:
                raise _too_large(limits)
            if member.filename.startswith("xl/worksheets/"):
                text = tail + chunk
                widest = max(widest, _widest(text))
                farthest = max(farthest, _farthest(text, widest, farthest))
                tail = text[-64:]
                _check_area(widest, farthest, limits)
        total += size


def _unpacked(file: BinaryIO, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """The true content of a part, piece by piece, whatever size its header promises."""
    if member.flag_bits & ENCRYPTED or member.compress_type not in (STORED, DEFLATED):
        raise TableError(_("The spreadsheet is locked; save it without a password."))
    file.seek(member.header_offset)
    header = file.read(LOCAL_HEADER)
    names = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    file.seek(member.header_offset + LOCAL_HEADER + names)
    left = member.compress_size
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    while left > 0 and (packed := file.read(min(CHUNK, left))):
        left -= len(packed)
        if member.compress_type == STORED:
            yield packed
            continue
        while packed:
            yield inflate.decompress(packed, CHUNK)
            packed = inflate.unconsumed_tail


def _widest(text: bytes) -> int:
    return max((_column(letters) for letters in set(WIDE.findall(text))), default=0)


def _farthest(text: bytes, widest: int, known: int) -> int:
    """The last row; only looked for where it could matter."""
    if widest * LAST_ROW <= MOST_CELLS:
        return known
    return max((int(digits) for digits in set(FAR.findall(text))), default=0)


def _check_area(widest: int, farthest: int, limits: Limits) -> None:
    if widest > limits.columns or widest * min(farthest, LAST_ROW) > MOST_CELLS:
        raise TableError(_("The sheet is too wide and too long to be read; delete empty columns and rows."))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _too_large(limits: Limits) -> TableError:
    return TableError(
        _("The spreadsheet is too large: unpacked it would have more than %(limit)s MB."),
        limit=limits.unpacked // MB,
    )
