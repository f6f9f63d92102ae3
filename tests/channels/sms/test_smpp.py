"""SMPP against a small message centre on loopback that reads the bytes itself."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from relasi.channels import raw
from relasi.channels.interface import Outcome, Outgoing
from relasi.channels.models import Account, Intake
from relasi.channels.sms import smpp
from relasi.lib.wording import InputError

pytestmark = pytest.mark.django_db
HELLO = Outgoing(key="m-1", to="0812 1111 2222", text="Halo {€}")
BINDS, SUBMIT, DELIVER, ENQUIRE, UNBIND, RESP = (1, 2, 9), 4, 5, 0x15, 6, 0x80000000


def pdu(command: int, sequence: int, body: bytes = b"", status: int = 0) -> bytes:
    return struct.pack(">LLLL", 16 + len(body), command, status, sequence) + body


def deliver(words: bytes, esm_class: int = 0, coding: int = 0, sender: bytes = b"6281211113333") -> bytes:
    head = b"\0\x01\x01" + sender + b"\0\x01\x01" + b"6281000\0"
    return pdu(DELIVER, 77, head + bytes([esm_class, 0, 0, 0, 0, 0, 0, coding, 0, len(words)]) + words)


class Centre(threading.Thread):
    """Takes one line after another; `statuses` answer the next submits, None breaks off instead."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.submitted: list[bytes] = []
        self.statuses: list[int | None] = []
        self.to_deliver: list[bytes] = []
        self.acknowledged: list[tuple[int, int]] = []
        self.password = b"secret"
        self.enough = threading.Event()

    def run(self) -> None:
        while True:
            try:
                line, _address = self.socket.accept()
            except OSError:
                return
            with line:
                try:
                    self.serve(line)
                except (OSError, EOFError):
                    continue

    def serve(self, line: socket.socket) -> None:
        while True:
            command, status, sequence, body = self.read(line)
            if command in BINDS:
                good = body.split(b"\0")[1] == self.password
                line.sendall(pdu(command | RESP, sequence, b"centre\0", 0 if good else 0x0E))
                if command == 1:
                    for one in self.to_deliver:
                        line.sendall(one)
            elif command == SUBMIT:
                answer = self.statuses.pop(0) if self.statuses else 0
                if answer is None:
                    return
                self.submitted.append(body)
                line.sendall(pdu(ENQUIRE, 900))
                name = f"id-{len(self.submitted)}".encode() + b"\0"
                line.sendall(pdu(SUBMIT | RESP, sequence, name if not answer else b"", answer))
            elif command == DELIVER | RESP:
                self.acknowledged.append((sequence, status))
                if len(self.acknowledged) == len(self.to_deliver):
                    self.enough.set()
            elif command == UNBIND:
                line.sendall(pdu(UNBIND | RESP, sequence))

    @staticmethod
    def read(line: socket.socket) -> tuple[int, int, int, bytes]:
        def exactly(size: int) -> bytes:
            found = b""
            while len(found) < size:
                piece = line.recv(size - len(found))
                if not piece:
                    raise EOFError
                found += piece
            return found

        length, command, status, sequence = struct.unpack(">LLLL", exactly(16))
        return command, status, sequence, exactly(length - 16)


@pytest.fixture
def centre() -> Iterator[Centre]:
    standing = Centre()
    standing.start()
    yield standing
    standing.socket.close()


@pytest.fixture
def account(db: None, centre: Centre) -> Account:
    settings = {"host": "127.0.0.1", "port": centre.port, "system_id": "relasi", "sender": "SAHABAT"}
    return Account.create(
        by=None,
        name="SMPP",
        channel="sms",
        provider="sms_smpp",
        settings=settings,
        secrets={"password": "secret"},
    )


def sent(account: Account, *messages: Outgoing) -> list[Outcome]:
    outcomes = list(smpp.send(account, messages or [HELLO]))
    assert all(not one.words or one.words % one.values for one in outcomes)
    return outcomes


def test_a_text_goes_in_the_alphabet_of_telephones(account: Account, centre: Centre) -> None:
    assert sent(account) == [Outcome(key="m-1", state="accepted", external_id="id-1")]
    [body] = centre.submitted
    assert b"\x05\0SAHABAT\0\x01\x016281211112222\0" in body
    assert body.endswith(b"Halo \x1b(\x1be\x1b)")


def test_signs_beyond_it_go_as_ucs2(account: Account, centre: Centre) -> None:
    sent(account, replace(HELLO, text="Halo 😀"))
    assert centre.submitted[0].endswith("Halo 😀".encode("utf-16-be"))


