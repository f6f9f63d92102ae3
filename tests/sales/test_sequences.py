"""Sequences say one thing after the other, and stop when the customer answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from relasi.activities.models import Task
from relasi.conversations import writing
from relasi.conversations.models import Conversation, Delivery, Suppression, Template, Variant
from relasi.kit.jobs.worker import Worker
from relasi.sales.actions.take_step import take_step
from relasi.sales.models import Enrolment, Lead, Sequence, SequenceStep
from tests.conversations.post import OFFICE, PostOffice, door
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(db: None) -> Iterator[PostOffice]:
    OFFICE.taken.clear()
    OFFICE.fate.clear()
    door("email")
    yield OFFICE


@pytest.fixture
def sequence(world: World, post: PostOffice) -> Sequence:
    template = Template.create(by=world.ada, name="Salam")
    Variant.create(
        by=world.ada, template=template, language="id", subject="Halo", text="Halo {{ customer.first_name }}"
    )
    made: Sequence = Sequence.create(by=world.ada, name="Perkenalan")
    SequenceStep.create(by=world.ada, sequence=made, order=1, kind="email", template=template)
    SequenceStep.create(
        by=world.ada, sequence=made, order=2, kind="task", wait_days=2, subject="Telepon kembali"
    )
    SequenceStep.create(by=world.ada, sequence=made, order=3, kind="email", wait_days=3, template=template)
    return made


def enrolled(world: World, sequence: Sequence, **fields: Any) -> Enrolment:
    made: Enrolment = Enrolment.create(
        by=world.bob, sequence=sequence, party=world.budi, owner=world.bob, **fields
    )
    return made


def after(enrolment: Enrolment, days: int) -> Enrolment:
    """So many days later the next step is due."""
    later = Enrolment.objects.get(pk=enrolment.pk)
    if later.next_at:
        Enrolment.objects.filter(pk=enrolment.pk).update(next_at=later.next_at - timedelta(days=days))
    return take_step(enrolment_id=enrolment.pk)


def test_the_first_step_goes_at_once_and_the_next_waits(
    world: World, sequence: Sequence, post: PostOffice
) -> None:
    enrolment = take_step(enrolment_id=enrolled(world, sequence).pk)
    Worker().run_until_empty()
    assert [one.text for one in post.taken] == ["Halo Budi"]
    assert enrolment.step == 1
    assert enrolment.next_at is not None
    assert enrolment.next_at > timezone.now() + timedelta(days=1, hours=23)


def test_a_step_may_be_work_for_the_seller(world: World, sequence: Sequence) -> None:
    enrolment = enrolled(world, sequence)
    take_step(enrolment_id=enrolment.pk)
    after(enrolment, 2)
    task = Task.objects.get()
    assert (task.subject, task.owner, task.party_id) == ("Telepon kembali", world.bob, world.budi.pk)


def test_after_the_last_step_it_has_come_to_its_end(
    world: World, sequence: Sequence, post: PostOffice
) -> None:
    enrolment = enrolled(world, sequence)
    take_step(enrolment_id=enrolment.pk)
    after(enrolment, 2)
    assert after(enrolment, 3).status == "done"
    Worker().run_until_empty()
    assert len(post.taken) == 2
    assert Conversation.objects.count() == 1


def test_a_step_taken_twice_says_it_once(world: World, sequence: Sequence) -> None:
    enrolment = enrolled(world, sequence)
    take_step(enrolment_id=enrolment.pk)
    Enrolment.objects.update(step=0, next_at=timezone.now())
    take_step(enrolment_id=enrolment.pk)
    assert Delivery.objects.count() == 1


def test_an_answer_on_any_channel_stops_it(world: World, sequence: Sequence) -> None:
    enrolment = enrolled(world, sequence)
    take_step(enrolment_id=enrolment.pk)
    talk = writing.start(by=None, channel="whatsapp", party=world.budi)
    writing.receive(talk, sender="+6281211112222", text="Ya, saya tertarik")
    enrolment.refresh_from_db()
    assert (enrolment.status, enrolment.next_at) == ("answered", None)


def test_an_automatic_answer_does_not_stop_it(world: World, sequence: Sequence) -> None:
    enrolment = enrolled(world, sequence)
    talk = writing.start(by=None, channel="email", party=world.budi)
    writing.receive(talk, sender="budi@santoso.example", text="Saya cuti", automatic="out_of_office")
    enrolment.refresh_from_db()
    assert enrolment.status == "running"


def test_what_may_not_be_said_ends_it_with_the_reason(world: World, sequence: Sequence) -> None:
    Suppression.create(by=None, channel="email", address="budi@santoso.example", reason="hard_bounce")
    enrolment = take_step(enrolment_id=enrolled(world, sequence).pk)
    assert enrolment.status == "stopped"
    assert "does not exist" in enrolment.reason


def test_nobody_is_twice_in_the_same_sequence(world: World, sequence: Sequence) -> None:
    enrolled(world, sequence)
    with pytest.raises(ValidationError, match="already"):
        enrolled(world, sequence)


def test_a_sequence_out_of_use_takes_nobody(world: World, sequence: Sequence) -> None:
    sequence.change(by=world.ada, is_active=False)
    with pytest.raises(ValidationError, match="not in use"):
        enrolled(world, sequence)


def test_a_message_step_needs_a_template(world: World, sequence: Sequence) -> None:
    with pytest.raises(ValidationError, match="what is to be said"):
        SequenceStep.create(by=world.ada, sequence=sequence, order=4, kind="sms")


def test_writing_to_a_new_lead_answers_it(world: World, post: PostOffice) -> None:
    lead = Lead.create(by=world.bob, party=world.budi, owner=world.bob)
    talk = writing.start(by=world.bob, channel="email", party=world.budi)
    writing.write(talk, by=world.bob, text="Halo Pak Budi")
    lead.refresh_from_db()
    assert lead.first_response_at is not None
