from __future__ import annotations

import random
from collections.abc import Iterator
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relasi.lib.mail import Mail, read
from relasi.lib.mail.automatic import why_automatic
from relasi.lib.mail.bounces import read_bounce
from relasi.lib.mail.complaints import read_complaint
from relasi.lib.mail.threads import answered_ids, reply_token, subject_key
from tests.lib.mail import collected
from tests.lib.mail.letters import raw
from tests.lib.mail.test_bounces import EXCHANGE, EXIM, QMAIL, about, report

MAILS = 2000
SEED = 20260302
LONGEST = 60_000
PIECES = (
    b"\r\n",
    b"\n\n",
    b"\0",
    b"\xff\xfe",
    b"=?utf-8?B?",
    b"?=",
    b"--",
    b"\r\n--xx\r\n",
    b'"',
    b"<",
    b">",
    b"(",
    b":",
    b";",
    b"=",
    b"@",
    b",",
    b"\r",
    b"charset=",
    b"charset=utf-16;",
    b"charset=idna;",
    b"charset=hex\r\n",
    b"Content-Type: multipart/mixed; boundary=xx\r\n",
    b"Content-Type: message/rfc822\r\n\r\n",
    b"Content-Transfer-Encoding: base64\r\n",
    b"Date: Mon, 99 Foo 99999 99:99:99 +99999\r\n",
    b"filename*0*=x''%",
    b'filename*99="',
    b"\xed\xa0\x80",
    b"+2AA-",
    b"From: \r\n",
    b"To: ((((\r\n",
)


def originals() -> list[bytes]:
    ours = [
        raw(),
        raw("From:"),
        raw(subject="=?utf-8?Q?Sal=C3=A1m?=", body=QMAIL),
        raw("Return-Path: <>", EXIM),
        raw("From: MAILER-DAEMON@x.test", EXCHANGE),
        report(about(), about("4.2.2", to="ani@contoh.id")).raw,
    ]
    return ours + [path.read_bytes()[:LONGEST] for path in collected.files()]


def damaged() -> Iterator[bytes]:
    """The same mails each time: cut, doubled, mixed, bytes swapped and pieces put in."""
    chance = random.Random(SEED)
    whole = originals()
    for _number in range(MAILS):
        mail = bytearray(chance.choice(whole))
        for _wound in range(chance.randint(1, 12)):
            wound(mail, whole, chance)
        yield bytes(mail[: 2 * LONGEST])


def wound(mail: bytearray, whole: list[bytes], chance: random.Random) -> None:
    at = chance.randrange(len(mail) + 1)
    end = min(at + chance.choice((1, 3, 20, 300)), len(mail))
    match chance.randrange(7):
        case 0:
            del mail[at:end]
        case 1:
            mail[at:at] = mail[at:end] * chance.randint(1, 5)
        case 2:
            mail[at:at] = chance.choice(PIECES) * chance.choice((1, 1, 2, 50))
        case 3:
            mail[at:end] = chance.randbytes(end - at)
        case 4:
            del mail[max(at, 40) :]
        case 5:
            mail[at:end] = chance.choice(whole)[:end]
        case _:
            mail[0:0] = chance.choice(PIECES)


def check(raw_mail: bytes) -> None:
    """Everything is read, nothing is changed, and all of it can be stored."""
    before = bytes(raw_mail)
    mail = read(raw_mail)
    assert mail.raw is raw_mail
    assert raw_mail == before
    for text in texts(mail):
        assert "\0" not in text
        assert text.encode("utf-8") is not None
    assert mail.sent_at is None or mail.sent_at.tzinfo is not None
    why_automatic(mail, own=["sari@sahabat.test"]), read_bounce(mail), read_complaint(mail)
    answered_ids(mail), subject_key(mail.subject), reply_token(mail, inbox="reply@example.com")


def texts(mail: Mail) -> list[str]:
    people = [mail.sender, *mail.reply_to, *mail.to, *mail.cc]
    files = [text for one in mail.attachments for text in (one.name, one.content_type, one.content_id)]
    return [
        mail.message_id,
        *mail.in_reply_to,
        *mail.references,
        mail.subject,
        mail.text,
        mail.html,
        *files,
        *mail.list_unsubscribe,
        *mail.problems,
        *(text for one in people for text in one),
        *(text for header in mail.headers for text in header),
    ]


def test_two_thousand_damaged_mails_are_read() -> None:
    for mail in damaged():
        check(mail)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.binary(max_size=30), max_size=40))
def test_any_bytes_are_a_mail(pieces: list[bytes]) -> None:
    check(b"".join(pieces))


@pytest.mark.parametrize(
    "hostile",
    [
        b"To: " + b"(" * 60_000,
        b"To: " + b"<" * 60_000,
        b'To: "' + b"\\" * 60_000,
        b"To: " + b"a" * 60_000 + b"@",
        b"To: " + b"a@b," * 15_000,
        b"Subject: " + b"=?utf-8?Q?a?= " * 20_000,
        b"Subject: " + b"=?" * 30_000,
        b"Subject: " + b"Re: " * 16_000,
        b"References: " + b"<" * 60_000,
        b"Content-Type: text/plain" + b'; a="' * 12_000,
        b"Content-Type: text/plain" + b"; a*0*=x" * 8_000,
        b"a:b\n" * 200_000,
        b"Content-Type: multipart/mixed; boundary=x\n\n" + b"--x\n" * 200_000,
        b"Content-Transfer-Encoding: base64\n\n" + b"=" * 1_000_000,
        b"Content-Type: text/html\n\n" + b"<" * 500_000,
        b"Return-Path: <>\nFrom: postmaster@x.id\n\n" + b"undeliverable " * 40_000,
        b"Return-Path: <>\nX-Failed-Recipients: a@x.id\n\n" + b"user" * 20_000,
        b"Return-Path: <>\nFrom: postmaster@x.id\n\nundeliverable\n" + b"a@b " * 40_000,
    ],
    ids=lambda mail: mail[:24].decode() + "…",
)
def test_a_mail_made_to_be_slow_is_not(hostile: bytes) -> None:
    start = perf_counter()
    check(hostile)
    assert perf_counter() - start < 3
