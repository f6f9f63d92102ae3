"""Where the benchmark's demo companies are kept, so that they are loaded once."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parents[2]
SIZE = os.environ.get("RELASI_BENCH_SIZE", "large")
DEFAULT = "postgresql://postgres@127.0.0.1:5432/relasi_bench" + ("" if SIZE == "large" else f"_{SIZE}")


@dataclass(frozen=True)
class Place:
    """A data folder below build/bench and, on PostgreSQL, a database."""

    engine: str
    folder: Path
    url: str = ""

    def environment(self) -> dict[str, str]:
        left_out = ("PYTEST", "RELASI_D", "RELASI_S")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
        url = {"RELASI_DATABASE_URL": self.url} if self.url else {}
        return {
            **kept, **url, "RELASI_DATA_DIR": str(self.folder), "RELASI_LOG_LEVEL": "ERROR",
            "DJANGO_SETTINGS_MODULE": "relasi.site.settings",
        }  # fmt: skip

    def prepare(self) -> None:
        """Load the demo company unless it is there; bring what is there to this version."""
        marker = self.folder / "loaded"
        self.folder.mkdir(parents=True, exist_ok=True)
        if marker.exists():
            self._relasi("migrate")
            return
        if self.url:
            _create_database(self.url)
        self._relasi("demo", "--size", SIZE)
        marker.touch()

    def measure(self, into: Path) -> None:
        self._python("-m", "tests.bench.measure", str(into))

    def _relasi(self, *words: str) -> None:
        self._python("-m", "relasi.site.cli", *words)

    def _python(self, *words: str) -> None:
        subprocess.run([sys.executable, *words], cwd=ROOT, env=self.environment(), check=True)


def places() -> list[Place]:
    kept = ROOT / "build" / "bench"
    url = os.environ.get("RELASI_DATABASE_URL") or DEFAULT
    both = [Place("sqlite", kept / SIZE), Place("postgresql", kept / f"{SIZE}-postgresql", url)]
    wanted = os.environ.get("RELASI_BENCH_ENGINES", "sqlite,postgresql").split(",")
    return [place for place in both if place.engine in wanted]


def _create_database(url: str) -> None:
    import psycopg

    parts = urlsplit(url)
    name = parts.path.lstrip("/")
    with psycopg.connect(urlunsplit(parts._replace(path="/postgres")), autocommit=True) as admin:
        if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            admin.execute(f'CREATE DATABASE "{name}"')
