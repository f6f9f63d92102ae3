"""Calls as the telephone system tells them: twice, late, or not at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from relasi.channels.interface import CallNews, Changed
from relasi.channels.models import Account, Intake
from relasi.conversations.calls import end_lost_calls, take_call, words_of
from relasi.conversations.models import Conversation, Extension, Message, PhoneCall, Ring
from relasi.kit.events.models import Event
from tests.world import World

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 5, tzinfo=UTC)  # 12:00 in Jakarta
BUDI, STRANGER = "+6281211112222", "+6281999998888"


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


class House:
    """A telephone system: bob has 101, citra 102."""

    def __init__(self, world: World) -> None:
        self.account = Account.create(by=world.ada, name="PBX", channel="phone", provider="asterisk_ami")
        Extension.create(by=world.ada, account=self.account, number="101", user=world.bob)
        Extension.create(by=world.ada, account=self.account, number="102", user=world.citra)
        self.intake = Intake(account=self.account)
        self.intake.save()

    def told(self, state: Any, seconds: float, extension: str = "101", **more: Any) -> PhoneCall:
        given = {"external_id": "1.1", "number": BUDI, "is_inbound": True, **more}
        news = CallNews(state=state, at=after(seconds), extension=extension, **given)
        take_call(self.account, self.intake, news)
        return PhoneCall.objects.filter(external_id=given["external_id"]).first()


@pytest.fixture
def house(world: World) -> House:
    return House(world)


def on_screen(user: Any) -> list[str]:
    return [ring.call.number for ring in Ring.objects.filter(user=user, left_at=None).select_related("call")]


def test_a_ringing_call_knows_the_customer_and_the_colleague(house: House, world: World) -> None:
    call = house.told("ringing", 0)
    assert (call.party_id, call.owner, call.state) == (world.budi.pk, world.bob, "ringing")


def test_it_shows_on_the_screen_of_whom_it_rings_for(house: House, world: World) -> None:
    house.told("ringing", 0)
    assert (on_screen(world.bob), on_screen(world.citra)) == ([BUDI], [])


def test_a_group_rings_on_all_screens_until_one_answers(house: House, world: World) -> None:
    house.told("ringing", 0, "101")
    house.told("ringing", 0, "102")
    assert on_screen(world.bob) == on_screen(world.citra) == [BUDI]
    call = house.told("answered", 5, "102")
    assert (call.owner, on_screen(world.bob), on_screen(world.citra)) == (world.citra, [], [BUDI])


def test_it_leaves_the_screen_when_it_rings_elsewhere(house: House, world: World) -> None:
    house.told("ringing", 0, "101")
    house.told("passed", 15, "101")
    house.told("ringing", 16, "102")
    assert (on_screen(world.bob), on_screen(world.citra)) == ([], [BUDI])


def test_all_times_of_a_call_with_two_holds(house: House) -> None:
    house.told("ringing", 0)
    house.told("answered", 8)
    house.told("held", 20)
    house.told("resumed", 50)
    house.told("held", 60)
    house.told("resumed", 65)
    call = house.told("ended", 128, cause="Normal Clearing")
    assert call.rang_for == timedelta(seconds=8)
    assert call.held_seconds == 35
    assert call.talked_for == timedelta(seconds=120 - 35)
    assert call.cause == "Normal Clearing"


def test_a_hold_that_nobody_ended_ends_with_the_call(house: House) -> None:
    house.told("ringing", 0)
    house.told("answered", 8)
    house.told("held", 20)
    assert house.told("ended", 30).held_seconds == 10


def test_every_step_twice_is_the_same_call(house: House) -> None:
    for state, at in (("ringing", 0), ("answered", 8), ("held", 20), ("resumed", 50), ("ended", 60)):
        house.told(state, at)
        once = house.told(state, at)
    assert (once.held_seconds, once.talked_for) == (30, timedelta(seconds=22))
    assert (
        PhoneCall.objects.count(),
        Message.objects.count(),
        Event.objects.filter(verb="ended").count(),
    ) == (1, 1, 1)


def test_an_answer_before_the_ring_makes_the_call(house: House, world: World) -> None:
    house.told("answered", 8)
    call = house.told("ringing", 0)
    assert (call.rang_at, call.answered_at, call.owner) == (after(0), after(8), world.bob)
    assert call.state == "talking"


def test_a_ring_after_the_end_does_not_ring_again(house: House, world: World) -> None:
    house.told("ended", 30)
    call = house.told("ringing", 0)
    assert (call.state, call.rang_at, on_screen(world.bob)) == ("ended", after(0), [])


def test_a_missed_call_is_told_as_missed(house: House, world: World) -> None:
    house.told("ringing", 0)
    call = house.told("ended", 20)
    assert (call.is_missed, on_screen(world.bob)) == (True, [])
    assert list(PhoneCall.objects.all().missed()) == [call]
    assert Event.objects.filter(noun="phonecall", verb="missed", record_id=call.pk).count() == 1


def test_a_missed_call_waits_in_the_inbox(house: House, world: World) -> None:
    house.told("ringing", 0)
    call = house.told("ended", 20)
    talk = call.conversation
    assert (talk.channel, talk.party_id, talk.waiting_since, talk.owner) == (
        "phone",
        world.budi.pk,
        after(0),
        world.bob,
    )
    assert call.message.direction == "in"


def test_nobody_waits_after_a_call_that_was_answered(house: House) -> None:
    house.told("ringing", 0)
    house.told("answered", 5)
    assert house.told("ended", 20).conversation.waiting_since is None


def test_calls_of_a_day_are_one_talk(house: House) -> None:
    for number in range(3):
        house.told("ringing", number * 3600, external_id=f"{number}")
        house.told("ended", number * 3600 + 20, external_id=f"{number}")
    assert (Conversation.objects.count(), Message.objects.count()) == (1, 3)


def test_a_call_after_a_day_is_a_new_talk(house: House) -> None:
    for day in (0, 2):
        house.told("ringing", day * 86400, external_id=f"{day}")
        house.told("ended", day * 86400 + 20, external_id=f"{day}")
    assert Conversation.objects.count() == 2


def test_hidden_numbers_are_never_the_same_talk(house: House) -> None:
    for number in range(2):
        house.told("ringing", number, external_id=f"{number}", number="")
        house.told("ended", number + 20, external_id=f"{number}", number="")
    assert Conversation.objects.count() == 2


def test_who_talked_keeps_the_call_on_the_screen_until_it_is_wrapped_up(house: House, world: World) -> None:
    house.told("ringing", 0)
    house.told("answered", 5)
    call = house.told("ended", 65)
    assert on_screen(world.bob) == [BUDI]
    call.wrap_up(by=world.bob, disposition="solved", summary="Paid.", at=after(95))
    assert (on_screen(world.bob), call.wrapped_up_in) == ([], timedelta(seconds=30))


def test_a_call_handed_on_belongs_to_the_last_who_talks(house: House, world: World) -> None:
    house.told("ringing", 0, "101")
    house.told("answered", 5, "101")
    house.told("ringing", 60, "102")
    call = house.told("answered", 65, "102")
    assert (call.owner, call.answered_at) == (world.citra, after(5))


def test_a_call_out_is_the_colleagues_own(house: House, world: World) -> None:
    house.told("ringing", 0, is_inbound=False)
    house.told("answered", 9, is_inbound=False)
    call = house.told("ended", 69, is_inbound=False)
    assert (call.owner, call.is_missed, call.message.direction) == (world.bob, False, "out")


def test_a_call_out_that_nobody_answers_answers_nobody(house: House) -> None:
    house.told("ringing", 0, external_id="in")
    house.told("ended", 20, external_id="in")
    house.told("ringing", 100, external_id="out", is_inbound=False)
    call = house.told("ended", 120, external_id="out", is_inbound=False)
    assert call.conversation.waiting_since == after(0)


def test_a_stranger_is_a_call_without_a_customer(house: House) -> None:
    call = house.told("ringing", 0, number=STRANGER)
    assert (call.party, call.number) == (None, STRANGER)


def test_the_recording_is_kept_once_it_is_known(house: House) -> None:
    house.told("ringing", 0)
    call = house.told("ringing", 1, recording="https://pbx.example/rec/1.wav")
    assert call.recording == "https://pbx.example/rec/1.wav"


def test_calls_whose_end_nobody_heard_are_ended(house: House, world: World) -> None:
    house.told("ringing", 0, external_id="gone")
    house.told("ringing", 0, "102", external_id="here")
    news = Changed(kind="calls_live", key="", values={"ids": ["here"], "at": after(60).isoformat()})
    end_lost_calls(house.account, house.intake, news)
    assert {call.external_id: call.state for call in PhoneCall.objects.all()} == {
        "gone": "ended",
        "here": "ringing",
    }


def test_an_end_says_the_telephone_systems_time_not_ours(house: House) -> None:
    house.told("ringing", 0)
    assert house.told("ended", 20).ended_at == after(20)


def test_what_it_was_is_said_in_a_few_words(house: House) -> None:
    house.told("ringing", 0, external_id="missed")
    house.told("answered", 5, external_id="talk")
    missed, talk = house.told("ended", 9, external_id="missed"), house.told("ended", 190, external_id="talk")
    assert (words_of(missed), words_of(talk)) == ("Missed call", "Incoming call, 3 minutes")
