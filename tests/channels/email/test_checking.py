"""How a mailbox says what is wrong with it and what to do."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from relasi.channels.email import checking, dkim, domains
from relasi.channels.email.checking import check
from relasi.channels.interface import Finding
from relasi.channels.models import Account
from tests.channels.email import names, sink
from tests.channels.email.accounts import mailbox
from tests.channels.email.dovecot import PASSWORD, Dovecot

pytestmark = pytest.mark.django_db
DOMAIN = "sahabat.example"


@pytest.fixture
def key() -> dkim.NewKey:
    return dkim.new_key()


@pytest.fixture
def zone(key: dkim.NewKey) -> names.Zone:
    return {
        (DOMAIN, "TXT"): names.txt("other=1", "v=spf1 ip4:127.0.0.0/8 -all"),
        (f"_dmarc.{DOMAIN}", "TXT"): names.txt("v=DMARC1; p=quarantine"),
        (f"r1._domainkey.{DOMAIN}", "TXT"): names.txt(key.record),
        (DOMAIN, "MX"): ["10 mx.sahabat.example."],
    }


@pytest.fixture
def name_server(zone: names.Zone) -> Iterator[str]:
    with names.running(zone) as address:
        yield address


@pytest.fixture(scope="module")
def relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sink.Sink]:
    with sink.running(tmp_path_factory.mktemp("relay") / "accepted") as server:
        yield server


def account_of(relay: sink.Sink, name_server: str, key: dkim.NewKey, **more: Any) -> Account:
    where = {"smtp_host": "127.0.0.1", "smtp_port": relay.port, "dns": name_server, "dkim_selector": "r1"}
    return mailbox(secrets={"dkim_key": key.private, "password": PASSWORD}, **where | more)


@pytest.fixture
def account(relay: sink.Sink, name_server: str, key: dkim.NewKey) -> Account:
    return account_of(relay, name_server, key)


def finding(account: Account, what: str) -> Finding:
    return next(one for one in check(account).findings if one.what == what)


DNS = [checking.SPF, checking.DKIM, checking.DMARC, checking.MX]


def test_a_domain_in_order_is_good_throughout(account: Account) -> None:
    assert [finding(account, what).state for what in DNS] == ["good"] * 4


@pytest.mark.parametrize(
    ("what", "at", "value", "state", "words"),
    [
        (checking.SPF, (DOMAIN, "TXT"), ["other=1"], "warning", "does not say which servers"),
        (checking.SPF, (DOMAIN, "TXT"), ["v=spf1 -all", "v=spf1 +all"], "broken", "more than one"),
        (checking.SPF, (DOMAIN, "TXT"), ["v=spf1 ip4:192.0.2.1 -all"], "warning", "does not name"),
        (checking.SPF, (DOMAIN, "TXT"), ["v=spf1 +all"], "warning", "lets every server"),
        (checking.DKIM, (f"r1._domainkey.{DOMAIN}", "TXT"), [], "broken", "no key"),
        (checking.DKIM, (f"r1._domainkey.{DOMAIN}", "TXT"), ["v=DKIM1; p=AAAA"], "broken", "another key"),
        (checking.DMARC, (f"_dmarc.{DOMAIN}", "TXT"), [], "warning", "forged mails"),
        (checking.DMARC, (f"_dmarc.{DOMAIN}", "TXT"), ["v=DMARC1; p=none"], "good", "p=none"),
        (checking.MX, (DOMAIN, "MX"), [], "warning", "no server that takes mail"),
    ],
)
def test_what_is_wrong_in_the_dns_is_told(
    zone: names.Zone,
    account: Account,
    what: str,
    at: tuple[str, str],
    value: list[str],
    state: str,
    words: str,
) -> None:
    zone[at] = names.txt(*value)
    found = finding(account, what)
    assert (found.state, words in found.words) == (state, True)
    assert found.todo or state == "good"
    assert found.words % found.values and found.todo % found.values is not None


@pytest.mark.parametrize(
    "record",
    [
        "a",
        "mx",
        "include:spf.relay.example",
        "redirect=spf.relay.example",
        "a:host.example/8",
        "mx:sahabat.example",
    ],
)
def test_every_way_of_naming_a_relay_is_understood(zone: names.Zone, name_server: str, record: str) -> None:
    zone |= {
        (DOMAIN, "TXT"): names.txt(f"v=spf1 {record} -all"),
        (DOMAIN, "A"): ["127.0.0.1"],
        ("mx.sahabat.example", "A"): ["127.0.0.1"],
        ("host.example", "A"): ["127.9.9.9"],
        ("spf.relay.example", "TXT"): names.txt("v=spf1 ip4:127.0.0.1 -all"),
    }
    assert domains.spf(domains.Names([name_server]), DOMAIN, relay="127.0.0.1").passes


def test_records_that_include_each_other_end(zone: names.Zone, name_server: str) -> None:
    zone[(DOMAIN, "TXT")] = names.txt(f"v=spf1 include:{DOMAIN} include:{DOMAIN} -all")
    assert not domains.spf(domains.Names([name_server]), DOMAIN, relay="127.0.0.1").passes


def test_a_subdomain_is_held_by_the_record_of_its_parent(name_server: str) -> None:
    found = domains.dmarc(domains.Names([name_server]), f"mail.{DOMAIN}")
    assert found and found["p"] == "quarantine"


def test_a_name_server_that_is_away_makes_nothing_broken(
    relay: sink.Sink, key: dkim.NewKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(domains, "LIFETIME", 0.2)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        account = account_of(relay, f"127.0.0.1:{silent.getsockname()[1]}", key)
        assert [finding(account, what).state for what in DNS] == ["unknown"] * 4


def test_both_servers_are_signed_in_at(
    mail_server: Dovecot, user: str, relay: sink.Sink, name_server: str, key: dkim.NewKey
) -> None:
    account = account_of(
        relay, name_server, key, imap_host="127.0.0.1", imap_port=mail_server.port, imap_user=user
    )
    wanted = [checking.RECEIVING, checking.FOLDERS, checking.IDLING, checking.SENDING]
    assert [finding(account, what).state for what in wanted] == ["good"] * 4


def test_a_folder_that_is_missing_is_named_with_those_there_are(
    mail_server: Dovecot, user: str, relay: sink.Sink, name_server: str, key: dkim.NewKey
) -> None:
    account = account_of(
        relay,
        name_server,
        key,
        imap_host="127.0.0.1",
        imap_port=mail_server.port,
        imap_user=user,
        folders=["Prospek"],
    )
    found = finding(account, checking.FOLDERS)
    assert found.state == "broken"
    assert (found.values["names"], "INBOX" in str(found.values["there"])) == ("Prospek", True)


def test_a_server_that_is_away_is_broken_and_says_what_to_do(account: Account, tmp_path: Path) -> None:
    account.settings |= {"smtp_port": 1}
    found = finding(account, checking.SENDING)
    assert (found.state, "cannot be reached" in found.words, bool(found.todo)) == ("broken", True, True)


def test_an_open_connection_is_warned_of(account: Account) -> None:
    assert finding(account, checking.ENCRYPTION).state == "warning"


def test_a_silent_mailbox_is_warned_of(mail_server: Dovecot, account: Account) -> None:
    account.settings |= {"imap_host": "127.0.0.1", "imap_port": mail_server.port}
    account.received_at = timezone.now() - timedelta(days=9)
    found = finding(account, checking.LAST)
    assert (found.state, found.values["days"]) == ("warning", 9)
