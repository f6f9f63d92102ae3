"""Who else has a record open: one row per person and record, written anew by every page that shows it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from relasi.kit.records.models import about
from relasi.kit.records.record import Record
from relasi.kit.resources.models import Presence

HERE = timedelta(seconds=50)
FORGOTTEN = timedelta(hours=1)


def seen(record: Record, *, by: Any, editing: bool = False) -> list[Presence]:
    """Say that `by` has the record open and answer with the others who have. Three queries."""
    now = timezone.now()
    Presence.objects.filter(user=by, seen_at__lt=now - FORGOTTEN).delete()
    values = {"seen_at": now, "is_editing": editing}
    if not Presence.objects.filter(user=by, **about(record)).update(**values):
        Presence.objects.bulk_create([Presence(user=by, **about(record), **values)], ignore_conflicts=True)
    others = Presence.objects.filter(**about(record), seen_at__gte=now - HERE).exclude(user=by)
    return list(others.select_related("user").order_by("user__name")[:8])
