"""What comes in finds its talk and its customer, once."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from relasi.channels import raw, receiving
from relasi.channels.interface import File
from relasi.channels.models import Account, Intake
from relasi.conversations import writing
from relasi.conversations.models import Conversation, Message
from relasi.kit.events.models import Event
from relasi.kit.jobs.models import Job
from relasi.kit.resources.attaching import of
from tests.world import World

pytestmark = pytest.mark.django_db


def arrives(account: Account, **told: Any) -> Intake:
    """A letter comes in and is understood."""
    letter = {
        "external_id": "a1",
        "sender": "budi@santoso.example",
        "text": "Halo",
        "subject": "Polis",
        **told,
    }
    content = json.dumps([letter]).encode()
    intake = receiving.take_in(account, content, external_id=str(letter["external_id"]))
    return receiving.understand(intake.pk)


def test_a_letter_opens_a_talk_with_the_customer_it_comes_from(world: World, mailbox: Account) -> None:
    arrives(mailbox)
    talk = Conversation.objects.get()
    assert (talk.party_id, talk.subject, talk.status, talk.preview) == (
        world.budi.pk,
        "Polis",
        "open",
        "Halo",
    )
    assert talk.waiting_since is not None


def test_the_raw_input_is_kept_before_anybody_reads_it(world: World, mailbox: Account) -> None:
    intake = receiving.take_in(mailbox, b"not json at all", external_id="x")
    assert raw.original(intake) == b"not json at all"
    assert intake.state == "new"
    assert Job.objects.filter(name__endswith="understand").exists()


def test_what_cannot_be_understood_stays_with_its_reason(world: World, mailbox: Account) -> None:
    intake = receiving.understand(receiving.take_in(mailbox, b"{", external_id="x").pk)
    assert intake.state == "failed"
    assert "could not be understood" in intake.error
    assert not Conversation.objects.exists()


def test_a_mended_input_is_taken_in_and_the_original_stays(world: World, mailbox: Account) -> None:
    intake = receiving.understand(receiving.take_in(mailbox, b"{", external_id="x").pk)
    letter = {"external_id": "m", "sender": "budi@santoso.example", "text": "Hai"}
    intake.mend(content=json.dumps([letter]).encode(), by=world.ada)
    done = receiving.understand(intake.pk)
    assert done.state == "done"
    assert raw.original(done) == b"{"
    assert Message.objects.get().text == "Hai"


def test_the_same_input_twice_is_one_message(world: World, mailbox: Account) -> None:
    first, second = arrives(mailbox), arrives(mailbox)
    assert first.pk == second.pk
    assert Message.objects.count() == 1


def test_an_answer_joins_the_talk_it_answers_whatever_its_subject(
    world: World, mailbox: Account, post: Any
) -> None:
    arrives(mailbox)
    talk = Conversation.objects.get()
    writing.write(talk, by=world.bob, text="Baik")
    Message.objects.filter(direction="out").update(external_id="ours@relasi")
    arrives(mailbox, external_id="a2", subject="Hal lain", answers=["ours@relasi"])
    assert Conversation.objects.count() == 1
    assert talk.messages.count() == 3


def test_a_letter_with_the_same_subject_joins_its_talk(world: World, mailbox: Account) -> None:
    arrives(mailbox)
    arrives(mailbox, external_id="a2", subject="Re: Polis")
    assert Conversation.objects.count() == 1


def test_another_subject_opens_another_talk(world: World, mailbox: Account) -> None:
    arrives(mailbox)
    arrives(mailbox, external_id="a2", subject="Klaim")
    assert Conversation.objects.count() == 2


def test_a_stranger_with_the_same_subject_does_not_join(world: World, mailbox: Account) -> None:
    arrives(mailbox)
    arrives(mailbox, external_id="a2", sender="orang@lain.example")
    assert Conversation.objects.count() == 2


def test_a_stranger_stays_a_stranger_until_somebody_decides(world: World, mailbox: Account) -> None:
    arrives(mailbox, sender="baru@orang.example", sender_name="Orang Baru")
    talk = Conversation.objects.get()
    assert talk.party is None
    assert talk.who == "Orang Baru"


def test_a_door_may_make_customers_of_strangers(world: World, mailbox: Account) -> None:
    mailbox.change(by=world.ada, settings={"new_senders": "make"})
    arrives(mailbox, sender="baru@orang.example", sender_name="Orang Baru")
    talk = Conversation.objects.get()
    assert talk.party is not None
    assert (talk.party.name, talk.party.email) == ("Orang Baru", "baru@orang.example")


def test_whatsapp_goes_on_in_the_running_talk(world: World, whatsapp: Account) -> None:
    arrives(whatsapp, sender="0812-1111-2222", subject="")
    arrives(whatsapp, sender="+6281211112222", external_id="a2", subject="", text="Lagi")
    talk = Conversation.objects.get()
    assert talk.party_id == world.budi.pk
    assert talk.messages_count == 2


def test_a_customer_who_writes_wakes_a_closed_talk(world: World, whatsapp: Account) -> None:
    arrives(whatsapp, sender="+6281211112222", subject="")
    Conversation.objects.get().close(by=world.bob)
    arrives(whatsapp, sender="+6281211112222", external_id="a2", subject="")
    assert Conversation.objects.get().status == "open"


def test_whatsapp_after_a_day_closed_is_a_new_talk(world: World, whatsapp: Account) -> None:
    arrives(whatsapp, sender="+6281211112222", subject="")
    talk = Conversation.objects.get()
    talk.close(by=world.bob)
    Conversation.objects.update(closed_at=timezone.now() - timedelta(days=2))
    arrives(whatsapp, sender="+6281211112222", external_id="a2", subject="")
    assert Conversation.objects.count() == 2


def test_the_answer_of_a_machine_wakes_nobody(world: World, mailbox: Account) -> None:
    arrives(mailbox)
    Conversation.objects.get().close(by=world.bob)
    arrives(mailbox, external_id="a2", automatic="out_of_office")
    talk = Conversation.objects.get()
    assert (talk.status, talk.waiting_since, talk.messages_count) == ("closed", None, 2)


def test_what_a_colleague_sent_past_us_stands_in_the_talk(world: World, mailbox: Account) -> None:
    arrives(mailbox)
    arrives(
        mailbox, external_id="a2", sender="halo@relasi.example", to=["budi@santoso.example"], from_us=True,
        answers=["a1"], text="Sudah saya jawab",
    )  # fmt: skip
    talk = Conversation.objects.get()
    assert talk.waiting_since is None
    assert list(talk.messages.order_by("id").values_list("direction", "state")) == [
        ("in", "received"), ("out", "sent"),
    ]  # fmt: skip


def test_files_hang_on_the_message(world: World, mailbox: Account) -> None:
    talk = writing.start(by=None, channel="email", account=mailbox, address="budi@santoso.example")

    message = writing.receive(
        talk, sender="budi@santoso.example", text="Lihat", files=[File("ktp.jpg", "image/jpeg", b"x")]
    )
    assert [one.name for one in of(message)] == ["ktp.jpg"]
    assert [file.content for file in writing.files_of(message)] == [b"x"]


def test_what_was_heard_is_news_on_the_customers_record(world: World, mailbox: Account) -> None:
    arrives(mailbox)
    event = Event.objects.get(noun="conversation", verb="received")
    assert (event.party_id, event.note) == (world.budi.pk, "Halo")
