"""Which kind of file is it? Told from its first bytes; names of files lie."""

from __future__ import annotations

import zipfile
from enum import StrEnum

from relasi.lib.tables.table import Source, TableError, opened
from relasi.lib.wording import mark as _

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
FOREIGN = {
    b"%PDF": "PDF", b"\x89PNG": "PNG", b"\xff\xd8\xff": "JPEG", b"GIF8": "GIF", b"Rar!": "RAR", b"7z\xbc\xaf":
    "7z",
    b"\x1f\x8b": "gzip", b"SQLite format 3": "SQLite", b"{\\rtf": "RTF",
}  # fmt: skip


class Format(StrEnum):
    """The kinds of file we read."""

    CSV = "csv"
    XLSX = "xlsx"
    VCARD = "vcard"


def sniff(source: Source) -> Format:
    """The format of a file or its bytes. Raises TableError for an empty file and for kinds we do not read."""
    with opened(source) as file:
        head = file.read(4096)
    if not head.strip():
        raise TableError(_("The file is empty."))
    if head.startswith(ZIP):
        return _in_zip(source)
    if head.startswith(OLE):
        raise TableError(_("This is an old or locked Excel file; save it as .xlsx without a password."))
    for start, name in FOREIGN.items():
        if head.startswith(start):
            raise TableError(
                _("This is a %(kind)s file; give a CSV, a spreadsheet or a vCard file."), kind=name
            )
    return Format.VCARD if _is_vcard(head) else Format.CSV


def _is_vcard(head: bytes) -> bool:
    text = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return text[:12].upper().replace(b" ", b"").startswith(b"BEGIN:VCARD")


def _in_zip(source: Source) -> Format:
    try:
        with opened(source) as file, zipfile.ZipFile(file) as archive:
            names = set(archive.namelist()[:10_000])
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise TableError(_("The file is damaged and cannot be opened.")) from error
    if "xl/workbook.xml" in names:
        return Format.XLSX
    if "content.xml" in names or "xl/workbook.bin" in names:
        raise TableError(_("This kind of spreadsheet is not read; save it as .xlsx."))
    raise TableError(_("This is a %(kind)s file; give a CSV, a spreadsheet or a vCard file."), kind="ZIP")
