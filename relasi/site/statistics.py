"""What the planner of SQLite knows of the tables. PostgreSQL keeps its knowledge fresh by itself."""

from __future__ import annotations

from django.db import connection

LOOKED_AT = 100_000  # entries of each index: two seconds at a million customers; 1,000 mislead


def refresh() -> None:
    """Look at the tables again, as after migrations and every six hours: else lists take wrong indexes."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA analysis_limit={LOOKED_AT}")
        cursor.execute("ANALYZE")
