"""Two thousand mails nobody should have sent: `mails(seed, count)`, the same for the same seed."""

from __future__ import annotations

import base64
import quopri
import random
from collections.abc import Callable, Iterator

WORDS = [
    "halo",
    "polis",
    "klaim",
    "premi",
    "é",
    "ü",
    "你好",
    "привет",
    "مرحبا",
    "😀",
    "budi",
    "siti",
    "terima",
    "kasih",
    "\u202e",
    "\u200b",
    "naïve",
    "‘kutip’",
]
CHARSETS = [
    "utf-8",
    "iso-8859-1",
    "windows-1252",
    "koi8-r",
    "gb2312",
    "shift_jis",
    "utf-7",
    "utf-16",
    "x-nobody",
    "",
    "us-ascii",
    "unicode-1-1-utf-7",
    "iso-2022-jp",
    "\x00",
    "big5-hkscs",
    "cp65001",
]
DATES = [
    "Mon, 02 Mar 2026 09:30:00 +0700",
    "yesterday",
    "",
    "0",
    "Thu, 32 Foo 99999 25:61:61 +9999",
    "-1",
    "2026-03-02",
    "Mon, 02 Mar 1826 09:30:00 +0000",
    "Mon, 02 Mar 9999 23:59:59 -2359",
    "Mon, 02 Mar 2026 09:30:00 (\x00)",
    "9" * 300,
]
TYPES = [
    "text/plain",
    "text/html",
    "multipart/mixed",
    "multipart/alternative",
    "multipart/report",
    "message/rfc822",
    "message/delivery-status",
    "message/feedback-report",
    "application/octet-stream",
    "text",
    "/",
    ";;;",
    "multipart/",
    'image/png; name="a',
    'text/plain; charset="',
    "message/partial",
    "message/external-body",
    "message/disposition-notification",
    "text/rfc822-headers",
]
ENCODINGS = ["7bit", "8bit", "base64", "quoted-printable", "x-uuencode", "binary", "BASE64 ", "nonsense", ""]

Random = random.Random
Maker = Callable[[Random], bytes]


def mails(seed: int = 4, count: int = 2000) -> Iterator[bytes]:
    for number in range(count):
        dice = Random(f"{seed}-{number}")
        mail = dice.choice(MAKERS)(dice)
        for _each in range(dice.choice([0, 0, 1, 1, 2, 5])):
            mail = dice.choice(BREAKERS)(dice, mail)
        yield mail


def words(dice: Random, most: int = 30) -> str:
    return " ".join(dice.choices(WORDS, k=dice.randint(0, most)))


def header(dice: Random, name: str) -> bytes:
    value = {
        "From": lambda: dice.choice(
            [
                "Budi <budi@contoh.example>",
                "<>",
                "",
                "undisclosed",
                "a@b@c",
                '"x',
                "=?utf-8?b?!!!?= <a@b.example>",
                "MAILER-DAEMON@x.example",
                "(" * 500,
                "@",
                '"\\" <a@b.example>',
                "group: a@b.example, c@d.example;",
                words(dice),
                "büdi@bücher.example",
                "a" * 5000 + "@b.example",
            ]
        ),
        "Subject": lambda: dice.choice(
            [
                words(dice),
                "=?utf-8?q?=ZZ?=",
                "=?x?b?" + "A" * 999,
                "Re: " * 300,
                "=?utf-8?b?4pyT?= =?utf-8?b?4py",
                "\x00\x01",
                "Undelivered Mail Returned to Sender",
                "Out of office",
            ]
        ),
        "Message-ID": lambda: dice.choice(
            [
                f"<{dice.random()}@contoh.example>",
                "",
                "<>",
                "no brackets",
                "<" + "x" * 3000 + ">",
                "<a b@c>",
                "<é@x>",
                "<\x00@x>",
            ]
        ),
        "Date": lambda: dice.choice(DATES),
        "References": lambda: "<a@b> " * dice.choice([0, 1, 500]) + "<",
        "To": lambda: ", ".join(["sari@sahabat.example"] * dice.choice([0, 1, 300])),
    }[name]()
    return f"{name}: {value}".encode(
        dice.choice(["utf-8", "utf-8", "utf-16-le", "cp1252", "latin-1"]), "replace"
    )


