"""Files of customers, read row by row: CSV, spreadsheets, vCard. `read()` is the one door."""

from relasi.lib.tables.reading import read
from relasi.lib.tables.sniffing import Format, sniff
from relasi.lib.tables.table import LIMITS, Limits, Row, Source, Table, TableError

__all__ = ["LIMITS", "Format", "Limits", "Row", "Source", "Table", "TableError", "read", "sniff"]
