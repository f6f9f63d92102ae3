"""Whether the database is there and keeps what it has acknowledged."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

from django.db import DatabaseError, connection

from relasi.site.doctor.findings import Finding, bad, good

OLDEST_POSTGRESQL = 150000
OLDEST_SQLITE = (3, 35, 0)
SYNCHRONOUS_FULL = 2
UNSET = "Take the setting out of RELASI_DATABASE_URL and of the server, or leave the defaults of Relasi."


def reachable() -> Iterator[Finding]:
    """One query, there and back."""
    try:
        _value("SELECT 1")
    except DatabaseError as error:
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        yield bad(
            "database",
            f"The database cannot be reached: {first}.",
            "Check RELASI_DATABASE_URL and that it runs.",
        )
        return
    except Exception as error:  # the pool has its own
        yield bad(
            "database",
            f"The database cannot be reached: {error}.",
            "Check RELASI_DATABASE_URL and that it runs.",
        )
        return
    yield good("database", f"{connection.display_name} answers.")


def settings() -> Iterator[Finding]:
    """What durability and the queries of the product stand on."""
    yield from (_sqlite() if connection.vendor == "sqlite" else _postgresql())


def whole() -> Iterator[Finding]:
    """SQLite's own check of all pages; PostgreSQL keeps that to itself (data_checksums)."""
    if connection.vendor == "sqlite":
        said = str(_value("PRAGMA quick_check(5)"))
        if said != "ok":
            yield bad(
                "pages", f"The database file is damaged: {said}", "Restore the last backup (relasi restore)."
            )
            return
        yield good("pages", "Every page of the database file is in order.")
    elif _value("SHOW data_checksums") != "on":
        yield good(
            "pages", "PostgreSQL keeps no checksums of its pages (data_checksums); it can be switched on."
        )


def _sqlite() -> Iterator[Finding]:
    in_memory = "mode=memory" in str(connection.settings_dict["NAME"]) or ":memory:" in str(
        connection.settings_dict["NAME"]
    )
    journal = str(_value("PRAGMA journal_mode"))
    wanted = {
        "write-ahead log": journal == "wal" or in_memory,
        "synchronous FULL": int(_value("PRAGMA synchronous")) >= SYNCHRONOUS_FULL,
        "foreign keys": int(_value("PRAGMA foreign_keys")) == 1 or connection.in_atomic_block,
        "BEGIN IMMEDIATE": connection.settings_dict["OPTIONS"].get("transaction_mode")
        in {"IMMEDIATE", "EXCLUSIVE"},
    }
    yield from _wanted("SQLite", wanted)
    version = sqlite3.sqlite_version_info
    if version < OLDEST_SQLITE:
        yield bad(
            "version",
            f"SQLite {sqlite3.sqlite_version} is too old.",
            "Use a Python with SQLite 3.35 or newer.",
        )
    elif not _value("SELECT sqlite_compileoption_used('ENABLE_FTS5')"):
        yield bad("version", "This SQLite was built without FTS5.", "Use a Python whose SQLite has FTS5.")


def _postgresql() -> Iterator[Finding]:
    number = int(_value("SHOW server_version_num"))
    if number < OLDEST_POSTGRESQL:
        yield bad(
            "version",
            f"PostgreSQL {_value('SHOW server_version')} is too old.",
            "Use PostgreSQL 15 or newer.",
        )
    wanted = {
        "fsync": _value("SHOW fsync") == "on",
        "full_page_writes": _value("SHOW full_page_writes") == "on",
        "synchronous_commit": _value("SHOW synchronous_commit") != "off",
        "encoding UTF8": _value("SHOW server_encoding") == "UTF8",
    }
    yield from _wanted("PostgreSQL", wanted)
    if not _value("SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_trgm'"):
        yield bad(
            "pg_trgm", "PostgreSQL lacks the extension pg_trgm.", "Install the contrib package of PostgreSQL."
        )


def _wanted(name: str, wanted: dict[str, bool]) -> Iterator[Finding]:
    missing = [what for what, holds in wanted.items() if not holds]
    if missing:
        text = f"{name} may lose what it has acknowledged: {', '.join(missing)} is not on."
        yield bad("settings", text, UNSET)
    else:
        yield good("settings", f"{name} keeps what it acknowledges ({', '.join(wanted)}).")


def _value(statement: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]
