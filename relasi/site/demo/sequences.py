"""The demo company's sequences."""

from __future__ import annotations

import random
from collections.abc import Sequence as Rows
from datetime import datetime, timedelta
from typing import Any

from relasi.conversations.models import Template
from relasi.kit.access.models import User
from relasi.parties.models import Party
from relasi.sales.models import Enrolment, Sequence, SequenceStep
from relasi.site.bulk.pouring import Numbers, go_on_numbering, pour, sketch
from relasi.site.demo import said


def add(*, owner: User, template: Template, parties: Rows[Party], now: datetime) -> None:
    """Steps on three channels, and customers on their way through them."""
    sequence = Sequence.create(
        by=owner, name="Perkenalan setelah rujukan", owner=owner,
        about="Tiga sentuhan dalam sepuluh hari; berhenti begitu dijawab.",
    )  # fmt: skip
    steps: tuple[dict[str, Any], ...] = (
        {"kind": "whatsapp", "template": template, "wait_days": 0},
        {"kind": "call", "subject": "Telepon: sudah baca pesan kami?", "wait_days": 3},
        {"kind": "email", "template": template, "wait_days": 4},
        {"kind": "task", "subject": "Titip salam lewat perujuk", "wait_days": 3},
    )
    for order, step in enumerate(steps, start=1):
        SequenceStep.create(by=owner, sequence=sequence, order=order, **step)
    dice = random.Random(29)  # noqa: S311
    rows, numbers = [], Numbers(Enrolment)
    for number, party in enumerate(parties[3:300:7]):
        at = now - timedelta(days=dice.randint(1, 40) if number > 8 else 1)
        status = "running" if number < 9 else dice.choice(("done", "answered", "answered", "stopped"))
        row = sketch(
            Enrolment, sequence_id=sequence.pk, party_id=party.pk, owner_id=party.owner_id, status=status,
            step=1 if status == "running" else dice.randint(1, 4), started_at=at, created_at=at,
            updated_at=at,
            next_at=now + timedelta(days=dice.randint(1, 3)) if status == "running" else None,
            ended_at=None if status == "running" else at + timedelta(days=6),
            reason="" if status != "stopped" else said.PROBLEMS["stopped"],
        )  # fmt: skip
        row.pk = numbers.take()
        rows.append(row)
    pour(Enrolment, rows)
    go_on_numbering([Enrolment])
