"""A chat on the site of a shop, and somebody who visits it."""

from __future__ import annotations

import pytest

from relasi.channels.models import Account
from tests.conversations.chat.visitor import Visitor, chat
from tests.world import World


@pytest.fixture
def account(world: World) -> Account:
    return chat()


@pytest.fixture
def visitor(account: Account) -> Visitor:
    return Visitor(account)
