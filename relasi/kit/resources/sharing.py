"""One record opened to one person, to read or also to change, and closed again."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from relasi.kit.access.models import Share, User
from relasi.kit.events.writing import emit
from relasi.kit.records.models import about
from relasi.kit.records.record import Record


def of(record: Record) -> list[Share]:
    """To whom the record is open beyond roles."""
    return list(
        Share.objects.filter(**about(record)).select_related("user", "shared_by").order_by("user__name")
    )


def find(record: Record, pk: int) -> Share | None:
    """One share of this record and no other."""
    return Share.objects.filter(pk=pk, **about(record)).select_related("user").first()


@transaction.atomic
def share(record: Record, user: User, *, by: Any, may_change: bool = False) -> Share:
    """Open the record to a colleague; again, to read only or also to change. The record's history says so."""
    found: Share | None = Share.objects.filter(user=user, **about(record)).first()
    if found is None:
        found = Share.create(by=by, user=user, may_change=may_change, shared_by=by, **about(record))
    elif not found.change(by=by, may_change=may_change):
        return found
    note = f"{user} · {'change' if may_change else 'read'}"
    emit("shared", record, by=by, note=note, party_id=record.event_party_id())
    return found


@transaction.atomic
def unshare(found: Share, record: Record, *, by: Any) -> None:
    """Close it again."""
    name = str(found.user)
    found.remove(by=by)
    emit("unshared", record, by=by, note=name, party_id=record.event_party_id())
