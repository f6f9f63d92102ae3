"""Accounts that send SMS to a server on loopback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import HttpResponse
from django.test import Client

from relasi.channels.hooks import hook_path, new_hook
from relasi.channels.interface import News, Outcome, Outgoing
from relasi.channels.models import Account, Intake
from tests.channels.peer import Answer, Peer, peer

HELLO = Outgoing(key="m-1", to="0812 1111 2222", text='Halo & selamat "pagi"')


@pytest.fixture
def gateway() -> Iterator[Peer]:
    with peer(lambda asked: Answer(404)) as standing:
        yield standing


@pytest.fixture
def account_of(db: None, settings: Any) -> Callable[..., Account]:
    settings.RELASI_PUBLIC_URL = "https://crm.sahabat.example"

    def made(provider: str, secrets: dict[str, str], **given: str) -> Account:
        account = Account.create(
            by=None, name="SMS", channel="sms", provider=provider, settings=given, secrets=secrets
        )
        new_hook(account)
        return account

    return made


def sent(account: Account, message: Outgoing = HELLO) -> Outcome:
    assert account.carrier.send
    [outcome] = account.carrier.send(account, [message])
    assert not outcome.words or outcome.words % outcome.values
    return outcome


def call(account: Account, fields: dict[str, str], method: str = "post", **headers: str) -> HttpResponse:
    if method == "get":
        return Client().get(hook_path(account), fields, headers=headers)
    kind = "application/x-www-form-urlencoded"
    return Client().post(hook_path(account), urlencode(fields), content_type=kind, headers=headers)


def read(account: Account) -> list[News]:
    """What the last call says."""
    assert account.carrier.read
    return list(account.carrier.read(account, Intake.objects.filter(account=account).latest("id")))
