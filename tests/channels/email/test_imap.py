"""Mails out of a real Dovecot: all of them, once, byte for byte."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db.models.signals import post_save

from relasi.channels import raw
from relasi.channels.email import imap
from relasi.channels.models import Account, Intake
from tests.channels.email import dovecot
from tests.channels.email.accounts import mailbox
from tests.channels.email.dovecot import PASSWORD, Dovecot

pytestmark = pytest.mark.django_db


def letter(number: int = 1, *, body: str = "Halo", more: str = "") -> bytes:
    return (
        f"From: Budi <budi@contoh.example>\r\nTo: sari@sahabat.example\r\nSubject: Surat {number}\r\n"
        "Date: Mon, 02 Mar 2026 09:30:00 +0700\r\n"
        f"Message-ID: <s{number}@contoh.example>\r\n{more}\r\n{body}\r\n"
    ).encode()


def account_of(server: Dovecot, user: str, **settings: Any) -> Account:
    where = {"imap_host": "127.0.0.1", "imap_port": server.port}
    return mailbox(user, secrets={"password": PASSWORD}, **where | settings)


@pytest.fixture
def account(mail_server: Dovecot, user: str) -> Account:
    return account_of(mail_server, user)


def kept(account: Account) -> list[bytes]:
    return [raw.original(one) for one in Intake.objects.filter(account=account).order_by("pk")]


def test_what_is_there_is_taken_in_once_and_as_it_is(mail_server: Dovecot, account: Account) -> None:
    mails = [letter(1), letter(2, body="\xe9 8bit\r\n.\r\n"), b"no header at all\r\n"]
    mail_server.put(*mails, user=account.address)
    assert imap.fetch(account) == 3
    assert imap.fetch(account) == 0
    assert kept(account) == mails


def test_fetching_goes_on_where_it_stopped(mail_server: Dovecot, account: Account) -> None:
    mail_server.put(letter(1), user=account.address)
    imap.fetch(account)
    mail_server.put(letter(2), letter(3), user=account.address)
    again = Account.objects.get(pk=account.pk)
    assert imap.fetch(again) == 2
    assert again.cursor["folders"]["INBOX"]["uid"] == 3


def test_a_mailbox_numbered_anew_brings_nothing_twice(mail_server: Dovecot, account: Account) -> None:
    mail_server.put(letter(1), letter(2), b"Subject: no id\r\n\r\nx\r\n", user=account.address)
    imap.fetch(account)
    before = account.cursor["folders"]["INBOX"]["validity"]
    home = mail_server.folder / "mail" / account.address
    for index in home.glob("dovecot.index*"):
        index.unlink()
    numbers = home / "dovecot-uidlist"
    numbers.write_bytes(numbers.read_bytes().replace(b" V%d " % before, b" V%d " % (before + 1), 1))
    mail_server.put(letter(3), user=account.address)
    assert imap.fetch(account) == 1
    assert account.cursor["folders"]["INBOX"]["validity"] != before
    assert len(kept(account)) == 4


def test_a_lost_cursor_brings_nothing_twice(mail_server: Dovecot, account: Account) -> None:
    mail_server.put(letter(1), letter(2), user=account.address)
    imap.fetch(account)
    account.keep_cursor({})
    assert imap.fetch(account) == 0


def test_another_mail_under_a_known_id_is_not_lost(mail_server: Dovecot, account: Account) -> None:
    forged = letter(1).replace(b"Surat 1", b"Lain sekali")
    mail_server.put(letter(1), forged, user=account.address)
    assert imap.fetch(account) == 2


def test_a_copy_of_a_mail_is_the_same_mail(mail_server: Dovecot, account: Account) -> None:
    mail_server.put(letter(1), b"Received: by x\r\n" + letter(1), user=account.address)
    assert imap.fetch(account) == 1


def test_at_first_only_the_last_days_come(mail_server: Dovecot, account: Account) -> None:
    from datetime import UTC, datetime

    with mail_server.client(account.address) as client:
        client.append("INBOX", letter(1), msg_time=datetime(2020, 1, 1, tzinfo=UTC))
    mail_server.put(letter(2), user=account.address)
    assert imap.fetch(account) == 1


def test_what_lies_in_the_sent_folder_is_from_us(mail_server: Dovecot, user: str) -> None:
    account = account_of(mail_server, user, folders=["INBOX", "Sent"])
    mail_server.put(letter(1), user=user)
    mail_server.put(letter(2), folder="Sent", user=user)
    assert imap.fetch(account) == 2
    found = {one.external_id: one.meta.get("from_us", False) for one in Intake.objects.all()}
    assert found == {"s1@contoh.example": False, "s2@contoh.example": True}


def test_nothing_changes_on_the_server_unless_asked(mail_server: Dovecot, account: Account) -> None:
    mail_server.put(letter(1), user=account.address)
    imap.fetch(account)
    with mail_server.client(account.address) as client:
        client.select_folder("INBOX", readonly=True)
        assert client.search("UNSEEN") == [1]


def test_what_was_taken_in_is_marked_and_moved_when_asked(mail_server: Dovecot, user: str) -> None:
    account = account_of(mail_server, user, mark_seen=True, move_to="Done")
    with mail_server.client(user) as client:
        client.create_folder("Done")
    mail_server.put(letter(1), letter(2), user=user)
    assert imap.fetch(account) == 2
    with mail_server.client(user) as client:
        assert client.folder_status("INBOX", ["MESSAGES"])[b"MESSAGES"] == 0
        client.select_folder("Done", readonly=True)
        assert client.search("SEEN") == [1, 2]


def test_a_folder_that_is_gone_stops_no_other(mail_server: Dovecot, user: str) -> None:
    account = account_of(mail_server, user, folders=["Nowhere", "INBOX"])
    mail_server.put(letter(1), user=user)
    assert imap.fetch(account) == 1


def test_many_mails_come_in_parts(mail_server: Dovecot, account: Account) -> None:
    with mail_server.client(account.address) as client:
        client.multiappend("INBOX", [letter(number) for number in range(130)])
    assert imap.fetch(account) == 130


def test_a_wrong_password_is_told_in_words(mail_server: Dovecot, user: str) -> None:
    account = account_of(mail_server, user)
    account.secrets = {"password": "salah"}
    with pytest.raises(imap.ImapError, match="does not accept user name or password"):
        imap.fetch(account)


def test_nobody_there_is_told_in_words(mail_server: Dovecot, user: str) -> None:
    with pytest.raises(imap.ImapError, match="cannot be reached"):
        imap.fetch(account_of(mail_server, user, imap_port=1))


def heard(account: Account, count: int, act: Any) -> list[str]:
    """Listen, do `act` beside it, and stop after so many mails; their titles."""
    stop, titles = threading.Event(), []

    def noted(instance: Intake, created: bool, **_more: Any) -> None:
        if created:
            titles.append(instance.title)
        if len(titles) >= count:
            stop.set()

    post_save.connect(noted, sender=Intake)
    beside, late = threading.Timer(0.3, act), threading.Timer(15, stop.set)
    beside.start()
    late.start()
    try:
        imap.listen(account, stop)
    finally:
        post_save.disconnect(noted, sender=Intake)
        late.cancel()
        beside.join()
    return titles


def test_new_mail_is_heard_of_at_once(mail_server: Dovecot, account: Account) -> None:
    titles = heard(account, 1, lambda: mail_server.put(letter(1), user=account.address))
    assert titles == ["Surat 1"]


def test_without_idle_the_server_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap, "POLL", 0.2)
    server = started(dovecot.new_folder(), idle=False)
    try:
        account = account_of(server, "sari@sahabat.example")
        assert heard(account, 1, lambda: server.put(letter(1))) == ["Surat 1"]
    finally:
        server.stop()


def test_a_server_that_was_restarted_is_heard_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap, "BACKOFF", (0.2,) * 50)
    monkeypatch.setattr(imap, "SLICE", 0.2)
    where = dovecot.new_folder()
    server = started(where)
    second: list[Dovecot] = []

    def restart() -> None:
        server.stop()
        second.append(dovecot.start(where, users=("sari@sahabat.example",), port=server.port))
        second[0].put(letter(1))

    try:
        account = account_of(server, "sari@sahabat.example")
        assert heard(account, 1, restart) == ["Surat 1"]
    finally:
        second[0].stop()


def started(where: Path, *, idle: bool = True) -> Dovecot:
    if not dovecot.is_here():
        pytest.skip("Dovecot (package dovecot-imapd) is not installed")
    return dovecot.start(where, users=("sari@sahabat.example",), idle=idle)


@pytest.fixture(autouse=True)
def quick_slices(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(imap, "SLICE", 0.3)
    yield
