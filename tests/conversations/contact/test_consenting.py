"""Consent given and taken back, and what is called off because of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from relasi.conversations import consenting, contact
from relasi.conversations.models import Consent, Conversation, Delivery, Message, Suppression
from relasi.kit.events.models import Event
from relasi.parties.actions.merge_parties import merge_parties
from relasi.parties.models import Party, Person
from tests.world import World

pytestmark = pytest.mark.django_db
MAIL = "budi@santoso.example"
PHONE = "+6281211112222"


def _agree(party: Party, **more: Any) -> Consent:
    return consenting.give(party, by=None, source=Consent.Source.PAPER, **more)


def _refuse(party: Party, **more: Any) -> Consent:
    return consenting.withdraw(party, by=None, source=Consent.Source.CALL, **more)


def _waiting(party: Party | None, **more: Any) -> Delivery:
    fields = {"channel": "email", "purpose": "marketing", "address": MAIL, **more}
    key = f"c{Delivery.objects.count()}"
    return Delivery.objects.create(key=key, party=party, due_at=timezone.now(), **fields)


def _state(row: Delivery) -> str:
    row.refresh_from_db()
    return str(row.state)


def _said(world: World, text: str, channel: str = "whatsapp", **more: Any) -> Message:
    fields = {"sender": PHONE if channel != "email" else MAIL, "direction": "in", "party": world.budi, **more}
    talk = Conversation.create(by=None, channel=channel, party=world.budi, address=fields["sender"])
    return Message.objects.create(conversation=talk, channel=channel, text=text, **fields)


def test_a_yes_is_a_line_with_how_we_know_and_an_event(world: World) -> None:
    text = consenting.text_in_force("marketing", "id")
    line = _agree(world.budi, text=text, proof={"form": 7}, channel="email")
    assert (line.state, line.source, line.text, line.proof) == ("given", "paper", text, {"form": 7})
    assert Event.objects.filter(noun="consent", verb="created", record_id=line.pk).exists()


def test_the_same_yes_twice_is_one_line(world: World) -> None:
    assert _agree(world.budi) == _agree(world.budi)
    assert world.budi.consents.count() == 1


def test_a_yes_to_other_words_is_another_line(world: World) -> None:
    _agree(world.budi, text=consenting.text_in_force("marketing", "id"))
    _agree(world.budi, text=consenting.text_in_force("marketing", "en"))
    assert world.budi.consents.count() == 2


def test_a_no_on_one_way_leaves_the_others_open(world: World) -> None:
    _agree(world.budi)
    _refuse(world.budi, channel="email")
    now = datetime(2026, 11, 23, 3, tzinfo=UTC) + timedelta(days=7)
    asked = {"purpose": "marketing", "party": world.budi, "now": now, "is_template": True}
    assert contact.ask(channel="email", address=MAIL, **asked).reason == "consent_withdrawn"
    assert contact.ask(channel="whatsapp", address=PHONE, **asked).verdict == "yes"


def test_a_no_on_all_ways_after_a_yes_on_one_is_a_line_of_its_own(world: World) -> None:
    _refuse(world.budi)
    _agree(world.budi, channel="email")
    _refuse(world.budi)
    assert [line.state for line in world.budi.consents.all()] == ["withdrawn", "given", "withdrawn"]


def test_a_no_calls_off_what_waits_in_the_same_moment(world: World) -> None:
    waiting, other_way = _waiting(world.budi), _waiting(world.budi, channel="sms", address=PHONE)
    _refuse(world.budi, channel="email")
    assert (_state(waiting), _state(other_way)) == ("cancelled", "waiting")
    assert "withdrew consent" in waiting.reason


def test_why_it_was_not_sent_can_be_read_afterwards(world: World) -> None:
    waiting = _waiting(world.budi)
    _refuse(world.budi)
    waiting.refresh_from_db()
    assert [line.passed for line in contact.shown(waiting.answer)] == [False]


def test_a_no_on_all_ways_calls_off_all(world: World) -> None:
    waiting = [_waiting(world.budi), _waiting(world.budi, channel="sms", address=PHONE)]
    _refuse(world.budi)
    assert [_state(row) for row in waiting] == ["cancelled", "cancelled"]


def test_a_no_to_offers_leaves_service_and_others_alone(world: World) -> None:
    rows = [_waiting(world.budi, purpose="service"), _waiting(world.siti), _waiting(world.budi, state="sent")]
    _refuse(world.budi)
    assert [_state(row) for row in rows] == ["waiting", "waiting", "sent"]


def test_legal_notices_go_whatever_was_withdrawn(world: World) -> None:
    notice = _waiting(world.budi, purpose="legal")
    _refuse(world.budi, purpose="legal")
    assert _state(notice) == "waiting"


def test_said_again_a_no_still_calls_off_what_was_planned_since(world: World) -> None:
    _refuse(world.budi)
    later = _waiting(world.budi)
    _refuse(world.budi)
    assert (_state(later), world.budi.consents.count()) == ("cancelled", 1)


def test_what_was_written_by_a_person_shows_that_it_did_not_go(world: World) -> None:
    talk = Conversation.create(by=world.bob, channel="email", party=world.budi, address=MAIL)
    message = Message.objects.create(
        conversation=talk, party=world.budi, channel="email", direction="out", state="waiting", text="Offer"
    )
    _waiting(world.budi, message=message)
    _refuse(world.budi)
    message.refresh_from_db()
    assert message.state == "stopped" and "withdrew" in message.problem


def test_what_a_sender_has_in_hand_is_left_to_it(world: World) -> None:
    claimed = _waiting(world.budi, state="sending", claim="worker-1")
    _refuse(world.budi)
    assert _state(claimed) == "sending"


def test_what_comes_back_from_a_sender_is_stopped_when_it_is_due_again(world: World) -> None:
    """The other side said "later" to a message that was under way when the customer said no."""
    claimed = _waiting(world.budi, state="sending", claim="worker-1")
    _refuse(world.budi)
    Delivery.objects.filter(pk=claimed.pk).update(state="waiting", claim="")
    claimed.refresh_from_db()
    assert contact.ask_many([claimed], timezone.now())[0].reason == "consent_withdrawn"


def test_a_claim_that_comes_after_a_no_finds_nothing(world: World) -> None:
    """The way the outbox claims: only rows that still wait."""
    row = _waiting(world.budi)
    _refuse(world.budi)
    rows = Delivery.objects.filter(pk__in=[row.pk], state="waiting")
    assert rows.update(state="sending", claim="worker-1") == 0


def test_a_merged_customer_brings_the_no_along(world: World) -> None:
    double = Person.create(by=world.bob, name="Budi S", email="budi@other.example", owner=world.bob)
    waiting = _waiting(world.budi)
    _refuse(double)
    merge_parties(winner=world.budi, loser=double, by=world.bob)
    assert contact.ask_many([waiting], timezone.now())[0].reason == "consent_withdrawn"


@pytest.mark.parametrize("said", ["STOP", "Berhenti.", " stop! ", "UNSUB", "Stop promo"])
def test_a_word_takes_offers_back_on_that_way(world: World, said: str) -> None:
    _agree(world.budi)
    consenting.heed(_said(world, said))
    line = consenting.standing(world.budi, "marketing", "whatsapp")
    assert line and (line.state, line.source, line.channel) == ("withdrawn", "message", "whatsapp")
    assert consenting.standing(world.budi, "marketing", "email").state == "given"  # type: ignore[union-attr]


@pytest.mark.parametrize("said", ["JANGAN HUBUNGI", "Jangan hubungi saya lagi", "Don't contact me"])
def test_do_not_contact_me_means_every_way(world: World, said: str) -> None:
    consenting.heed(_said(world, said))
    line = consenting.standing(world.budi, "marketing", "email")
    assert line and (line.state, line.channel) == ("withdrawn", "")


@pytest.mark.parametrize(
    "said",
    ["Please stop the water leak", "Tolong berhenti di depan", "stop?? I want more", "", "cancel", "ok"],
)
def test_other_messages_are_no_withdrawal(world: World, said: str) -> None:
    consenting.heed(_said(world, said))
    assert not world.budi.consents.exists()


def test_what_we_wrote_ourselves_and_what_machines_answer_is_not_heeded(world: World) -> None:
    consenting.heed(_said(world, "STOP", direction="out"))
    consenting.heed(_said(world, "STOP", automatic="auto-reply"))
    assert not world.budi.consents.exists()


def test_an_empty_mail_about_unsubscribe_is_one(world: World) -> None:
    consenting.heed(_said(world, "", channel="email", subject="Unsubscribe"))
    assert consenting.standing(world.budi, "marketing", "email") is not None


def test_everybody_at_the_number_is_left_alone(world: World) -> None:
    double = Person.create(by=world.bob, name="Budi S", phone=PHONE, owner=world.bob)
    consenting.heed(_said(world, "STOP"))
    assert consenting.standing(double, "marketing", "whatsapp") is not None


def test_do_not_call_bars_the_number(world: World) -> None:
    consenting.heed(_said(world, "Jangan telepon saya"))
    row = Suppression.objects.get()
    assert (row.channel, row.address, row.reason) == ("phone", PHONE, "do_not_call")
    asked = {"purpose": "marketing", "address": PHONE, "party": world.budi}
    _agree(world.budi)
    assert contact.ask(channel="phone", **asked).reason == "do_not_call"


def test_an_address_told_twice_is_one_row_that_counts(world: World) -> None:
    for _time in range(2):
        Suppression.add(channel="email", address=" Budi@Santoso.example ", reason="hard_bounce", detail="550")
    row = Suppression.objects.get()
    assert (row.address, row.count) == (MAIL, 2)


def test_a_lifted_address_may_be_barred_again(world: World) -> None:
    Suppression.add(channel="email", address=MAIL, reason="hard_bounce").lift(by=world.ada)
    assert contact.ask(channel="email", purpose="service", address=MAIL, party=world.budi)
    Suppression.add(channel="email", address=MAIL, reason="hard_bounce")
    assert Suppression.objects.in_force().count() == 1
