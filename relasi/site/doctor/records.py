"""Whether what the product keeps agrees with itself: audit trail, search, jobs, worker."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

from django.utils import timezone

from relasi.catalog.stock import differing
from relasi.kit.events.models import ChainHead, Event, Seal
from relasi.kit.events.sealing import head_code, verify_chain
from relasi.kit.jobs.models import Job, Slot, State
from relasi.kit.resources.declaration import Resource
from relasi.kit.resources.indexing import entry_of
from relasi.kit.resources.registry import resources
from relasi.kit.search.folding import body_of
from relasi.kit.search.models import Entry
from relasi.site.doctor.findings import Finding, bad, fair, good

SAMPLE = 200
SILENT_AFTER = timedelta(minutes=4)
WAITED_LONG = timedelta(minutes=15)
UNSEALED_LONG = timedelta(minutes=30)
AUDIT_OUT = "Run `relasi verify-audit` and compare with the last backup."


def audit_head() -> Iterator[Finding]:
    """The last seal and the head, without reading the whole trail (`relasi verify-audit` does)."""
    head, last = ChainHead.objects.filter(pk=1).first(), Seal.objects.order_by("-no").first()
    if head is None or last is None:
        if last is not None or Event.objects.filter(seal_no__isnull=False).exists():
            yield bad("audit trail", "The head of the audit trail is gone.", AUDIT_OUT)
            return
        yield good("audit trail", "Nothing has been sealed yet.")
        return
    if head.mac != head_code(head.seal_no, head.sealed_events, head.hash) or (head.seal_no, head.hash) != (
        last.no,
        last.hash,
    ):
        yield bad("audit trail", "The head of the audit trail does not fit its last seal.", AUDIT_OUT)
        return
    late = Event.objects.filter(seal_no__isnull=True).order_by("id").values_list("at", flat=True).first()
    if late and late < timezone.now() - UNSEALED_LONG:
        yield fair(
            "audit trail",
            "Events have waited for their seal for more than half an hour.",
            "Is a worker running?",
        )
        return
    yield good("audit trail", f"{head.sealed_events:,} events are under {head.seal_no:,} seals.")


def audit_chain() -> Iterator[Finding]:
    """Every event and every seal."""
    flaws = list(islice(verify_chain(), 3))
    for flaw in flaws:
        yield bad("audit trail", f"{flaw.kind} at seal {flaw.seal_no}, event {flaw.event_id}.", AUDIT_OUT)
    if not flaws:
        yield good("audit trail", "Every event is as it was written.")


def stock() -> Iterator[Finding]:
    """What lies everywhere against the ledger of movements and the reservations held."""
    wrong = differing()
    for level, on_hand, reserved in wrong[:3]:
        yield bad(
            "stock",
            f"{level} says {level.on_hand} on hand, {level.reserved} reserved; its ledger says {on_hand},"
            f" {reserved}.",
            "Somebody wrote past the program: compare with the last backup, then count the goods.",
        )
    if not wrong:
        yield good("stock", "Every number agrees with its ledger.")


def search_index() -> Iterator[Finding]:
    """The oldest and newest hundred of every noun against their entries."""
    wrong = {
        resource.name: share for resource in resources() if resource.search and (share := _wrong(resource))
    }
    if wrong:
        told = ", ".join(f"{name} {share:.0%}" for name, share in wrong.items())
        yield fair(
            "search",
            f"The search index differs from the records: {told} of a sample.",
            "Run `relasi search-reindex`.",
        )
        return
    yield good("search", "The search index agrees with the records (a sample of each noun).")


def _wrong(resource: Resource) -> float:
    rows = resource.model._default_manager.filter(**resource.where)
    if hasattr(resource.model, "archived_at"):
        rows = rows.filter(archived_at__isnull=True)
    sample = [*rows.order_by("pk")[: SAMPLE // 2], *rows.order_by("-pk")[: SAMPLE // 2]]
    bodies = dict(
        Entry.objects.filter(noun=resource.noun, record_id__in={row.pk for row in sample}).values_list(
            "record_id", "body"
        )
    )
    return sum(bodies.get(row.pk) != _body(row, resource) for row in sample) / len(sample) if sample else 0.0


def _body(row: Any, resource: Resource) -> str:
    entry = entry_of(row, resource)
    return body_of(entry.noun, entry.title, entry.more)


def jobs() -> Iterator[Finding]:
    """Jobs that wait for a person, or too long for a worker."""
    stopped = Job.objects.needing_attention().count()
    if stopped:
        yield fair(
            "jobs",
            f"{stopped} jobs failed or were set aside.",
            "Look at Settings → Jobs, mend the cause and run them again.",
        )
    stuck = Job.objects.running().filter(leased_until__lt=timezone.now() - WAITED_LONG).count()
    if stuck:
        yield bad(
            "jobs",
            f"{stuck} jobs run under a lease that ended long ago.",
            "Start a worker (relasi run, relasi worker).",
        )
    late = Job.objects.due(timezone.now() - WAITED_LONG).count()
    if late:
        yield fair(
            "jobs", f"{late} jobs have been due for more than 15 minutes.", "Start a worker, or more of them."
        )
    if not (stopped or stuck or late):
        waiting = Job.objects.filter(state=State.WAITING).count()
        yield good("jobs", f"No job is stuck; {waiting} wait for their time.")


def worker() -> Iterator[Finding]:
    """The newest slot of the clock's jobs: one is due every minute."""
    last = Slot.objects.order_by("-due_at").values_list("due_at", flat=True).first()
    if last is None or last < timezone.now() - SILENT_AFTER:
        since = f"since {last:%Y-%m-%d %H:%M} UTC" if last else "yet"
        yield fair("worker", f"No worker has kept house {since}.", "Start one: relasi run or relasi worker.")
        return
    yield good("worker", f"A worker kept house at {last:%H:%M} UTC.")
