"""A whole installation of its own, driven through its command line."""

from __future__ import annotations

import gzip
import json
import os
import socket
import subprocess
import sys
import tarfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 180.0  # seconds; the machine may be busy


@dataclass
class Installation:
    """`url` empty: the SQLite database in the data folder."""

    folder: Path
    url: str = ""

    def relasi(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "relasi.site.cli", *arguments],
            cwd=ROOT, env=self.environment(**environment), capture_output=True, text=True, timeout=PATIENCE,
            check=False,
        )  # fmt: skip

    def python(self, code: str) -> subprocess.Popen[str]:
        """A script inside this installation, started and left running."""
        code = f"import django; django.setup()\n{code}"
        env = self.environment(DJANGO_SETTINGS_MODULE="relasi.site.settings")
        return subprocess.Popen(
            [sys.executable, "-c", code], cwd=ROOT, env=env, text=True, stdout=subprocess.PIPE
        )

    def start(self, *arguments: str, port: int, said: Path) -> subprocess.Popen[bytes]:
        with said.open("wb") as output:
            return subprocess.Popen(
                [sys.executable, "-m", "relasi.site.cli", "run", "--port", str(port), *arguments],
                cwd=ROOT, env=self.environment(), stdout=output, stderr=subprocess.STDOUT,
            )  # fmt: skip

    def environment(self, **more: str) -> dict[str, str]:
        left_out = ("PYTEST", "RELASI_", "PORT", "HOST")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
        url = {"RELASI_DATABASE_URL": self.url} if self.url else {}
        return {**kept, "RELASI_DATA_DIR": str(self.folder), **url, **more}


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def answers(port: int, path: str = "/healthz") -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as reply:
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def wait_until(holds: Callable[[], bool], patience: float = PATIENCE) -> None:
    until = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < until, "it did not come to pass in time"
        time.sleep(0.2)


def children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(number) for number in listed.read_text().split()] if listed.exists() else []


def contents(archive: Path) -> dict[str, list[Any]]:
    """The rows of every table of a backup, read without the product's own code."""
    tables: dict[str, list[Any]] = {}
    with gzip.open(archive) as packed, tarfile.open(fileobj=packed, mode="r|") as tar:
        for member in tar:
            file = tar.extractfile(member)
            if file and member.name.startswith("tables/"):
                rows = [json.loads(line) for line in file.read().splitlines()]
                tables.setdefault(member.name.split("/")[1], []).extend(rows)
            elif file and member.name == "manifest.json":
                tables["manifest"] = [json.loads(file.read())]
    return tables


def make_company(folder: Path, url: str = "") -> Installation:
    """The small demo company with a file on a record."""
    folder.mkdir(parents=True, exist_ok=True)
    made = Installation(folder, url)
    done = made.relasi("demo")
    assert done.returncode == 0, done.stderr
    process = made.python(ATTACH)
    assert process.wait(PATIENCE) == 0
    return made


ATTACH = """
from django.core.files.uploadedfile import SimpleUploadedFile
from relasi.kit.access.models import User
from relasi.kit.resources.attaching import attach
from relasi.parties.models import Party
owner = User.objects.get(is_owner=True)
person = Party.objects.order_by("id").first()
file = SimpleUploadedFile("polis.pdf", b"%PDF-1.7 polis" * 999, content_type="application/pdf")
attach(person, file, by=owner)
person.change(by=owner, nik="3174051708800003")
"""
WRITER = """
import sys
from relasi.kit.access.models import User
from relasi.parties.models import Person
owner = User.objects.get(is_owner=True)
for number in range(100_000):
    Person.create(by=owner, name=f"Penulis {number}", phone=f"+62811{number:08}")
    print(number, flush=True)
"""


def busy_writer(installation: Installation) -> subprocess.Popen[str]:
    """Somebody who makes customers as fast as they can be written, until ended."""
    writer = installation.python(WRITER)
    assert writer.stdout is not None
    writer.stdout.readline()
    return writer
