"""What the job engine holds, for the page of the jobs."""

from __future__ import annotations

from typing import Any

from django.db.models import Count

from relasi.kit.access.models import User
from relasi.kit.events.writing import emit
from relasi.kit.jobs import cancel, replay
from relasi.kit.jobs.models import Job, State

SHOWN = 100


def jobs_in(state: str) -> list[Job]:
    """The newest hundred: `running` with those that wait, `attention` for what failed, `done`."""
    rows = Job.objects.all()
    if state == "attention":
        return list(rows.needing_attention().order_by("-finished_at", "-id")[:SHOWN])
    if state == "done":
        return list(
            rows.filter(state__in=(State.DONE, State.CANCELLED)).order_by("-finished_at", "-id")[:SHOWN]
        )
    return list(rows.unfinished().order_by("-state", "-priority", "run_at", "id")[:SHOWN])


def counts() -> dict[str, int]:
    by_state = dict(Job.objects.values_list("state").annotate(Count("pk")))
    return {
        "running": by_state.get(State.RUNNING, 0) + by_state.get(State.WAITING, 0),
        "attention": by_state.get(State.FAILED, 0) + by_state.get(State.SET_ASIDE, 0),
        "done": by_state.get(State.DONE, 0) + by_state.get(State.CANCELLED, 0),
    }


def find(pk: int) -> Job | None:
    return Job.objects.filter(pk=pk).first()


def runs_of(job: Job) -> list[Any]:
    return list(job.runs.order_by("-id")[:20])


def stop(job: Job, *, by: User) -> None:
    """Cancel; the person who did stands in the audit."""
    cancel(job)
    emit("job_cancelled", by, by=by, note=f"{job.name} #{job.pk}")


def run_again(job: Job, *, by: User) -> None:
    replay(job)
    emit("job_replayed", by, by=by, note=f"{job.name} #{job.pk}")
