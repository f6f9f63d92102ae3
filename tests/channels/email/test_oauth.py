"""Signing in elsewhere: the whole way through the browser, renewal, and what happens when consent ends."""

from __future__ import annotations

import asyncio
import base64
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from django.test import Client
from django.urls import reverse

from relasi.channels.email import imap, oauth, pool
from relasi.channels.email.provider import send
from relasi.channels.models import Account
from tests.channels.email import dovecot, identity
from tests.channels.email.accounts import mailbox, message
from tests.channels.email.identity import Identity
from tests.world import World

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]


@pytest.fixture
def authority(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Identity]:
    with identity.running() as server:
        ours = replace(
            oauth.AUTHORITIES["google"], authorize=f"{server.address}/auth", token=f"{server.address}/token"
        )
        monkeypatch.setitem(oauth.AUTHORITIES, "google", ours)
        settings.RELASI_MAIL_SIGN_IN = {"google": (server.client, server.secret)}
        yield server


@pytest.fixture
def account(authority: Identity) -> Account:
    return mailbox(sign_in="google", imap_host="127.0.0.1", smtp_host="127.0.0.1")


def signed_in(browser: Client, account: Account) -> Any:
    """The person presses the button, agrees there, and is sent back."""
    begun = browser.post(reverse("mailbox_sign_in", args=[account.pk]))
    assert begun.status_code == 302
    back = httpx.get(begun["Location"]).headers["Location"]
    return browser.get(back)


def fresh(account: Account) -> Account:
    return Account.objects.get(pk=account.pk)


def test_an_administrator_signs_a_shared_mailbox_in(world: World, sign_in: SignIn, account: Account) -> None:
    answer = signed_in(sign_in(world.ada), account)
    assert answer.status_code == 302
    assert oauth.access_token(fresh(account))
    assert oauth.has_signed_in(fresh(account))


def test_a_seller_cannot_sign_a_shared_mailbox_in(world: World, sign_in: SignIn, account: Account) -> None:
    answer = sign_in(world.bob).post(reverse("mailbox_sign_in", args=[account.pk]))
    assert answer.status_code in (403, 404)


def test_a_state_that_was_not_given_out_is_refused(world: World, sign_in: SignIn, account: Account) -> None:
    browser = sign_in(world.ada)
    browser.post(reverse("mailbox_sign_in", args=[account.pk]))
    assert browser.get(reverse("mailbox_signed_in"), {"code": "x", "state": "forged"}).status_code == 403
    assert not oauth.has_signed_in(fresh(account))


def test_a_way_back_is_gone_only_once(world: World, sign_in: SignIn, account: Account) -> None:
    browser = sign_in(world.ada)
    begun = browser.post(reverse("mailbox_sign_in", args=[account.pk]))
    back = httpx.get(begun["Location"]).headers["Location"]
    assert [browser.get(back).status_code, browser.get(back).status_code] == [302, 403]


def test_a_refusal_there_changes_nothing(world: World, sign_in: SignIn, account: Account) -> None:
    browser = sign_in(world.ada)
    browser.post(reverse("mailbox_sign_in", args=[account.pk]))
    state = browser.session["mailbox_sign_in"]["state"]
    browser.get(reverse("mailbox_signed_in"), {"error": "access_denied", "state": state})
    assert not oauth.has_signed_in(fresh(account))


def tokens(account: Account, authority: Identity, *, expires_at: int) -> None:
    authority.refreshing.add("lasting")
    account.secrets = {
        "password": "kept",
        "tokens": {"access_token": "old", "refresh_token": "lasting", "expires_at": expires_at},
    }
    Account.objects.filter(pk=account.pk).update(secrets=account.secrets)


def test_a_token_that_ended_is_renewed_and_kept(authority: Identity, account: Account) -> None:
    tokens(account, authority, expires_at=0)
    token = oauth.access_token(account)
    assert token in authority.valid
    assert fresh(account).secrets["tokens"]["access_token"] == token
    assert (fresh(account).secrets["tokens"]["refresh_token"], fresh(account).secrets["password"]) == (
        "lasting",
        "kept",
    )


def test_a_token_that_holds_asks_nobody(authority: Identity, account: Account) -> None:
    tokens(account, authority, expires_at=99_999_999_999)
    assert (oauth.access_token(account), authority.asked) == ("old", [])


def test_consent_taken_back_is_told_in_words(authority: Identity, account: Account) -> None:
    tokens(account, authority, expires_at=0)
    authority.is_revoked = True
    with pytest.raises(oauth.SignInError, match="ended or was taken back") as caught:
        oauth.access_token(account)
    assert caught.value.is_final and "Sign in" in caught.value.todo


def test_an_authority_that_is_down_is_only_for_now(authority: Identity, account: Account) -> None:
    tokens(account, authority, expires_at=0)
    authority.is_down = True
    with pytest.raises(oauth.SignInError) as caught:
        oauth.access_token(account)
    assert not caught.value.is_final


def test_mails_wait_while_consent_is_missing(authority: Identity, account: Account) -> None:
    tokens(account, authority, expires_at=0)
    authority.is_revoked = True
    (outcome,) = send(account, [message(1)])
    assert (outcome.state, "taken back" in outcome.words) == ("later", True)


def test_the_token_signs_in_for_sending(authority: Identity, account: Account) -> None:
    tokens(account, authority, expires_at=0)
    heard: list[str] = []
    port, stop = _smtp_with_tokens(heard)
    account.settings |= {"smtp_port": port}
    (outcome,) = send(account, [message(1)])
    pool.close_all()
    stop()
    said = base64.b64decode(heard[0].split()[2]).decode()
    assert outcome.state == "accepted"
    assert said == (
        f"user=sari@sahabat.example\x01auth=Bearer {fresh(account).secrets['tokens']['access_token']}\x01\x01"
    )


def test_the_token_signs_in_for_receiving(authority: Identity, account: Account) -> None:
    if not dovecot.is_here():
        pytest.skip("Dovecot (package dovecot-imapd) is not installed")
    where = dovecot.new_folder()
    (where / "oauth.conf").write_text(
        f"tokeninfo_url = {authority.address}/introspect?token=\nusername_attribute = email\n"
    )
    more = f"passdb {{\n  driver = oauth2\n  mechanisms = xoauth2\n  args = {where}/oauth.conf\n}}"
    server = dovecot.start(where, users=("sari@sahabat.example",), more=more, mechanisms="xoauth2")
    try:
        server.put(b"Subject: a\r\n\r\nb\r\n")
        tokens(account, authority, expires_at=0)
        account.settings |= {"imap_port": server.port}
        assert imap.fetch(account) == 1
    finally:
        server.stop()


def _smtp_with_tokens(heard: list[str]) -> tuple[int, Callable[[], None]]:
    """A server that signs in by XOAUTH2 only, and writes down what it was told."""
    loop = asyncio.new_event_loop()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 x\r\n")
        while line := (await reader.readline()).decode().rstrip("\r\n"):
            if line.startswith("EHLO"):
                writer.write(b"250-x\r\n250 AUTH XOAUTH2\r\n")
            elif line.startswith("AUTH"):
                heard.append(line)
                writer.write(b"235 welcome\r\n")
            elif line == "DATA":
                writer.write(b"354 go\r\n")
                while await reader.readline() != b".\r\n":
                    pass
                writer.write(b"250 ok\r\n")
            else:
                writer.write(b"250 ok\r\n")
        writer.close()

    server = loop.run_until_complete(asyncio.start_server(serve, "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def stop() -> None:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()

    return server.sockets[0].getsockname()[1], stop
