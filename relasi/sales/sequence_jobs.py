"""Steps that have come due, one job each."""

from __future__ import annotations

from django.utils import timezone

from relasi.kit.jobs import every, job
from relasi.sales.actions import take_step as taking
from relasi.sales.models.sequence import Enrolment

AT_ONCE = 2000


@job(queue="sequences")
def take_step(*, enrolment_id: int) -> None:
    taking.take_step(enrolment_id=enrolment_id)


@every(minutes=1, name="take-steps")
def take_steps() -> None:
    due = Enrolment._default_manager.all().due(timezone.now()).order_by("next_at", "id")
    for pk in due.values_list("pk", flat=True)[:AT_ONCE]:
        take_step.later(enrolment_id=pk, _key=f"step-{pk}")