def headers(dice: Random) -> list[bytes]:
    names = ["From", "Subject", "Message-ID", "Date", "References", "To"]
    chosen = [header(dice, name) for name in names if dice.random() < 0.85]
    chosen += [header(dice, dice.choice(names)) for _each in range(dice.choice([0, 0, 0, 2]))]
    dice.shuffle(chosen)
    return chosen


def coded(dice: Random, text: str) -> tuple[str, bytes]:
    way = dice.choice(ENCODINGS)
    data = text.encode(dice.choice(["utf-8", "utf-16", "cp1252", "utf-8"]), "replace")
    if way.strip().lower() == "base64":
        data = base64.encodebytes(data)
        data = dice.choice(
            [data, data[: len(data) // 2], data.replace(b"\n", b"!"), data + b"===", b"=" + data]
        )
    elif way == "quoted-printable":
        data = dice.choice([quopri.encodestring(data), data + b"=", b"=G1=" + data])
    return way, data


def part(dice: Random, depth: int = 0) -> bytes:
    kind = dice.choice(TYPES)
    if kind.startswith("multipart/") and depth < 6:
        return multipart(dice, kind, depth)
    charset = dice.choice(CHARSETS)
    way, data = coded(dice, words(dice, 80))
    more = (
        f'Content-Disposition: attachment; filename*0="../{words(dice, 2)}'
        if dice.random() < 0.3
        else "X-A: b"
    )
    head = f"Content-Type: {kind}; charset={charset}\r\nContent-Transfer-Encoding: {way}\r\n{more}"
    return head.encode("utf-8", "replace") + b"\r\n\r\n" + data


def multipart(dice: Random, kind: str, depth: int) -> bytes:
    real = dice.choice(["xx", "", "a b", "=_é", "x" * 200, "--", "xx--"])
    named = dice.choice([real, real, real, "other", "", '"'])
    pieces = [part(dice, depth + 1) for _each in range(dice.randint(0, 4))]
    body = b"".join(b"--" + real.encode() + b"\r\n" + piece + b"\r\n" for piece in pieces)
    end = dice.choice([b"--" + real.encode() + b"--\r\n", b"", b"--" + real.encode()])
    return f'Content-Type: {kind}; boundary="{named}"\r\n\r\n'.encode() + body + end


def ordinary(dice: Random) -> bytes:
    return b"\r\n".join([*headers(dice), part(dice)])


def nested(dice: Random) -> bytes:
    mail = b"Subject: core\r\n\r\n" + words(dice).encode()
    for number in range(dice.choice([3, 50, 400])):
        kind = dice.choice(["message/rfc822", f"multipart/mixed; boundary=b{number}"])
        mail = f"Content-Type: {kind}\r\n\r\n".encode() + (b"--b%d\r\n" % number) * ("multi" in kind) + mail
    return b"\r\n".join([*headers(dice), mail])


def huge(dice: Random) -> bytes:
    kind = dice.randrange(4)
    if kind == 0:
        return b"X-Long: " + b"a" * dice.choice([70_000, 70_000, 300_000]) + b"\r\n" + ordinary(dice)
    if kind == 1:
        return b"".join(b"X-%d: y\r\n" % number for number in range(3000)) + ordinary(dice)
    if kind == 2:
        return b"Subject: " + b"\r\n x" * 20_000 + b"\r\n" + ordinary(dice)
    return b"\r\n".join([*headers(dice), b"", (words(dice) + "\n").encode() * 1000])


def bounce(dice: Random) -> bytes:
    report = "\r\n".join(
        [
            "Reporting-MTA: dns; mx.x.example",
            "",
            f"Final-Recipient: {dice.choice(['rfc822; budi@contoh.example', 'rfc822;', 'x', ''])}",
            f"Action: {dice.choice(['failed', 'delayed', 'delivered', 'relayed', 'odd', ''])}",
            f"Status: {dice.choice(['5.1.1', '4.2.2', '2.0.0', '5', '9.9.9', words(dice, 3)])}",
            f"Diagnostic-Code: smtp; 550 {words(dice, 10)}",
        ]
    )
    kind = dice.choice(["delivery-status", "feedback-report", "disposition-notification", "delivery-status"])
    report = {
        "feedback-report": (
            f"Feedback-Type: {dice.choice(['abuse', 'not-spam', ''])}\r\nUser-Agent: x\r\n\r\n"
        ),
        "disposition-notification": (
            "Final-Recipient: rfc822; a@b.example\r\nDisposition: manual/x; displayed\r\n"
        ),
    }.get(kind, report)
    returned = (
        b"Content-Type: message/rfc822\r\n\r\nMessage-ID: <m-1@sahabat.example>\r\nSubject: x\r\n\r\nx\r\n"
    )
    pieces = [
        b"Content-Type: text/plain\r\n\r\nYour mail did not arrive\r\n",
        f"Content-Type: message/{kind}\r\n\r\n{report}\r\n".encode(),
        returned,
    ]
    if dice.random() < 0.3:
        dice.shuffle(pieces)
        pieces = pieces[: dice.randint(1, 3)]
    body = b"".join(b"--b\r\n" + piece for piece in pieces) + b"--b--\r\n"
    return (
        b"From: MAILER-DAEMON@x.example\r\nSubject: Undelivered\r\nContent-Type:"
        b" multipart/report; boundary=b\r\n\r\n"
    ) + body


def wild_bounce(dice: Random) -> bytes:
    said = dice.choice(
        [
            (
                "Hi. This is the qmail-send program at x.example.\n<budi@contoh.example>:\n550 no such"
                " user\n\n--- Below this line"
            ),
            "Pesan Anda tidak dapat dikirim ke budi@contoh.example",
            "budi@contoh.example\n" * 2000,
            "The following address failed:\n\n  <" + "a" * 3000 + "@x>\n",
        ]
    )
    return (
        b"Return-Path: <>\r\nFrom: Mailer-Daemon <mailer-daemon@x.example>\r\nSubject: failure notice\r\n\r\n"
        + said.encode()
    )


def quoting(dice: Random) -> bytes:
    line = dice.choice(
        [
            "On Mon, Sari wrote:",
            "> ",
            "From: a\nSent: b\nTo: c\nSubject: d",
            "-" * 500,
            "Pada ",
            "_" * 40,
            "Sent from my ",
            "\t" * 300,
            ":" * 300,
            "On " + "a " * 100,
        ]
    )
    text = "\n".join(
        dice.choice([line, words(dice, 5), "", "> > >", "x:"]) for _each in range(dice.choice([5, 60, 3000]))
    )
    return b"\r\n".join([*headers(dice), b"Content-Type: text/plain; charset=utf-8", b"", text.encode()])


def nothing(dice: Random) -> bytes:
    return dice.choice(
        [
            b"",
            b"\r\n",
            b"\n\n\n",
            b"\x00",
            b" ",
            b"From ",
            b":",
            b": \r\n",
            b"\xff\xfe",
            b"--",
            b"a" * 100_000,
            bytes(dice.randrange(256) for _each in range(2000)),
        ]
    )


def cut_off(dice: Random, mail: bytes) -> bytes:
    return mail[: dice.randint(0, max(len(mail), 1))]


def with_nuls(dice: Random, mail: bytes) -> bytes:
    at = dice.randint(0, len(mail))
    return mail[:at] + b"\x00" * dice.choice([1, 50]) + mail[at:]


def other_ends(dice: Random, mail: bytes) -> bytes:
    return mail.replace(b"\r\n", dice.choice([b"\n", b"\r", b"\r\r\n", b"\n\r"]))


def flipped(dice: Random, mail: bytes) -> bytes:
    changed = bytearray(mail)
    for _each in range(min(len(changed), 40)):
        changed[dice.randrange(len(changed))] = dice.randrange(256)
    return bytes(changed)


def twice(_dice: Random, mail: bytes) -> bytes:
    return mail + mail


def no_blank(_dice: Random, mail: bytes) -> bytes:
    return mail.replace(b"\r\n\r\n", b"\r\n", 1)


MAKERS: list[Maker] = [
    ordinary,
    ordinary,
    ordinary,
    nested,
    huge,
    bounce,
    bounce,
    wild_bounce,
    quoting,
    nothing,
]
BREAKERS = [cut_off, with_nuls, other_ends, flipped, twice, no_blank]
