"""Doors for what is said in tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from relasi.channels.models import Account
from tests.conversations.post import OFFICE, PostOffice, door
from tests.world import World


@pytest.fixture
def world(standing_world: World, db: None) -> World:
    """Made once for a module; tests fetch anew what they change."""
    return standing_world


@pytest.fixture
def post() -> Iterator[PostOffice]:
    OFFICE.taken.clear()
    OFFICE.fate.clear()
    OFFICE.before = None
    yield OFFICE
    OFFICE.before = None


@pytest.fixture
def mailbox(world: World, post: PostOffice) -> Account:
    return door("email")


@pytest.fixture
def whatsapp(world: World, post: PostOffice) -> Account:
    return door("whatsapp")
