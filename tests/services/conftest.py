"""A PostgreSQL database of its own for a test."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from tests.kit.jobs.servers import POSTGRES, need


@pytest.fixture
def url() -> Iterator[str]:
    """A database of its own, dropped afterwards."""
    server, name = need(POSTGRES), f"relasi_backup_{uuid.uuid4().hex[:8]}"
    parts = urlsplit(server)
    with psycopg.connect(urlunsplit(parts._replace(path="/postgres")), autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
        yield urlunsplit(parts._replace(path=f"/{name}"))
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
