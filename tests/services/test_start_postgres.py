"""`relasi run` on PostgreSQL, from an empty database."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from relasi.site.environment import database
from tests.site.installation import Installation, answers, free_port, wait_until

pytestmark = pytest.mark.services


def test_the_first_start_on_postgresql_serves_and_ends_cleanly(url: str, tmp_path: Path):
    folder, port = tmp_path / "data", free_port()
    folder.mkdir()
    process = Installation(folder, url).start("--empty", port=port, said=tmp_path / "said")
    wait_until(lambda: answers(port))
    assert answers(port, "/accounts/login/")
    process.terminate()
    assert process.wait(60) == 0
    assert "Sign in as" in (tmp_path / "said").read_text()


def test_no_statement_of_ours_waits_for_the_compiler_of_postgresql(url: str):
    with psycopg.connect(**connection_of(url)) as connection:
        assert connection.execute("SHOW jit").fetchone() == ("off",)


def connection_of(url: str) -> dict[str, str]:
    wanted = database(url)
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    return {name: wanted[key] for name, key in names.items()} | {"options": wanted["OPTIONS"]["options"]}
