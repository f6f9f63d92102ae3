"""Signatures, checked by our own reading of RFC 6376 and by the example of RFC 8463."""

from __future__ import annotations

import pytest

from relasi.channels.email import dkim
from relasi.channels.email.composing import Sender, compose
from relasi.lib.wording import InputError
from tests.channels.email.accounts import message

SARI = Sender("sari@sahabat.example", "Sari é", "sahabat.example")
EXAMPLE = (  # RFC 8463, appendix A
    b"DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n"
    b" d=football.example.com; i=@football.example.com;\r\n"
    b" q=dns/txt; s=brisbane; t=1528637909; h=from : to :\r\n"
    b" subject : date : message-id : from : subject : date;\r\n"
    b" bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n"
    b" b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus\r\n"
    b" Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==\r\n"
    b"From: Joe SixPack <joe@football.example.com>\r\n"
    b"To: Suzie Q <suzie@shopping.example.net>\r\n"
    b"Subject: Is dinner ready?\r\n"
    b"Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n"
    b"Message-ID: <20030712040037.46341.5F8J@football.example.com>\r\n"
    b"\r\n"
    b"Hi.\r\n"
    b"\r\n"
    b"We lost the game.  Are you hungry yet?\r\n"
    b"\r\n"
    b"Joe.\r\n"
)
EXAMPLE_KEY = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="


def test_the_example_of_the_standard_holds() -> None:
    verdict = dkim.verify(EXAMPLE, lambda _selector, _domain: EXAMPLE_KEY)
    assert (verdict.is_good, verdict.domain, verdict.selector) == (True, "football.example.com", "brisbane")


@pytest.fixture(scope="module", params=["rsa", "ed25519"])
def key(request: pytest.FixtureRequest) -> dkim.NewKey:
    return dkim.new_key(request.param)


def signed(key: dkim.NewKey, **changed: object) -> bytes:
    mail = compose(message(**changed), SARI)  # type: ignore[arg-type]
    return dkim.signed(mail.content, domain="sahabat.example", selector="r1", private=key.private)


def verdict(content: bytes, key: dkim.NewKey) -> dkim.Verdict:
    return dkim.verify(content, lambda _selector, _domain: key.record)


@pytest.mark.parametrize("text", ["Halo\n", "", "a  b \n\n\n", " \t\n", "é" * 900, "x" * 3000])
def test_what_was_signed_holds(key: dkim.NewKey, text: str) -> None:
    assert verdict(signed(key, text=text, subject="Penawaran é " * 9), key).is_good


def test_blanks_and_folds_on_the_way_do_no_harm(key: dkim.NewKey) -> None:
    content = signed(key).replace(b"Subject: Polis Anda", b"SUBJECT:  Polis\r\n\tAnda ") + b"\r\n\r\n"
    assert verdict(content, key).is_good


@pytest.mark.parametrize(
    ("before", "after"),
    [(b"Halo", b"Hola"), (b"Subject: Polis", b"Subject: Bolis"), (b"From: ", b"From: x@x.example\r\nFrom: ")],
)
def test_what_was_changed_does_not_hold(key: dkim.NewKey, before: bytes, after: bytes) -> None:
    content = signed(key)
    head, mark, rest = content.partition(b"\r\nFrom: ")
    assert not verdict(head + (mark + rest).replace(before, after, 1), key).is_good


def test_another_key_does_not_hold(key: dkim.NewKey) -> None:
    assert not verdict(signed(key), dkim.new_key("ed25519")).is_good


def test_the_record_belongs_to_the_key(key: dkim.NewKey) -> None:
    assert dkim.is_same_key(key.record.replace("; ", ";"), key.private)
    assert not dkim.is_same_key(dkim.new_key().record, key.private)


def test_unsubscribing_is_signed_too(key: dkim.NewKey) -> None:
    content = signed(key, headers=(("List-Unsubscribe", "<https://x.example>"),))
    assert not verdict(content.replace(b"<https://x.example>", b"<https://y.example>"), key).is_good


def test_what_is_no_key_is_told(key: dkim.NewKey) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        dkim.record_of("not a key")
