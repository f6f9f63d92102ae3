"""Somebody tried to reach the customer of a lead: a call on the timeline, and the clock stops."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from relasi.activities.models import Call
from relasi.kit.access.rights import may
from relasi.sales.models import Lead

AGAIN = timedelta(hours=2)


@transaction.atomic
def try_customer(*, lead: Lead, by: Any, outcome: str, note: str = "") -> None:
    """Log the call with its outcome; who was not reached comes back into the queue in two hours."""
    reached = outcome == "reached"
    before = lead.attempts
    if may(by, "add", Call):
        subject = _("Call about: %(lead)s") % {"lead": lead}
        Call.create(
            by=by, party=lead.party, owner=by, direction="out", outcome=outcome, subject=subject[:200],
            body=note, starts_at=timezone.now(), about_noun="lead", about_id=lead.pk,
        )  # fmt: skip
    lead.refresh_from_db()
    if lead.attempts == before:
        lead.respond(by=by, reached=reached)
    if not reached and lead.is_open:
        lead.put_off(next_at=timezone.now() + AGAIN, by=by)
