"""The client of the manager interface, against an exchange on loopback."""

from __future__ import annotations

import socket
import threading

import pytest

from relasi.channels.phone import ami as ami_module
from relasi.channels.phone.ami import Ami, AmiError, Refused, parsed
from tests.channels.phone.pbx import NAME, SECRET, pbx


def signed_in(exchange) -> Ami:
    ami = Ami("127.0.0.1", exchange.port, answer=2)
    ami.sign_in(NAME, SECRET)
    return ami


def test_a_block_keeps_repeated_headers_and_ignores_case() -> None:
    packet = parsed(b"Event: Cdr\r\nVariable: a=1\r\nVariable: b=2\r\nEmpty:\r\nno colon here\r\n\r\n")
    assert (packet.event, packet.all("variable"), packet.get("EMPTY")) == ("Cdr", ["a=1", "b=2"], "")


def test_a_block_reads_the_same_after_it_was_kept() -> None:
    packet = parsed(b"Event: Hangup\r\nCause-txt: Normal: Clearing\r\nVariable: a\r\nVariable: b\r\n\r\n")
    assert parsed(packet.raw) == packet


def test_the_version_stands_in_the_banner() -> None:
    with pbx() as exchange, Ami("127.0.0.1", exchange.port) as ami:
        assert ami.version == "9.0.0"


def test_the_challenge_keeps_the_secret_off_the_wire() -> None:
    with pbx() as exchange, signed_in(exchange):
        assert exchange.asked("Login")[0]["AuthType"] == "MD5"
        assert not any(SECRET in action.values() for action in exchange.received)


def test_the_secret_itself_is_sent_only_when_told() -> None:
    with pbx(knows_challenge=False) as exchange, Ami("127.0.0.1", exchange.port) as ami:
        ami.sign_in(NAME, SECRET, plain=True)
        assert exchange.asked("Login")[0]["Secret"] == SECRET


def test_a_wrong_secret_is_refused_with_what_was_said() -> None:
    with (
        pbx() as exchange,
        Ami("127.0.0.1", exchange.port) as ami,
        pytest.raises(Refused, match="Authentication failed"),
    ):
        ami.sign_in(NAME, "wrong")


def test_events_between_question_and_answer_are_not_lost() -> None:
    with pbx() as exchange, signed_in(exchange) as ami:
        exchange.tell("Hold", [("Uniqueid", "1")])
        ami.ask("Ping")
        assert next(ami.events(threading.Event())).get("Uniqueid") == "1"


def test_events_come_in_their_order() -> None:
    with pbx() as exchange, signed_in(exchange) as ami:
        for number in range(50):
            exchange.tell("Newstate", [("Uniqueid", str(number))])
        ami.listed("CoreShowChannels", "CoreShowChannelsComplete")
        came = ami.events(threading.Event())
        assert [next(came).get("Uniqueid") for _turn in range(50)] == [str(number) for number in range(50)]


def test_listening_ends_when_told() -> None:
    stop = threading.Event()
    with pbx() as exchange, signed_in(exchange) as ami:
        threading.Timer(0.1, stop.set).start()
        assert list(ami.events(stop)) == []


def test_silence_is_answered_with_a_ping(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ami_module, "PING_EVERY", 0.05)
    monkeypatch.setattr(ami_module, "LOOK_UP", 0.05)
    stop = threading.Event()
    with pbx() as exchange, signed_in(exchange) as ami:
        threading.Timer(0.4, stop.set).start()
        list(ami.events(stop))
        assert exchange.asked("Ping")


def test_a_lost_connection_is_said() -> None:
    with pbx() as exchange, signed_in(exchange) as ami:
        threading.Timer(0.05, exchange.breaks_off).start()
        with pytest.raises(AmiError, match="closed|broke"):
            list(ami.events(threading.Event()))


def test_nobody_at_the_port_is_said() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(AmiError, match="cannot be reached"):
        Ami("127.0.0.1", port)


def test_another_server_at_the_port_is_said() -> None:
    with (
        pbx(greeting="220 mail.example ESMTP") as exchange,
        pytest.raises(AmiError, match="no Asterisk manager"),
    ):
        Ami("127.0.0.1", exchange.port)


def test_a_header_cannot_smuggle_another() -> None:
    with pbx() as exchange, signed_in(exchange) as ami:
        ami.ask("Originate", Exten="1\r\nApplication: System", Channel="PJSIP/101")
        assert "Application" not in exchange.asked("Originate")[0]


def test_an_endless_block_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ami_module, "LONGEST", 1000)
    with pbx() as exchange, signed_in(exchange) as ami:
        exchange.tell("Newstate", [("Uniqueid", "1" * 5000)])
        exchange.tell("Newstate", [("Uniqueid", "1" * 5000)])
        with pytest.raises(AmiError, match="more than can be read"):
            ami.ask("Ping")
            ami.ask("Ping")
