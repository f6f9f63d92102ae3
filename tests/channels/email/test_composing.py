"""From a message to the bytes of a mail, read back by another reader: the standard library's."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest

from relasi.channels.email.composing import Sender, compose, id_of
from relasi.channels.interface import File
from relasi.lib.wording import InputError
from tests.channels.email.accounts import message

SARI = Sender("sari@sahabat.example", "Sari Lestari", "sahabat.example")
PICTURE = File("logo.png", "image/png", b"\x89PNG\r\n" + bytes(range(256)), "logo@x", is_inline=True)
PAPER = File("Polis – Ibu Siti dengan nama yang panjang sekali dan é.pdf", "application/pdf", b"%PDF" * 500)


def read(**changed: Any) -> EmailMessage:
    content = compose(message(**changed), SARI).content
    return message_from_bytes(content, policy=policy.default)  # type: ignore[return-value]


@pytest.mark.parametrize(
    "subject",
    ["Polis", "", "Penawaran é — ‘khusus’", "长" * 90, "x" * 300, "a b " * 100, "=?utf-8?q?x?=", "😀" * 60],
)
def test_a_subject_comes_back_as_it_was_written(subject: str) -> None:
    assert " ".join(read(subject=subject)["subject"].split()) == " ".join(subject.split())


@pytest.mark.parametrize("name", ["Budi", "Budi Santoso, S.E.", 'Budi "Bos" S', "Bûdi é", "a\\b", "x" * 120])
def test_a_name_comes_back_as_it_was_written(name: str) -> None:
    assert read(to_name=name)["to"].addresses[0].display_name == name


@pytest.mark.parametrize(
    "text",
    [
        "Halo\n",
        "é\n",
        "x" * 3000 + "\n",
        ".\n..\n.x\n",
        "From me\n",
        "a  \nb\t\n",
        "中文" * 900 + "\n",
        "=_x\n",
        "\x00a\n",
    ],
)
def test_a_text_comes_back_as_it_was_written(text: str) -> None:
    assert read(text=text).get_content().replace("\r\n", "\n") == text


def test_html_stands_beside_the_text_with_its_pictures_and_files_around_it() -> None:
    mail = read(html='<p>Halo <img src="cid:logo@x"></p>', files=(PICTURE, PAPER))
    kinds = [part.get_content_type() for part in mail.walk()]
    assert kinds == [
        "multipart/mixed", "multipart/alternative", "text/plain", "multipart/related", "text/html",
        "image/png",
        "application/pdf",
    ]  # fmt: skip


def test_files_come_back_byte_for_byte_under_their_names() -> None:
    parts = list(read(html="<p>x</p>", files=(PICTURE, PAPER)).walk())
    assert [(part.get_filename(), part.get_payload(decode=True)) for part in parts[-2:]] == [
        (PICTURE.name, PICTURE.content),
        (PAPER.name, PAPER.content),
    ]


def test_html_alone_gets_a_text() -> None:
    mail = read(text="", html="<p>Halo Budi</p>")
    assert "Halo Budi" in mail.get_body(("plain",)).get_content()


def test_the_same_key_makes_the_same_id_and_another_another() -> None:
    assert id_of("m-1", "a.example") == id_of("m-1", "a.example") == "m-1@a.example"
    assert id_of("ké y", "a.example") != id_of("ké z", "a.example")


def test_an_answer_names_the_whole_line_before_it() -> None:
    mail = read(answers="c@x", references=("a@x", "b@x"))
    assert (mail["in-reply-to"], mail["references"]) == ("<c@x>", "<a@x> <b@x> <c@x>")


def test_one_click_unsubscribing_is_carried() -> None:
    more = (
        ("List-Unsubscribe", "<https://crm.example/u/" + "x" * 90 + ">"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    )
    mail = read(headers=more)
    assert mail["list-unsubscribe"].strip() == more[0][1]
    assert mail["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize(
    "changed",
    [
        {"subject": "a\r\nBcc: evil@x.example"},
        {"to_name": "a\nBcc: evil@x.example"},
        {"sender_name": "a\rb"},
        {"to": "a@x.example\r\nBcc: b@x.example"},
        {"to": "a@x.example, b@x.example"},
        {"cc": ("a@x.example>\r\nX: y",)},
        {"reply_to": "a b@x"},
        {"headers": (("X-A", "a\r\nBcc: b@x.example"),)},
        {"headers": (("X-A\r\nBcc", "b@x.example"),)},
        {"headers": (("Bcc", "b@x.example"),)},
        {"headers": (("Content-Type", "text/html"),)},
        {"answers": "a>\r\nBcc: b@x.example"},
        {"references": ("a\nb",)},
        {"files": (File("a", "text/html", b"", "x\r\nBcc: y"),)},
    ],
)
def test_nobody_smuggles_a_header(changed: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        compose(message(**changed), SARI)


def test_a_files_name_and_kind_cannot_smuggle_one_either() -> None:
    mail = read(files=(File('a"\r\nBcc: b@x.example', 'text/html\r\nX-A: "b', b"x"),))
    assert (mail["bcc"], mail["x-a"]) == (None, None)


def test_blind_copies_are_named_to_the_server_alone() -> None:
    mail = compose(message(bcc=("boss@sahabat.example",)), SARI)
    assert "boss@sahabat.example" in mail.recipients
    assert b"boss@" not in mail.content


def test_a_domain_in_another_script_travels_in_ascii() -> None:
    assert compose(message(to="budi@bücher.example"), SARI).recipients == ("budi@xn--bcher-kva.example",)


def test_no_line_is_too_long_and_none_ends_otherwise_than_in_crlf() -> None:
    content = compose(message(html="<p>" + "é" * 5000, text="x" * 5000, subject="y z" * 500), SARI).content
    assert max(map(len, content.split(b"\r\n"))) <= 998
    assert b"\n" not in content.replace(b"\r\n", b"")
