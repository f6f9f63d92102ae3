"""Writing events, one or many, in the transaction of the change they tell of."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone

from relasi.kit.events.bulk import insert_objects
from relasi.kit.events.counting import count
from relasi.kit.events.models import Event, noun_of
from relasi.kit.events.reactions import hand_over, interested
from relasi.kit.events.sign import sign

MANY = 10


@dataclass(frozen=True, kw_only=True)
class Draft:
    """An event about to be written; the same meanings as the columns of Event."""

    verb: str
    record: models.Model
    by: Any = None
    changes: dict[str, list[Any]] = field(default_factory=dict)
    note: str = ""
    batch: str = ""
    party_id: int | None = None
    at: datetime | None = None


def emit(verb: str, record: models.Model, *, by: Any = None, **rest: Any) -> Event:
    """Write one event about `record`. Call inside the transaction that changes it."""
    return emit_many([Draft(verb=verb, record=record, by=by, **rest)])[0]


def emit_many(drafts: Iterable[Draft]) -> list[Event]:
    """Write many events in one statement and hand them to those who react."""
    now = timezone.now()
    events = [_event(draft, now) for draft in drafts]
    for event in events:
        event.mac = code_of(event)
    if len(events) > MANY:
        insert_objects(events)
    else:
        Event.objects.bulk_create(events)
    if events:
        count(len(events))
    for event in events:
        if interested(event.name):
            hand_over(event)
    return events


def code_of(event: Event) -> str:
    """HMAC-SHA256 of the event's content under the audit key, hexadecimal."""
    body = json.dumps(event.content(), cls=DjangoJSONEncoder, sort_keys=True, separators=(",", ":"))
    return sign(body.encode())


def _event(draft: Draft, now: datetime) -> Event:
    record = draft.record
    return Event(
        at=draft.at or now,
        verb=draft.verb,
        noun=noun_of(record),
        record_id=record.pk,
        title=str(record)[:200],
        party_id=draft.party_id,
        actor_id=getattr(draft.by, "pk", None),
        actor_name=str(draft.by)[:120] if draft.by else "",
        changes=_plain(draft.changes),
        note=draft.note,
        batch=draft.batch,
    )


def _plain(changes: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """The same as it will read back from the database, so that its code can be checked later."""
    if not changes:
        return {}
    plain: dict[str, list[Any]] = json.loads(json.dumps(changes, cls=DjangoJSONEncoder))
    return plain
