from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from relasi.lib.mail import Mail, read
from relasi.lib.mail.automatic import why_automatic
from relasi.lib.mail.bounces import Bounce, read_bounce
from relasi.lib.mail.complaints import read_complaint
from relasi.lib.mail.threads import answered_ids, reply_token
from tests.lib.mail import collected

pytestmark = pytest.mark.skipif(
    not collected.files(), reason="the collection of mails is not beside the project"
)

UNCHECKED = frozenset(
    {"note", "issue", "thread_by", "token_found_in"}
)  # they explain, or go with another one
INBOX = "reply@example.com"


def bounce_of(mail: Mail) -> Bounce:
    bounce = read_bounce(mail)
    assert bounce
    return bounce


def all_in(wanted: str | list[str], text: str) -> bool:
    return all(one in text for one in ([wanted] if isinstance(wanted, str) else wanted))


CHECKS: dict[str, Callable[[Mail, Any], bool]] = {
    "subject": lambda mail, wanted: mail.subject == wanted,
    "subject_startswith": lambda mail, wanted: mail.subject.startswith(wanted),
    "text": lambda mail, wanted: mail.text == wanted,
    "text_contains": lambda mail, wanted: all_in(wanted, mail.text + " ".join(mail.html.split())),
    "attachments": lambda mail, wanted: len(mail.attachments) == wanted,
    "sender": lambda mail, wanted: [one.address for one in mail.answer_to] == [wanted],
    "in_reply_to": lambda mail, wanted: (
        list(mail.in_reply_to) == wanted == list(answered_ids(mail))[: len(wanted)]
    ),
    "references": lambda mail, wanted: list(mail.references) == wanted,
    "reply_token": lambda mail, wanted: reply_token(mail, inbox=INBOX) == wanted,
    "auto_reply": lambda mail, wanted: bool(why_automatic(mail)) == wanted,
    "is_bounce": lambda mail, wanted: bool(read_bounce(mail)) == wanted,
    "must_not_crash_without_from": lambda mail, _wanted: mail.sender.address == "",
    "failed_recipient": lambda mail, wanted: bounce_of(mail).recipients == (wanted,),
    "dsn_status": lambda mail, wanted: bounce_of(mail).failures[0].status == wanted,
}


@pytest.mark.parametrize("path", collected.files(), ids=lambda path: path.stem)
def test_every_mail_is_read(path: Path) -> None:
    raw = path.read_bytes()
    mail = read(raw)
    assert mail.raw == raw
    assert mail.subject
    assert mail.text or mail.attachments
    assert mail.sender.address or mail.sender.name
    assert read_complaint(mail) is None


@pytest.mark.parametrize(("path", "case"), collected.cases(), ids=lambda one: getattr(one, "stem", ""))
def test_what_its_project_reads_in_a_mail_is_read(path: Path, case: dict[str, Any]) -> None:
    mail = read(path.read_bytes())
    for key in case.keys() - UNCHECKED:
        assert CHECKS[key](mail, case[key]), key


def test_only_the_one_bounce_is_a_bounce() -> None:
    found = [path.stem for path in collected.files() if read_bounce(read(path.read_bytes()))]
    assert found == ["bounced_with_no_from"]


def test_a_signature_is_a_file() -> None:
    (path,) = [path for path in collected.files() if path.stem == "pgp"]
    assert [one.content_type for one in read(path.read_bytes()).attachments] == ["application/pgp-signature"]


@pytest.mark.parametrize(
    ("stem", "name"),
    [
        ("message_with_koi8r_filename_attachments", "Ведомости.pdf"),
        ("message_with_utf8_attachment", "piłkochwyty.jpg"),
        ("message_with_rfc822_attachment", "Attached email.eml"),
    ],
)
def test_files_keep_their_names_in_any_script(stem: str, name: str) -> None:
    (path,) = [path for path in collected.files() if path.stem == stem]
    assert name in [one.name for one in read(path.read_bytes()).attachments]
