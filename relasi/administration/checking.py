"""Verifying the audit chain, with its result kept."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from relasi.administration.models import ChainCheck
from relasi.kit.access.models import User
from relasi.kit.events.models import ChainHead, Event
from relasi.kit.events.sealing import seal_events, verify_chain
from relasi.kit.events.writing import emit
from relasi.kit.jobs import progress
from relasi.kit.jobs.models import Job

SHOWN = 100


@transaction.atomic
def ask_for_check(*, by: User) -> ChainCheck:
    """Queue a verification; the one that still waits or runs is given back instead of a second."""
    from relasi.administration.jobs import verify_audit

    running = ChainCheck.objects.filter(finished_at=None).first()
    if running and running.job_id and Job.objects.unfinished().filter(pk=running.job_id).exists():
        return running
    check = ChainCheck.objects.create(asked_by=by)
    check.job_id = verify_audit.later(check_id=check.pk).pk
    check.save(update_fields=["job_id"])
    emit("audit_check_asked", by, by=by)
    return check


def check_chain(check_id: int) -> None:
    """Seal what is new, then read everything from the first event on."""
    seal_events()
    check = ChainCheck.objects.get(pk=check_id)
    total = sealed_events()

    def seen(seals: int, events: int) -> None:
        check.seals, check.events = seals, events
        progress(events, total=total)

    flaws = [[flaw.kind, flaw.seal_no, flaw.event_id] for flaw in verify_chain(seen=seen)]
    check.flaw_count, check.flaws, check.finished_at = len(flaws), flaws[:SHOWN], timezone.now()
    check.save()


def sealed_events() -> int:
    head = ChainHead.objects.filter(pk=1).first()
    return head.sealed_events if head else 0


def standing() -> dict[str, Any]:
    """The last finished check, the one under way with its job, and how much there is to check."""
    last = ChainCheck.objects.exclude(finished_at=None).select_related("asked_by").first()
    running = ChainCheck.objects.filter(finished_at=None, pk__gt=last.pk if last else 0).first()
    job = Job.objects.filter(pk=running.job_id).first() if running and running.job_id else None
    return {
        "last": last,
        "job": job if job and not job.is_finished else None,
        "failed": job if job and job.is_finished else None,
        "sealed": sealed_events(),
        "waiting": Event.objects.filter(seal_no__isnull=True).count(),
    }
