"""Where the tests find PostgreSQL, RabbitMQ and Redis, and what happens where there is none."""

from __future__ import annotations

import os
import socket
from urllib.parse import urlsplit

import pytest

POSTGRES = os.environ.get("RELASI_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432")
RABBITMQ = os.environ.get("RELASI_TEST_RABBITMQ", "amqp://guest:guest@127.0.0.1:5672")
REDIS = os.environ.get("RELASI_TEST_REDIS", "redis://127.0.0.1:6379/14")


def need(url: str) -> str:
    """The address, when somebody answers there. Otherwise the test is skipped, or fails where CI is set."""
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname or "", parts.port or 0), timeout=3).close()
    except OSError as error:
        message = f"nothing answers at {parts.scheme}://{parts.hostname}:{parts.port}: {error}"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return url
