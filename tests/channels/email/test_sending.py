"""Mails over real sockets to a server of our own and to one of another make."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from relasi.channels.email import pool
from relasi.channels.email.composing import Sender, compose
from relasi.channels.email.sending import send_all
from relasi.channels.email.smtp import Relay
from relasi.channels.interface import Outcome, Outgoing
from tests.channels.email import sink
from tests.channels.email.accounts import message

SARI = Sender("sari@sahabat.example", "Sari Lestari", "sahabat.example")


@pytest.fixture(autouse=True)
def own_connections() -> Iterator[None]:
    pool.close_all()
    yield
    pool.close_all()


@pytest.fixture
def accepted(tmp_path: Path) -> Path:
    return tmp_path / "accepted"


def relay(port: int, **more: Any) -> Relay:
    return Relay(
        **{"host": "127.0.0.1", "port": port, "security": "none", "local_ok": True, "timeout": 10.0} | more
    )


def send(to: Relay, messages: list[Outgoing], connections: int = 4) -> dict[str, Outcome]:
    found = list(send_all(to, lambda one: compose(one, SARI), messages, connections=connections))
    assert Counter(one.key for one in found) == Counter(one.key for one in messages)
    return {one.key: one for one in found}


def states(outcomes: dict[str, Outcome]) -> Counter[str]:
    return Counter(one.state for one in outcomes.values())


WAYS = [(), ("--no-chunking",), ("--no-chunking", "--no-pipelining")]


@pytest.mark.parametrize("options", WAYS)
def test_every_mail_is_accepted_once(accepted: Path, options: tuple[str, ...]) -> None:
    with sink.running(accepted, *options) as server:
        found = send(relay(server.port), [message(n) for n in range(300)])
        assert states(found) == {"accepted": 300}
        assert sorted(server.ids) == sorted(one.external_id for one in found.values())


@pytest.mark.parametrize("options", WAYS)
def test_refusals_touch_no_other_mail(accepted: Path, options: tuple[str, ...]) -> None:
    names = ["refuse-a", "budi", "later-b", "siti", "grey-c", "full-d", "rizky", "refuse-e"]
    messages = [message(n, to=f"{name}@contoh.example") for n, name in enumerate(names)]
    with sink.running(accepted, *options) as server:
        found = send(relay(server.port), messages, 1)
        assert [found[f"m-{n}"].state for n in range(8)] == [
            "refused", "accepted", "later", "accepted", "later", "refused", "accepted", "refused",
        ]  # fmt: skip
        assert server.ids == [f"m-{n}@sahabat.example" for n in (1, 3, 6)]


def test_a_refusal_says_why_and_when_to_come_again(accepted: Path) -> None:
    messages = [
        message(n, to=f"{name}-x@contoh.example") for n, name in enumerate(["refuse", "grey", "full"])
    ]
    with sink.running(accepted) as server:
        refused, grey, full = send(relay(server.port), messages).values()
    assert refused.code == "550 5.1.1" and "does not exist" in refused.words
    assert grey.wait == timedelta(minutes=6) and "come again later" in grey.words
    assert "full" in full.words


@pytest.mark.parametrize("options", WAYS)
def test_a_mail_refused_for_its_own_recipient_reaches_no_copy(
    accepted: Path, options: tuple[str, ...]
) -> None:
    messages = [message(1, to="refuse-a@contoh.example", cc=("siti@contoh.example",)), message(2)]
    with sink.running(accepted, *options) as server:
        found = send(relay(server.port), messages, 1)
        assert (found["m-1"].state, found["m-2"].state) == ("refused", "accepted")
        assert server.ids == ["m-2@sahabat.example"]


def test_a_copy_that_is_refused_is_told(accepted: Path) -> None:
    with sink.running(accepted) as server:
        found = send(
            relay(server.port), [message(1, cc=("refuse-a@contoh.example",), bcc=("ok@contoh.example",))]
        )
    assert found["m-1"].state == "accepted"
    assert found["m-1"].values == {"addresses": "refuse-a@contoh.example"}


@pytest.mark.parametrize("options", WAYS)
def test_a_connection_lost_before_the_answer_leaves_the_mail_uncertain(
    accepted: Path, options: tuple[str, ...]
) -> None:
    with sink.running(accepted, "--drop-after", "3", *options) as server:
        found = send(relay(server.port), [message(n) for n in range(100)])
        uncertain = {one.external_id for one in found.values() if one.state == "uncertain"}
        assert states(found)["accepted"] + len(uncertain) == 100
        assert len(uncertain) >= 3
        assert max(Counter(server.ids).values()) == 1
        assert {one.external_id for one in found.values() if one.state == "accepted"} <= set(server.ids)


def test_a_relay_that_takes_only_so_many_on_one_connection_gets_the_rest_on_others(accepted: Path) -> None:
    with sink.running(accepted, "--no-chunking", "--close-at", "7") as server:
        found = send(relay(server.port), [message(n) for n in range(60)])
        assert states(found) == {"accepted": 60}
        assert max(Counter(server.ids).values()) == 1


def test_a_killed_relay_never_gets_a_mail_twice(accepted: Path) -> None:
    server = sink.start(accepted)
    threading.Thread(target=killed_at_work, args=(server,)).start()
    found = send(relay(server.port), [message(n) for n in range(20_000)])
    server.kill()
    assert set(states(found)) <= {"accepted", "uncertain", "later"}
    assert max(Counter(server.ids).values()) == 1
    took = set(server.ids)
    assert {one.external_id for one in found.values() if one.state == "accepted"} <= took
    assert not took & {one.external_id for one in found.values() if one.state == "later"}


def killed_at_work(server: sink.Sink) -> None:
    while len(server.ids) < 1000:
        time.sleep(0.01)
    server.kill()


def test_nobody_there_means_later_for_all(accepted: Path) -> None:
    with sink.running(accepted) as server:
        port = server.port
    found = send(relay(port), [message(n) for n in range(20)])
    assert states(found) == {"later": 20}
    assert found["m-1"].wait == timedelta(minutes=5)


def test_connections_are_used_again_by_the_next_call(accepted: Path) -> None:
    with sink.running(accepted) as server:
        to = relay(server.port)
        send(to, [message(1)])
        kept = [connection for _since, connection in pool._idle[to]]
        send(to, [message(2)])
        assert [connection for _since, connection in pool._idle[to]] == kept
        assert len(server.ids) == 2


def test_a_kept_connection_that_died_costs_nothing(accepted: Path) -> None:
    with sink.running(accepted) as server:
        send(relay(server.port), [message(1)])
        port = server.port
    with sink.running(accepted, "--port", str(port)):
        assert states(send(relay(port), [message(2)])) == {"accepted": 1}


def test_what_cannot_be_written_is_refused_alone(accepted: Path) -> None:
    with sink.running(accepted) as server:
        found = send(relay(server.port), [message(1, subject="a\nb"), message(2)])
    assert (found["m-1"].state, found["m-2"].state) == ("refused", "accepted")


def test_half_a_letter_stops_no_other_mail(accepted: Path) -> None:
    broken = [message(1, to="b\ud800@contoh.example"), message(2, subject="\ud800"), message(3)]
    with sink.running(accepted) as server:
        found = send(relay(server.port), broken)
    assert (found["m-1"].state, found["m-3"].state) == ("refused", "accepted")


def test_an_outcome_is_told_before_all_are_known(accepted: Path) -> None:
    with sink.running(accepted) as server:
        outcomes = send_all(
            relay(server.port),
            lambda one: compose(one, SARI),
            [message(n) for n in range(5000)],
            connections=2,
        )
        next(outcomes)
        assert len(server.ids) < 5000
        outcomes.close()  # type: ignore[attr-defined]


def test_delay_is_borne_by_many_on_the_way(accepted: Path) -> None:
    with sink.running(accepted, "--delay", "20") as server:
        began = time.monotonic()
        send(relay(server.port), [message(n) for n in range(600)])
        assert 600 / (time.monotonic() - began) > 400


# a server of another make


class Keeper:
    def __init__(self) -> None:
        self.taken: list[Envelope] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:
        self.taken.append(envelope)
        return "250 2.0.0 kept"


def certificate(folder: Path) -> tuple[ssl.SSLContext, str]:
    """One for 127.0.0.1, signed by itself; the server's context and the PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = made.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "both.pem").write_bytes(pem + secret)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "both.pem")
    return context, pem.decode()


