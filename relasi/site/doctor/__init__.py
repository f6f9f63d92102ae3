"""What keeps an installation from working, or from being safe, and the way out.

`examine()` looks at everything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from django.db import DatabaseError, connection

from relasi.site.doctor import database, installation, records
from relasi.site.doctor.findings import Finding, Level, bad
from relasi.site.failures import CommandFailed

Check = Callable[[], Iterable[Finding]]
CHECKS: tuple[Check, ...] = (
    database.reachable, database.settings, installation.migrations, installation.secret_key,
    installation.disk, installation.folder, records.audit_head, records.search_index, records.jobs,
    records.worker, installation.front_end, installation.translations, installation.clock,
)  # fmt: skip
DEEP: tuple[Check, ...] = (database.whole, records.audit_chain, records.stock)


def examine(*, is_deep: bool = False) -> Iterator[Finding]:
    """Every finding, good and bad. `is_deep` also reads the whole database and the whole audit trail."""
    for check in (*CHECKS, *(DEEP if is_deep else ())):
        try:
            yield from check()
        except DatabaseError as error:
            yield bad(
                check.__name__.replace("_", " "),
                f"The database could not say: {error}",
                "See the findings above.",
            )
            if connection.connection is None:
                return


def refuse_weak_database() -> None:
    """Nothing starts on a database that may lose what it has acknowledged. Raises CommandFailed."""
    for check in (database.reachable, database.settings):
        for finding in check():
            if finding.level == Level.BAD:
                raise CommandFailed(f"{finding.text} {finding.way_out}")
