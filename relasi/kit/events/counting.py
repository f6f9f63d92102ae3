"""How many events were ever written: counted in the transaction that writes them, so that one taken out is
missed even before it is sealed.

A counter on one row would make every writer wait for the last one's commit. There are many rows, and each
writer takes one that nobody holds (SKIP LOCKED): none waits. On SQLite there is one writer at a time anyway.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import SystemRandom
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL

from relasi.kit.events.models import Event, Tally
from relasi.kit.events.sign import sign

ROWS = 128  # more than write at once
_dice = SystemRandom()
FREE = "SELECT id, events FROM events_tally WHERE id >= %s ORDER BY id LIMIT 1"


def count(number: int) -> None:
    """Add to the count. Call in the transaction that writes the events."""
    with connection.cursor() as cursor:
        pk, events = _free(cursor) or _made()
        there = events + number
        cursor.execute(
            "UPDATE events_tally SET events = %s, mac = %s WHERE id = %s", [there, tally_code(pk, there), pk]
        )


def miscounted() -> Iterator[int]:
    """The rows of the count that were touched; 0 when together they disagree with the events there are.

    Rows and events are read by one statement: what is written meanwhile is in both or in neither.
    """
    counted = Tally.objects.annotate(there=RawSQL("(SELECT count(*) FROM events_event)", ()))  # noqa: S611 - no parts
    rows = list(counted.order_by("pk").values_list("pk", "events", "mac", "there"))
    total = rows[0][3] if rows else Event.objects.count()
    yield from (pk for pk, events, mac, _there in rows if mac != tally_code(pk, events))
    missing = set(range(1, ROWS + 1)) - {row[0] for row in rows} if rows or total else set()
    yield from sorted(missing)
    if sum(row[1] for row in rows) != total:
        yield 0


def tally_code(pk: int, events: int) -> str:
    """The code of authenticity of one row of the count."""
    return sign(f"tally:{pk}:{events}".encode())


def begin(events: int = 0) -> None:
    """Make the rows, the first of them with what there is already."""
    first = [events] + [0] * (ROWS - 1)
    rows = (Tally(pk=pk, events=n, mac=tally_code(pk, n)) for pk, n in enumerate(first, start=1))
    Tally.objects.bulk_create(rows, ignore_conflicts=True)


def _free(cursor: Any) -> tuple[int, int] | None:
    """A row that nobody holds, looked for from a random place: no row collects all changes.

    Plain SQL, because it stands before every change there is.
    """
    ours = " FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
    for start in (_dice.randint(1, ROWS), 1):
        cursor.execute(FREE + ours, [start])
        if row := cursor.fetchone():
            return int(row[0]), int(row[1])
    return None


def _made() -> tuple[int, int]:
    """A row of those that were never made; where more write than there are rows, one to be waited for."""
    begin()
    tally = Tally.objects.select_for_update().get(pk=_dice.randint(1, ROWS))
    return tally.pk, tally.events
