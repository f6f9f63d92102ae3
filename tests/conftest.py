"""What every test may ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import translation

from relasi.kit.access.models import User
from tests.world import World, make_world


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture(scope="module")
def standing_world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """The world made once for a module whose tests, each in a savepoint, change none of its objects; thrown
    away as a whole.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


@pytest.fixture
def sign_in(client: Client) -> Callable[[User], Client]:
    """A browser in which the user has signed in."""

    def signed_in(user: User) -> Client:
        browser = Client()
        browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return browser

    return signed_in


@pytest.fixture(autouse=True)
def english() -> object:
    """Tests read English, whatever the default of the installation."""
    with translation.override("en"):
        yield
