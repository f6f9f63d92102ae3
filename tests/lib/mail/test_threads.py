from __future__ import annotations

import pytest

from relasi.lib.mail.threads import answered_ids, bare_subject, reply_token, subject_key, token_in
from tests.lib.mail.letters import letter

INBOX = "balas@sahabat.test"


@pytest.mark.parametrize(
    "subject",
    [
        "Polis",
        "Re: Polis",
        "RE:Polis",
        "Re: Re: FW: Polis",
        "Re[2]: Polis",
        "Re (3): Polis",
        "Fwd: Polis (fwd)",
        "Bls: Polis",
        "Balas: Teruskan: Polis",
        "AW: WG: Polis",
        "SV: VS: Polis",
        "Re : Polis",
        "回复：Polis",
        "[EXTERNAL] Re: Polis",
        "Re: [Ext] Polis",
        "  re:   Polis  ",
    ],
)
def test_what_mail_programs_put_before_a_subject_is_taken_off(subject):
    assert bare_subject(subject) == "Polis"


@pytest.mark.parametrize(
    "subject",
    [
        "Rebutan: Polis",
        "Refund: 5 jt",
        "Regional",
        "Forward Group",
        "Rapat: Polis",
        "[JIRA] Polis",
        "Ref: 123",
    ],
)
def test_words_that_only_look_so_stay(subject):
    assert bare_subject(subject) == subject


def test_a_thousand_prefixes_are_no_danger():
    assert bare_subject("Re: " * 10_000 + "Polis") == "Polis"


def test_subjects_of_one_talk_have_one_key():
    assert subject_key("Re: KLAIM  Álvaro") == subject_key("Bls: klaim alvaro") == "klaim alvaro"


def test_a_subject_that_says_nothing_has_no_key():
    assert subject_key("Re: ") == ""


def test_the_mail_it_names_is_surer_than_the_line_before_it():
    mail = letter("In-Reply-To: <b@x>\nReferences: <a@x> <b@x> <c@x> <m1@contoh.id>")
    assert answered_ids(mail) == ("b@x", "c@x", "a@x")


@pytest.mark.parametrize("header", ["To", "Cc", "Delivered-To", "X-Original-To"])
def test_the_token_is_found_wherever_the_address_stands(header):
    assert reply_token(letter(f"{header}: Kami <balas+AbC123@sahabat.test>"), inbox=INBOX) == "abc123"


@pytest.mark.parametrize(
    "address",
    [
        "balas@sahabat.test",
        "budi+abc123@sahabat.test",
        "balas+abc123@lain.test",
        "balas+@sahabat.test",
        "balas+a b@sahabat.test",
        "balas+abc123",
        "",
    ],
)
def test_other_addresses_hold_no_token(address):
    assert token_in(address, inbox=INBOX) == ""