def test_a_long_text_goes_in_parts_with_a_header(account: Account, centre: Centre) -> None:
    [outcome] = sent(account, replace(HELLO, text="a" * 152 + "€" * 100))
    assert (outcome.external_id, len(centre.submitted)) == ("id-1", 3)
    heads = [body[body.index(b"\x05\x00\x03") :][:6] for body in centre.submitted]
    assert [(head[4], head[5]) for head in heads] == [(3, 1), (3, 2), (3, 3)]
    assert len({head[3] for head in heads}) == 1


@pytest.mark.parametrize(
    ("status", "state"), [(0x0B, "refused"), (0x58, "later"), (0x14, "later"), (0x45, "refused")]
)
def test_what_is_refused(account: Account, centre: Centre, status: int, state: str) -> None:
    centre.statuses = [status]
    [first, second] = sent(account, HELLO, replace(HELLO, key="m-2"))
    assert (first.state, first.code, second.state) == (state, hex(status), "accepted")


def test_a_line_that_breaks_off_leaves_one_uncertain_and_the_others_unsent(
    account: Account, centre: Centre
) -> None:
    centre.statuses = [0, None]
    outcomes = sent(account, *(replace(HELLO, key=f"m-{at}") for at in range(4)))
    assert [one.state for one in outcomes] == ["accepted", "uncertain", "later", "later"]


def test_a_part_that_is_refused_behind_another_leaves_it_uncertain(account: Account, centre: Centre) -> None:
    centre.statuses = [0, 0x58]
    [outcome] = sent(account, replace(HELLO, text="a" * 200))
    assert (outcome.state, outcome.external_id) == ("uncertain", "id-1")


def test_nobody_there_or_a_wrong_password_is_tried_later(account: Account, centre: Centre) -> None:
    account.secrets = {"password": "guess"}
    assert (sent(account)[0].state, sent(account)[0].code) == ("later", "0xe")
    account.settings = {**account.settings, "port": 1}
    assert sent(account)[0].state == "later"


def test_what_is_looked_at(account: Account) -> None:
    assert smpp.check(account).state == "good"
    account.secrets = {"password": "guess"}
    assert smpp.check(account).state == "broken"


def test_what_comes_is_kept_and_acknowledged(account: Account, centre: Centre) -> None:
    stop = threading.Event()
    centre.to_deliver, centre.enough = [deliver(b"Halo"), deliver(b"Halo")], stop
    smpp.listen(account, stop)
    assert [raw.original(one) for one in Intake.objects.order_by("id")] == centre.to_deliver
    assert centre.acknowledged == [(77, 0), (77, 0)]


def read(account: Account, content: bytes):
    intake, _is_new = raw.keep(account, content)
    [news] = smpp.read(account, intake)
    return news


@pytest.mark.parametrize(
    ("words", "coding", "text"),
    [(b"Halo \x1be", 0, "Halo €"), ("漢".encode("utf-16-be"), 8, "漢"), (b"Caf\xe9", 3, "Café")],
)
def test_a_message_of_a_customer(account: Account, words: bytes, coding: int, text: str) -> None:
    news = read(account, deliver(words, coding=coding))
    assert (news.sender, news.text) == ("+6281211113333", text)


def test_a_part_of_a_long_message_says_which(account: Account) -> None:
    news = read(account, deliver(b"\x05\0\x03\x2a\x02\x01Halo", esm_class=0x40))
    assert (news.text, news.extra["part"]) == ("Halo", {"of": "42", "part": "1", "parts": "2"})


@pytest.mark.parametrize(
    ("stat", "state", "bounce"),
    [
        ("DELIVRD", "delivered", ""),
        ("UNDELIV", "failed", "soft"),
        ("REJECTD", "failed", "policy"),
        ("ENROUTE", "sent", ""),
    ],
)
def test_a_receipt(account: Account, stat: str, state: str, bounce: str) -> None:
    words = (
        f"id:id-1 sub:001 dlvrd:001 submit date:2603010800 done date:2603010801 stat:{stat} err:007 text:Halo"
    )
    news = read(account, deliver(words.encode(), esm_class=0x04))
    assert (news.external_id, news.state, news.bounce) == ("id-1", state, bounce)
    assert not news.words or news.words % news.values


def test_bytes_changed_anywhere_end_in_news_or_in_words(account: Account) -> None:
    whole = deliver(b"\x05\0\x03\x2a\x02\x01Halo", esm_class=0x40)
    for at in range(len(whole)):
        for value in (0, 0xFF, whole[at] ^ 0x41):
            intake, _is_new = raw.keep(account, whole[:at] + bytes([value]) + whole[at + 1 :])
            try:
                list(smpp.read(account, intake))
            except InputError as error:
                assert error.text
