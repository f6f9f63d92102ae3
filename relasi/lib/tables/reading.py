"""The one door to files of customers."""

from __future__ import annotations

from relasi.lib.tables import csv, vcard, xlsx
from relasi.lib.tables.sniffing import Format, sniff
from relasi.lib.tables.table import LIMITS, Limits, Source, Table


def read(
    source: Source,
    *,
    start: int = 1,
    sheet: str | None = None,
    encoding: str | None = None,
    separator: str | None = None,
    limits: Limits = LIMITS,
) -> Table:
    """Open `source` and stream its rows from record `start` on. Raises TableError when nothing can be
    read."""
    kind = sniff(source)
    if kind is Format.XLSX:
        return xlsx.read(source, start=start, sheet=sheet, limits=limits)
    if kind is Format.VCARD:
        return vcard.read(source, start=start, encoding=encoding, limits=limits)
    return csv.read(source, start=start, encoding=encoding, separator=separator, limits=limits)
