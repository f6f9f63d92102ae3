"""The audit chain: events are sealed in blocks, each block's hash covers the one before it.

Every event carries its own code from the moment it is written; every few seconds a job puts the new ones
under a seal. An edit breaks an event's code, a deletion or swap breaks its seal, a cut tail disagrees with
the head, and whatever is taken out, sealed or not, with the count of all events.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import connection, transaction

from relasi.kit.events.counting import miscounted
from relasi.kit.events.models import ChainHead, Event, Seal
from relasi.kit.events.sign import sign
from relasi.kit.events.writing import code_of
from relasi.kit.jobs import every

BLOCK = 2000


@dataclass(frozen=True)
class Flaw:
    """Where the chain does not hold: `kind` is edited, missing, seal, stray, head, tail or count.

    Of a count `seal_no` is the row of it that was touched, 0 when events are gone or too many.
    """

    kind: str
    seal_no: int
    event_id: int | None = None


@every(minutes=1, name="seal-events")
def seal_events() -> int:
    """Seal everything written since the last time. Returns how many events were sealed."""
    sealed = 0
    while count := seal_block():
        sealed += count
    return sealed


@transaction.atomic
def seal_block() -> int:
    """Put the oldest unsealed events under one seal. Returns how many; 0 when all is sealed."""
    ChainHead.objects.get_or_create(pk=1, defaults={"mac": head_code(0, 0, "")})
    head = ChainHead.objects.select_for_update().get(pk=1)
    waiting = Event.objects.filter(seal_no__isnull=True).order_by("id")
    if connection.vendor == "postgresql":
        waiting = waiting.select_for_update(skip_locked=True)
    rows = list(waiting.values_list("id", "mac")[:BLOCK])
    if not rows:
        return 0
    number = head.seal_no + 1
    covered = digest(head.hash, rows)
    Event.objects.filter(pk__in=[pk for pk, _mac in rows]).update(seal_no=number)
    Seal.objects.create(no=number, count=len(rows), hash=covered)
    head.seal_no, head.hash, head.sealed_events = number, covered, head.sealed_events + len(rows)
    head.mac = head_code(head.seal_no, head.sealed_events, head.hash)
    head.save()
    return len(rows)


def verify_chain(*, seen: Callable[[int, int], None] | None = None) -> Iterator[Flaw]:
    """Every place where the trail was touched; nothing when it is whole. Reads everything: run it as a job.

    `seen(seals, events)` is told after each seal how much has been read.
    """
    before, number, events = "", 0, 0
    for seal in Seal.objects.order_by("no").iterator():
        number += 1
        if seal.no != number:
            yield Flaw("missing", number)
            number = seal.no
        rows = []
        for event in Event.objects.filter(seal_no=seal.no).order_by("id").iterator():
            if event.mac != code_of(event):
                yield Flaw("edited", seal.no, event.pk)
            rows.append((event.pk, event.mac))
        events += len(rows)
        if seal.count != len(rows) or seal.hash != digest(before, rows):
            yield Flaw("seal", seal.no)
        before = seal.hash
        if seen:
            seen(number, events)
    if Event.objects.filter(seal_no__isnull=False).count() != events:
        yield Flaw("stray", number)
    yield from _head_flaws(number, events, before)
    for event in Event.objects.filter(seal_no__isnull=True).iterator():
        if event.mac != code_of(event):
            yield Flaw("edited", 0, event.pk)
    yield from (Flaw("count", row) for row in miscounted())


def _head_flaws(number: int, events: int, last: str) -> Iterator[Flaw]:
    head = ChainHead.objects.filter(pk=1).first()
    if head is None:
        if number:
            yield Flaw("head", number)
        return
    if head.mac != head_code(head.seal_no, head.sealed_events, head.hash):
        yield Flaw("head", head.seal_no)
    if (head.seal_no, head.sealed_events, head.hash) != (number, events, last):
        yield Flaw("tail", number)


def digest(before: str, rows: list[tuple[int, str]]) -> str:
    """The hash of a seal over (id, code) of its events, in order, and the hash of the seal before."""
    body = hashlib.sha256(before.encode())
    for pk, mac in rows:
        body.update(f"{pk}:{mac};".encode())
    return sign(body.digest())


def head_code(number: int, events: int, last: str) -> str:
    """The code of authenticity of the head."""
    return sign(f"head:{number}:{events}:{last}".encode())
