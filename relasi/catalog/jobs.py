"""Reservations whose time is over let go of their goods."""

from __future__ import annotations

from django.utils import timezone

from relasi.catalog.models import Reservation
from relasi.kit.jobs import every

CHUNK = 500


@every(minutes=5, name="lapse-reservations")
def lapse_reservations() -> int:
    """Each in a transaction of its own; how many lapsed. Safe to run again."""
    due = list(Reservation.objects.lapsed(timezone.now()).order_by("expires_at")[:CHUNK])
    for reservation in due:
        reservation.lapse()
    return len(due)
