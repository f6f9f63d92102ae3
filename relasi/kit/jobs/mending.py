"""What a person does with jobs from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from relasi.kit.jobs.models import Job


def cancel(job: Job) -> None:
    """Cancel a waiting job at once; ask a running one to stop at its next checkpoint."""
    job.cancel()


def replay(job: Job) -> None:
    """Queue a finished job (set aside, failed, cancelled or done) once more, with all its tries."""
    job.replay()
