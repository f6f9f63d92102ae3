"""A mail server for the module."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.channels.email import dovecot

USERS = tuple(f"user{number}@sahabat.example" for number in range(40))


@pytest.fixture(scope="session")
def mail_server() -> Iterator[dovecot.Dovecot]:
    """Absent at a developer's it may be; at the gate it must not."""
    if not dovecot.is_here():
        if os.environ.get("CI") == "true":
            pytest.fail("Dovecot (package dovecot-imapd) is not installed")
        pytest.skip("Dovecot (package dovecot-imapd) is not installed")
    server = dovecot.start(dovecot.new_folder(), users=USERS)
    yield server
    server.stop()


@pytest.fixture
def user(mail_server: dovecot.Dovecot) -> str:
    """An address with an empty mailbox."""
    taken = getattr(mail_server, "taken", 0)
    mail_server.taken = taken + 1  # type: ignore[attr-defined]
    return USERS[taken]
