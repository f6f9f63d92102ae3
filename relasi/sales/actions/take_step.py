"""The next step of a customer's way through a sequence: a message, or work for the seller."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from relasi.activities.models import Call, Task
from relasi.conversations import writing
from relasi.conversations.models import Conversation
from relasi.sales.models.sequence import Enrolment, SequenceStep


@transaction.atomic
def take_step(*, enrolment_id: int) -> Enrolment:
    """Do what is due, once, and plan what follows. What may not be said ends the way, with the reason.

    Killed in the middle it begins again, and nothing is said twice: message and progress are one transaction.
    """
    rows = Enrolment.objects.select_for_update(of=("self",)).select_related("sequence", "party", "owner")
    enrolment: Enrolment = rows.get(pk=enrolment_id)
    now = timezone.now()
    if not enrolment.is_running or enrolment.next_at is None or enrolment.next_at > now:
        return enrolment
    steps = list(enrolment.sequence.steps.select_related("template").order_by("order", "id"))
    if enrolment.step >= len(steps):
        enrolment.finish()
        return enrolment
    try:
        with transaction.atomic():
            _do(enrolment, steps[enrolment.step])
    except ValidationError as error:
        enrolment.stop(by=None, reason=" ".join(error.messages))
        return enrolment
    following = steps[enrolment.step + 1 : enrolment.step + 2]
    if following:
        wait = timedelta(days=following[0].wait_days)
        enrolment.change(by=None, verb="stepped", step=enrolment.step + 1, next_at=now + wait)
    else:
        enrolment.change(by=None, verb="stepped", step=enrolment.step + 1)
        enrolment.finish()
    return enrolment


def _do(enrolment: Enrolment, step: SequenceStep) -> None:
    """Raises ValidationError when it cannot or may not be said."""
    if step.is_message:
        _say(enrolment, step)
        return
    work: dict[str, Any] = {
        "subject": step.subject,
        "party": enrolment.party,
        "owner": enrolment.owner or enrolment.party.owner,
    }
    if step.kind == SequenceStep.Kind.CALL:
        Call.create(by=None, starts_at=timezone.now(), **work)
    else:
        Task.create(by=None, due_at=timezone.now() + timedelta(days=1), **work)


def _say(enrolment: Enrolment, step: SequenceStep) -> None:
    party = enrolment.party
    assert step.template is not None
    variant = step.template.variant(party.language)
    talk = _talk(enrolment, step) or writing.start(
        by=None, channel=step.kind, party=party, owner=enrolment.owner,
        subject=variant.subject if variant and "{" not in variant.subject else enrolment.sequence.name,
    )  # fmt: skip
    writing.write(
        talk, by=enrolment.owner, variant=variant, purpose=enrolment.sequence.purpose, automatic="sequence",
        key=f"s{enrolment.pk}:{step.pk}",
    )  # fmt: skip


def _talk(enrolment: Enrolment, step: SequenceStep) -> Conversation | None:
    """The same talk as the steps before it on the same channel."""
    keys = [f"s{enrolment.pk}:{other}" for other in enrolment.sequence.steps.values_list("pk", flat=True)]
    rows = Conversation._default_manager.filter(channel=step.kind, messages__deliveries__key__in=keys)
    return rows.order_by("-last_at").first()
