"""What goes out: at most once, with its fate in the ledger."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from relasi.channels.interface import Progress
from relasi.channels.models import Account
from relasi.conversations import outbox, writing
from relasi.conversations.models import (
    Conversation,
    Delivery,
    Mailing,
    Message,
    Suppression,
    Template,
    Variant,
)
from relasi.kit.jobs.identity import new_worker_name
from relasi.kit.jobs.worker import Worker
from relasi.parties.models import Person
from tests.conversations.post import PostOffice
from tests.world import World

pytestmark = pytest.mark.django_db
BUDI = "budi@santoso.example"


@pytest.fixture
def talk(world: World, mailbox: Account) -> Conversation:
    return writing.start(by=world.bob, channel="email", party=world.budi, account=mailbox, subject="Polis")


def test_a_message_waits_in_the_outbox_and_is_sent(
    world: World, talk: Conversation, post: PostOffice
) -> None:
    message = writing.write(talk, by=world.bob, text="Jatuh tempo besok")
    assert (message.state, Delivery.objects.get().state) == ("waiting", "waiting")
    Worker().run_until_empty()
    message.refresh_from_db()
    assert (message.state, Delivery.objects.get().state) == ("sent", "sent")
    assert [(one.to, one.text, one.subject) for one in post.taken] == [(BUDI, "Jatuh tempo besok", "Polis")]


def test_the_answer_names_what_it_answers(world: World, talk: Conversation, post: PostOffice) -> None:
    writing.receive(talk, sender=BUDI, text="Kapan?", external_id="q1@budi")
    writing.write(talk, by=world.bob, text="Besok")
    Worker().run_until_empty()
    assert (post.taken[0].answers, post.taken[0].references) == ("q1@budi", ("q1@budi",))
    assert post.taken[0].subject == "Re: Polis"


def test_answering_ends_the_wait(world: World, talk: Conversation) -> None:
    writing.receive(talk, sender=BUDI, text="Kapan?")
    writing.write(talk, by=world.bob, text="Besok")
    talk.refresh_from_db()
    assert talk.waiting_since is None
    assert talk.first_answer_at is not None


def test_a_held_message_can_be_called_back(world: World, talk: Conversation, post: PostOffice) -> None:
    message = writing.write(talk, by=world.bob, text="Ups", held=writing.HELD)
    assert writing.cancel(message, by=world.bob)
    Delivery.objects.update(due_at=timezone.now())
    outbox.send_due(Account.objects.get())
    assert post.taken == []
    assert Delivery.objects.get().state == "cancelled"


def test_what_has_left_cannot_be_called_back(world: World, talk: Conversation) -> None:
    message = writing.write(talk, by=world.bob, text="Halo")
    Worker().run_until_empty()
    assert not writing.cancel(message, by=world.bob)


def test_the_same_key_is_one_message(world: World, talk: Conversation) -> None:
    first = writing.write(talk, by=world.bob, text="Halo", key="k1")
    assert writing.write(talk, by=world.bob, text="Halo", key="k1").pk == first.pk
    assert Delivery.objects.count() == 1


def test_a_refusal_is_kept_with_its_words(world: World, talk: Conversation, post: PostOffice) -> None:
    post.refuse(BUDI)
    writing.write(talk, by=world.bob, text="Halo")
    Worker().run_until_empty()
    row = Delivery.objects.get()
    assert (row.state, row.reason, row.code) == ("failed", "No such person.", "550")
    assert Message.objects.get(direction="out").problem == "No such person."


def test_what_is_put_off_is_tried_again_later(world: World, talk: Conversation, post: PostOffice) -> None:
    post.put_off(BUDI, timedelta(minutes=7))
    writing.write(talk, by=world.bob, text="Halo")
    Worker().run_until_empty()
    row = Delivery.objects.get()
    assert (row.state, row.tries) == ("waiting", 1)
    assert timedelta(minutes=6) < row.due_at - timezone.now() < timedelta(minutes=8)


def test_after_three_days_of_putting_off_it_has_failed(
    world: World, talk: Conversation, post: PostOffice
) -> None:
    post.put_off(BUDI, timedelta(minutes=7))
    writing.write(talk, by=world.bob, text="Halo")
    Delivery.objects.update(created_at=timezone.now() - timedelta(days=4))
    Worker().run_until_empty()
    assert Delivery.objects.get().state == "failed"


def test_silence_of_the_channel_is_uncertain_and_never_tried_again(
    world: World, talk: Conversation, post: PostOffice
) -> None:
    post.say_nothing(BUDI)
    writing.write(talk, by=world.bob, text="Halo")
    Worker().run_until_empty()
    assert Delivery.objects.get().state == "uncertain"
    assert outbox.send_due(Account.objects.get()) == 0


def test_what_a_dead_sender_had_in_hand_is_uncertain(
    world: World, talk: Conversation, post: PostOffice
) -> None:
    writing.write(talk, by=world.bob, text="Halo")
    gone = new_worker_name().replace(f"/{_pid()}.", "/1073741823.")
    Delivery.objects.update(state="sending", claim=gone)
    assert outbox.send_due(Account.objects.get()) == 0
    assert (Delivery.objects.get().state, post.taken) == ("uncertain", [])


def test_what_a_living_sender_has_in_hand_is_left_to_it(world: World, talk: Conversation) -> None:
    writing.write(talk, by=world.bob, text="Halo")
    Delivery.objects.update(state="sending", claim=new_worker_name())
    outbox.recover(Account.objects.get())
    assert Delivery.objects.get().state == "sending"


def test_a_person_decides_about_the_uncertain(world: World, talk: Conversation, post: PostOffice) -> None:
    post.say_nothing(BUDI)
    writing.write(talk, by=world.bob, text="Halo")
    Worker().run_until_empty()
    post.fate.clear()
    assert outbox.resend(Delivery.objects.get(), by=world.bob)
    Worker().run_until_empty()
    assert Delivery.objects.get().state == "sent"
    assert len(post.taken) == 1


def test_it_is_marked_as_being_sent_before_it_is_sent(
    world: World, talk: Conversation, post: PostOffice
) -> None:
    seen: list[str] = []
    post.before = lambda _messages: seen.append(Delivery.objects.get().state)
    writing.write(talk, by=world.bob, text="Halo")
    Worker().run_until_empty()
    assert seen == ["sending"]


def test_withdrawn_in_the_last_moment_it_is_not_sent(
    world: World, talk: Conversation, post: PostOffice
) -> None:
    writing.write(talk, by=world.bob, text="Halo")
    Suppression.create(by=None, channel="email", address=BUDI, reason="hard_bounce")
    Worker().run_until_empty()
    row = Delivery.objects.get()
    assert (row.state, post.taken) == ("stopped", [])
    assert "does not exist" in row.reason


def test_writing_to_who_may_not_be_written_to_is_refused_with_the_reason(
    world: World, talk: Conversation
) -> None:
    Suppression.create(by=None, channel="email", address=BUDI, reason="hard_bounce")
    with pytest.raises(ValidationError, match="does not exist"):
        writing.write(talk, by=world.bob, text="Halo")
    assert not Delivery.objects.exists()


def test_an_empty_message_is_refused(world: World, talk: Conversation) -> None:
    with pytest.raises(ValidationError, match="empty"):
        writing.write(talk, by=world.bob, text="  ")


def test_without_a_channel_nothing_is_written(world: World, db: None) -> None:
    talk = writing.start(by=world.bob, channel="sms", party=world.budi)
    with pytest.raises(ValidationError, match="No channel is set up for SMS"):
        writing.write(talk, by=world.bob, text="Halo")


def sent(world: World, talk: Conversation) -> Delivery:
    writing.write(talk, by=world.bob, text="Halo")
    Worker().run_until_empty()
    return Delivery.objects.get()


def test_reports_of_the_other_side_move_it_forward_only(
    world: World, talk: Conversation, mailbox: Account
) -> None:
    row = sent(world, talk)
    for state in ("read", "delivered", "sent"):
        outbox.note_progress(mailbox, Progress(external_id=row.external_id, state=state))  # type: ignore[arg-type]
    row.refresh_from_db()
    assert row.state == "read"
    assert row.delivered_at is not None


def test_a_hard_bounce_leaves_the_address_alone(world: World, talk: Conversation, mailbox: Account) -> None:
    row = sent(world, talk)
    news = Progress(external_id=row.external_id, state="failed", bounce="hard", words="It does not exist.")
    outbox.note_progress(mailbox, news)
    row.refresh_from_db()
    assert (row.state, row.bounce) == ("failed", "hard")
    assert Suppression.objects.in_force().get().address == BUDI


def test_a_full_mailbox_is_not_left_alone(world: World, talk: Conversation, mailbox: Account) -> None:
    row = sent(world, talk)
    outbox.note_progress(mailbox, Progress(external_id=row.external_id, state="failed", bounce="full"))
    assert not Suppression.objects.exists()


def mailing_of(world: World, account: Account, text: str = "Halo {{ customer.first_name }}") -> Mailing:
    template = Template.create(by=world.ada, name="Kabar")
    Variant.create(
        by=world.ada, template=template, language="id", subject="Untuk {{ customer.name }}", text=text
    )
    mailing: Mailing = Mailing.create(
        by=world.ada, name="Kabar", template=template, account=account, purpose="service"
    )
    for party in (world.budi, world.siti):
        Delivery(
            key=f"g{mailing.pk}:{party.pk}", mailing=mailing, party=party, account=account, channel="email",
            purpose="service", address=party.email or "siti@santoso.example",
        ).save()  # fmt: skip
    return mailing


def test_a_mailing_says_to_each_what_is_theirs(world: World, mailbox: Account, post: PostOffice) -> None:
    mailing_of(world, mailbox)
    outbox.send_due(mailbox)
    assert {one.text for one in post.taken} == {"Halo Budi", "Halo Siti"}
    assert {one.subject for one in post.taken} == {"Untuk Budi Santoso", "Untuk Siti Rahmawati"}


def test_only_the_failed_are_sent_again(world: World, mailbox: Account, post: PostOffice) -> None:
    mailing = mailing_of(world, mailbox)
    post.refuse(BUDI)
    outbox.send_due(mailbox)
    post.fate.clear()
    assert outbox.resend_failed(mailing, by=world.ada) == 1
    outbox.send_due(mailbox)
    assert [one.to for one in post.taken] == ["siti@santoso.example", BUDI]


def test_a_template_that_fails_for_one_stops_nobody_else(
    world: World, mailbox: Account, post: PostOffice
) -> None:
    mailing_of(
        world,
        mailbox,
        text="{{ customer.first_name | divided_by: 0 }} {% if customer.city == '' %}x{% endif %}",
    )
    Variant.objects.update(
        text="{% if customer.city == 'Jakarta Selatan' %}{{ 1 | divided_by: 0 }}{% endif %}Halo"
    )
    Person.objects.get(pk=world.siti.pk).change(by=world.bob, city="Bandung")
    outbox.send_due(mailbox)
    assert [one.to for one in post.taken] == ["siti@santoso.example"]
    assert Delivery.objects.get(address=BUDI).state == "failed"


def test_a_relay_with_a_pace_is_not_hurried(world: World, mailbox: Account, post: PostOffice) -> None:
    from relasi.conversations.pace import Pace

    pace = Pace(domains={"santoso.example": 1})
    mailing_of(world, mailbox)
    rows = list(Delivery.objects.order_by("id"))
    now = timezone.now()
    assert [row.address for row in pace.allowed(rows, now)] == [BUDI]
    late = Delivery.objects.get(address="siti@santoso.example")
    assert late.due_at > now + timedelta(seconds=50)


def _pid() -> Any:
    import os

    return os.getpid()
