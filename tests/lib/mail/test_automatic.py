from __future__ import annotations

import pytest

from relasi.lib.mail.automatic import Kind, why_automatic
from tests.lib.mail.letters import letter, parts


def kind(headers: str = "", *, subject: str = "Polis saya") -> Kind | None:
    why = why_automatic(letter(headers, subject=subject))
    return why.kind if why else None


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ("Auto-Submitted: auto-replied", Kind.REPLY),
        ('Auto-Submitted: auto-replied; owner-email="x"', Kind.REPLY),
        ("Auto-Submitted: auto-generated (failure)", Kind.GENERATED),
        ("Auto-Submitted: auto-notified", Kind.GENERATED),
        ("X-Autoreply: yes", Kind.REPLY),
        ("X-Autorespond: Polis saya", Kind.REPLY),
        ("Precedence: auto_reply", Kind.REPLY),
        ("Precedence: bulk", Kind.BULK),
        ("Precedence: junk", Kind.BULK),
        ("Precedence: list", Kind.LIST),
        ("List-Id: Agen <agen.contoh.id>", Kind.LIST),
        ("List-Unsubscribe: <https://contoh.id/o>", Kind.BULK),
        ("X-Auto-Response-Suppress: OOF, AutoReply", Kind.GENERATED),
        ("Return-Path: <>", Kind.GENERATED),
        ("From: MAILER-DAEMON@mx.contoh.id", Kind.RETURNED),
        ("From: no-reply@contoh.id", Kind.GENERATED),
        ("Content-Type: multipart/report; report-type=delivery-status", Kind.RETURNED),
    ],
)
def test_machines_say_what_they_are(headers, expected):
    assert kind(headers) == expected


@pytest.mark.parametrize(
    "headers",
    [
        "",
        "Auto-Submitted: no",
        "X-Autoreply: no",
        "Precedence: first-class",
        "X-Auto-Response-Suppress: None",
        "Return-Path: <budi@contoh.id>",
        "From: no-reply@form.test\nReply-To: budi@contoh.id",
        "Received: a\nReceived: b",
    ],
)
def test_people_are_no_machines(headers):
    assert kind(headers) is None


@pytest.mark.parametrize(
    "subject",
    [
        "Out of office: Polis",
        "Out of the Office",
        "Automatic reply: Out of office",
        "OOO until Monday",
        "I'm out of the office",
        "On annual leave",
        "Saya sedang cuti",
        "Sedang tidak di kantor",
        "Di luar kantor",
        "Balasan otomatis: sedang cuti",
        "Vacation reply",
        "Abwesenheitsnotiz",
    ],
)
def test_somebody_is_away(subject):
    assert kind(subject=subject) == Kind.AWAY


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: Polis",
        "Auto-Reply: Polis",
        "Autoreply",
        "Auto: Polis",
        "Balasan otomatis: Polis",
        "Jawaban Otomatis",
        "Respon otomatis",
        "Réponse automatique : Polis",
        "Automatische Antwort: Polis",
        "Terima kasih telah menghubungi Toko Jaya",
    ],
)
def test_a_subject_tells_an_automatic_reply(subject):
    assert kind(subject=subject) == Kind.REPLY


@pytest.mark.parametrize(
    "subject",
    [
        "Re: Out of office",
        "Cuti bersama: kapan kantor buka?",
        "Otomatis debet",
        "Autodebet gagal",
        "Auto insurance quote",
        "Kantor di luar kota",
    ],
)
def test_subjects_of_people_are_left_in_peace(subject):
    assert kind(subject=subject) is None


def test_an_answer_about_absence_counts_when_a_machine_sent_it():
    assert kind("Auto-Submitted: auto-replied", subject="Re: Out of office") == Kind.AWAY


def test_our_own_mail_is_a_loop():
    why = why_automatic(letter("From: sari@sahabat.test"), own=["Sari@Sahabat.test"])
    assert why and (why.kind, why.evidence) == (Kind.LOOP, "sari@sahabat.test")


def test_a_mail_that_was_with_us_is_a_loop():
    why = why_automatic(letter("X-Loop: <sari@sahabat.test>"), own=["sari@sahabat.test"])
    assert why and why.kind == Kind.LOOP


def test_too_many_servers_are_a_loop():
    assert kind("\n".join(f"Received: from s{number}" for number in range(31))) == Kind.LOOP


def test_the_reason_is_a_sentence_and_the_evidence_what_the_mail_says():
    why = why_automatic(letter("Auto-Submitted: auto-replied"))
    assert why and (why.reason, why.evidence) == (
        "The mail says that a machine sent it.",
        "Auto-Submitted: auto-replied",
    )


def test_a_letter_in_parts_is_still_a_persons():
    assert why_automatic(parts("\r\nHalo")) is None
