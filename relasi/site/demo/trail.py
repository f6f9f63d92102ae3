"""The past of the demo company: events with their own times, written in bulk and sealed as they come."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from relasi.kit.events.counting import count
from relasi.kit.events.models import ChainHead, Event, Seal, noun_of
from relasi.kit.events.sealing import BLOCK, digest, head_code, seal_events
from relasi.kit.events.writing import code_of
from relasi.site.bulk.pouring import Numbers, go_on_numbering, pour, sketch


class Trail:
    """Nobody reacts to what is long past: no job is queued and nobody is told."""

    def __init__(self) -> None:
        seal_events()
        self.waiting: list[Event] = []

    def add(
        self,
        verb: str,
        record: models.Model,
        *,
        by: Any,
        at: datetime,
        party_id: int | None,
        changes: dict[str, Any],
        note: str = "",
    ) -> None:
        event = sketch(
            Event, verb=verb, noun=noun_of(type(record)), record_id=record.pk, title=str(record)[:200],
            party_id=party_id, actor_id=by.pk, actor_name=str(by)[:120], changes=changes, note=note, at=at,
        )  # fmt: skip
        event.mac = code_of(event)
        self.waiting.append(event)

    @transaction.atomic
    def write(self) -> None:
        """Write and seal what was added."""
        if not self.waiting:
            return
        head = ChainHead.objects.select_for_update().filter(pk=1).first() or ChainHead(pk=1)
        numbers, seals = Numbers(Event), []
        for start in range(0, len(self.waiting), BLOCK):
            seals.append(self._seal(self.waiting[start : start + BLOCK], head, numbers))
        pour(Event, self.waiting)
        pour(Seal, seals)
        go_on_numbering([Event])
        count(len(self.waiting))
        head.mac = head_code(head.seal_no, head.sealed_events, head.hash)
        head.save()
        self.waiting.clear()

    def _seal(self, events: list[Event], head: ChainHead, numbers: Numbers) -> Seal:
        head.seal_no += 1
        for event in events:
            event.pk, event.seal_no = numbers.take(), head.seal_no
        head.hash = digest(head.hash, [(event.pk, event.mac) for event in events])
        head.sealed_events += len(events)
        return sketch(Seal, no=head.seal_no, count=len(events), hash=head.hash, at=timezone.now())
