"""A house of its own for a test that kills: one real database, and real worker processes on it."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg

ROOT = Path(__file__).resolve().parents[3]
BEGIN = "import django; django.setup()\nfrom tests.kit.jobs.sample_jobs import *\n"


class House:
    """Runs Python and workers as separate processes that share one database."""

    def __init__(self, *, url: str, folder: Path, **environment: str) -> None:
        self.url, self.folder = url, folder
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.kit.jobs.only_jobs_settings",
            "RELASI_DATABASE_URL": url,
            "RELASI_DATA_DIR": str(folder / "data"),
            **environment,
        }
        self._workers: list[subprocess.Popen[bytes]] = []

    def run(self, code: str) -> str:
        """What the code printed; it begins with Django set up and the sample jobs imported."""
        done = subprocess.run(
            [sys.executable, "-c", BEGIN + code],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def migrate(self) -> None:
        self.run("from django.core.management import call_command; call_command('migrate', verbosity=0)")

    def start_worker(self, *, threads: int = 1, knowing: str = "") -> subprocess.Popen[bytes]:
        """A worker process as `relasi worker` is one, in a process group of its own."""
        code = f"{BEGIN}{knowing}\nfrom relasi.kit.jobs.worker import work; work(threads={threads})"
        with (self.folder / "worker.log").open("ab") as log:
            worker = subprocess.Popen(
                [sys.executable, "-c", code],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._workers.append(worker)
        return worker

    def read(self, query: str) -> list[tuple[Any, ...]]:
        """Rows straight from the database."""
        if self.url.startswith("sqlite"):
            connection = sqlite3.connect(self.url.removeprefix("sqlite:///"), timeout=30)
            try:
                return connection.execute(query).fetchall()
            finally:
                connection.close()
        with psycopg.connect(self.url) as connection:
            return connection.execute(query).fetchall()

    def empty(self) -> None:
        """Forget every job and slot of a PostgreSQL house."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("truncate jobs_job, jobs_jobrun, jobs_slot")

    def states(self) -> list[str]:
        return [state for (state,) in self.read("select state from jobs_job order by id")]

    def outcomes(self) -> list[str]:
        return [outcome for (outcome,) in self.read("select outcome from jobs_jobrun order by id")]

    def log(self) -> str:
        return (self.folder / "worker.log").read_text()

    def close(self) -> None:
        for worker in self._workers:
            kill_group(worker)


def kill_group(worker: subprocess.Popen[bytes]) -> None:
    """kill -9 for the worker and every process it forked."""
    with suppress(ProcessLookupError):
        os.killpg(worker.pid, signal.SIGKILL)
    worker.wait(10)


def wait_until(fact: Callable[[], object], *, seconds: float = 40) -> None:
    """Fails when the fact does not come true in time."""
    until = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.05)


def lines_of(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


@contextmanager
def sqlite_house(folder: Path, **environment: str) -> Iterator[House]:
    house = House(url=f"sqlite:///{folder / 'house.sqlite3'}", folder=folder, **environment)
    try:
        house.migrate()
        yield house
    finally:
        house.close()


@contextmanager
def postgres_house(folder: Path, *, server: str, **environment: str) -> Iterator[House]:
    """A database of its own on that server, dropped at the end."""
    name = f"relasi_jobs_{os.getpid()}_{time.monotonic_ns()}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
        admin.execute(f"create database {name}")
    house = House(url=f"{server}/{name}", folder=folder, **environment)
    try:
        house.migrate()
        yield house
    finally:
        house.close()
        with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
            admin.execute(f"drop database {name} with (force)")
