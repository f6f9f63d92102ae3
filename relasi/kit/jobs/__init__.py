"""One door to the job engine: `@job` and `@every` declare, `fn.later(…)` queues, `progress` reports."""

from relasi.kit.jobs.companions import on_start
from relasi.kit.jobs.declaring import JobFunction, enqueue, job
from relasi.kit.jobs.mending import cancel, replay
from relasi.kit.jobs.reporting import Again, GiveUp, TimedOut, progress, should_stop
from relasi.kit.jobs.schedules import every

__all__ = [
    "Again",
    "GiveUp",
    "JobFunction",
    "TimedOut",
    "cancel",
    "enqueue",
    "every",
    "job",
    "on_start",
    "progress",
    "replay",
    "should_stop",
]