def knows_sari(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
    return AuthResult(success=given.login == b"sari" and given.password == b"rahasia", handled=False)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@pytest.fixture
def other(tmp_path: Path) -> Iterator[tuple[Controller, Keeper, str]]:
    """aiosmtpd with STARTTLS, and a password that it asks for only when encrypted."""
    context, pem = certificate(tmp_path)
    keeper = Keeper()
    server = Controller(
        keeper, "127.0.0.1", free_port(), tls_context=context, require_starttls=True, auth_required=True,
        authenticator=knows_sari, enable_SMTPUTF8=True,
    )  # fmt: skip
    server.start()
    yield server, keeper, pem
    server.stop()


SIGNED_IN = {"security": "starttls", "user": "sari", "secret": "rahasia", "sign_in": "password"}


def test_another_makes_server_gets_what_was_written(other: tuple[Controller, Keeper, str]) -> None:
    server, keeper, pem = other
    texts = ["Halo\n", ".satu\n..dua\n.\n", "é\n" * 200, "x" * 5000]
    messages = [message(n, text=text, html="<p>é</p>") for n, text in enumerate(texts)]
    found = send(relay(server.port, ca=pem, **SIGNED_IN), messages)
    assert states(found) == {"accepted": 4}
    wanted = {one.key: compose(one, SARI).content.partition(b"MIME-Version")[2] for one in messages}
    got = {
        kept.content.partition(b"Message-ID: <")[2].partition(b"@")[0].decode(): kept.content
        for kept in keeper.taken
    }
    assert {key: content.partition(b"MIME-Version")[2] for key, content in got.items()} == wanted


def test_addresses_in_other_scripts_go_where_the_server_takes_them(
    other: tuple[Controller, Keeper, str],
) -> None:
    server, keeper, pem = other
    send(relay(server.port, ca=pem, **SIGNED_IN), [message(1, to="büdi@contoh.example")])
    assert keeper.taken[0].rcpt_tos == ["büdi@contoh.example"]


def test_a_wrong_password_is_told_and_nothing_is_lost(other: tuple[Controller, Keeper, str]) -> None:
    server, keeper, pem = other
    found = send(relay(server.port, ca=pem, **SIGNED_IN | {"secret": "salah"}), [message(1)])
    assert (found["m-1"].state, keeper.taken) == ("later", [])
    assert "user name or password" in found["m-1"].words


def test_a_certificate_nobody_knows_stops_everything(other: tuple[Controller, Keeper, str]) -> None:
    server, keeper, _pem = other
    found = send(relay(server.port, **SIGNED_IN), [message(1)])
    assert (found["m-1"].state, keeper.taken) == ("later", [])
    assert "No safe connection" in found["m-1"].words


def test_a_server_without_encryption_gets_no_password(accepted: Path) -> None:
    with sink.running(accepted) as server:
        found = send(relay(server.port, **SIGNED_IN), [message(1)])
    assert "offers no encryption" in found["m-1"].words
