"""An exchange that rings: from its events to the call, the task and the health of the channel."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from relasi.activities.models import Task
from relasi.channels.models import Account, Intake
from relasi.channels.phone import ami, asterisk
from relasi.channels.phone.ami import Packet
from relasi.channels.phone.steps import matters
from relasi.conversations.models import Extension, PhoneCall
from tests.channels.phone.pbx import SECRET, Pbx, pbx, settings_for
from tests.world import World

pytestmark = pytest.mark.django_db
BUDI = "081211112222"
T = time.time() - 3600


def account_for(world: World, exchange: Pbx, **more: object) -> Account:
    account = Account.create(
        by=world.ada, name="PBX", channel="phone", provider="asterisk_ami",
        settings=settings_for(exchange, **more), secrets={"secret": SECRET},
    )  # fmt: skip
    Extension.create(by=world.ada, account=account, number="101", user=world.bob)
    Extension.create(by=world.ada, account=account, number="102", user=world.citra)
    return account


@pytest.fixture
def exchange() -> Iterator[Pbx]:
    with pbx() as made:
        yield made


class Heard:
    """An exchange that is listened to: `play` has it speak, and ends when all of it was heard."""

    def __init__(self, account: Account, exchange: Pbx) -> None:
        self.account, self.exchange = account, exchange

    def play(self, script: Callable[[Pbx], object]) -> PhoneCall | None:
        speaker = threading.Thread(target=lambda: self.exchange.has_listener() and script(self.exchange))
        speaker.start()
        asterisk.listen(self.account, AllHeard(self.exchange, speaker))
        return PhoneCall.objects.select_related("party", "owner").first()


class AllHeard(threading.Event):
    """Set when everything that matters of what the exchange said was taken in."""

    def __init__(self, exchange: Pbx, speaker: threading.Thread) -> None:
        super().__init__()
        self.exchange, self.speaker = exchange, speaker

    def is_set(self) -> bool:
        said = sum(matters(Packet(tuple(block))) for _at, block in self.exchange.said)
        return not self.speaker.is_alive() and Intake.objects.count() > said


@pytest.fixture
def heard(world: World, exchange: Pbx, monkeypatch: pytest.MonkeyPatch) -> Heard:
    monkeypatch.setattr(ami, "LOOK_UP", 0.05)
    return Heard(account_for(world, exchange, recordings="https://pbx.example/{file}"), exchange)


def test_a_call_with_all_its_times(heard: Heard) -> None:
    def script(exchange: Pbx) -> None:
        call = exchange.rings(BUDI, "101", at=T)
        exchange.answers(call, at=T + 7)
        exchange.holds(call, at=T + 20)
        exchange.resumes(call, at=T + 35)
        exchange.hangs_up(call, at=T + 67)

    kept = heard.play(script)
    assert (str(kept.party), str(kept.owner), kept.number) == (
        "Budi Santoso",
        "Bob Hutapea",
        "+6281211112222",
    )
    assert (kept.rang_for.total_seconds(), kept.held_seconds) == (7, 15)
    assert kept.talked_for.total_seconds() == 45
    assert (kept.state, kept.cause) == ("ended", "Normal Clearing")


def test_a_missed_call_becomes_a_task(heard: Heard) -> None:
    def script(exchange: Pbx) -> None:
        call = exchange.rings(BUDI, "101", at=T)
        exchange.gives_up(call, at=T + 20)
        exchange.hangs_up(call, at=T + 21)

    assert heard.play(script).is_missed
    assert Task.objects.get().party.name == "Budi Santoso"


def test_who_gives_up_in_the_menu_is_missed_too(heard: Heard) -> None:
    assert heard.play(lambda exchange: exchange.hangs_up(exchange.comes_in(BUDI, at=T), at=T + 5)).is_missed


def test_a_call_out(heard: Heard) -> None:
    def script(exchange: Pbx) -> None:
        call = exchange.calls_out("102", BUDI, at=T)
        exchange.answers(call, at=T + 4)
        exchange.hangs_up(call, at=T + 10)

    kept = heard.play(script)
    assert (kept.is_inbound, str(kept.owner), kept.number) == (False, "Citra Dewanti", "+6281211112222")
    assert kept.talked_for.total_seconds() == 6


def test_a_call_among_colleagues_is_nobodys_news(heard: Heard) -> None:
    inside = [
        ("Channel", "PJSIP/102-0a"), ("CallerIDNum", "102"), ("Exten", "103"), ("ConnectedLineNum", "103"),
        ("Uniqueid", "9.1"), ("Linkedid", "9.1"), ("ChannelState", "4"),
    ]  # fmt: skip
    rung = [("DestChannel", "PJSIP/103-0b"), ("DestUniqueid", "9.2"), ("DialStatus", "ANSWER")]

    def script(exchange: Pbx) -> None:
        for event in ("Newchannel", "DialBegin", "DialEnd", "Hold", "Unhold", "Hangup"):
            exchange.tell(event, [*inside, *rung], at=T)

    assert heard.play(script) is None


def test_every_event_is_kept_before_it_is_understood(heard: Heard) -> None:
    heard.play(lambda exchange: exchange.rings(BUDI, "101", at=T))
    assert {row.title for row in Intake.objects.filter(state="done")} >= {"Newchannel", "RelasiCallsLive"}


def test_nothing_that_came_in_was_not_understood(heard: Heard) -> None:
    heard.play(lambda exchange: exchange.hangs_up(exchange.rings(BUDI, "101", at=T), at=T + 9))
    assert not Intake.objects.exclude(state="done").exists()


def test_the_recording_is_linked(heard: Heard) -> None:
    def script(exchange: Pbx) -> None:
        call = exchange.rings(BUDI, "101", at=T)
        exchange.answers(call, at=T + 1)
        said = [("Variable", "MIXMONITOR_FILENAME"), ("Value", "/var/spool/monitor/a-1.wav")]
        exchange.tell("VarSet", [*exchange._source(call), *said], at=T + 2)
        exchange.hangs_up(call, at=T + 9)

    assert heard.play(script).recording == "https://pbx.example/a-1.wav"


def test_health_is_good_where_all_works(world: World, exchange: Pbx) -> None:
    findings = {
        finding.what: finding.state for finding in asterisk.check(account_for(world, exchange)).findings
    }
    assert (findings["Connection"], findings["Rights"]) == ("good", "good")


def test_health_says_what_a_user_may_not(world: World) -> None:
    with pbx(may_call=False) as exchange:
        findings = {one.what: one for one in asterisk.check(account_for(world, exchange)).findings}
    assert findings["Rights"].state == "warning"
    assert "originate" in findings["Rights"].todo


def test_health_says_that_the_secret_is_wrong(world: World, exchange: Pbx) -> None:
    account = account_for(world, exchange)
    account.change(by=world.ada, secrets={"secret": "another"})
    assert asterisk.check(account).findings[0].state == "broken"
    assert "manager.conf" in asterisk.check(account).findings[0].todo
