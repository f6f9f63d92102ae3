"""Writing the archive: a stream that is never held in memory nor on disk twice."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import sys
import tarfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import IO, Any

import orjson
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from relasi.site.backup.keys import key_check, sealed
from relasi.site.backup.reading import Snapshot, snapshot
from relasi.site.backup.tables import Table, tables
from relasi.site.failures import CommandFailed

FORMAT = 1
SMALL_STEPS = 3  # of gzip: half as large again as 9, five times as fast
Told = Callable[[str], None]


def write_backup(path: str, *, passphrase: str = "", say: Told = lambda text: None) -> dict[str, Any]:
    """Write an archive of database and files to `path` ("-": standard output); returns its manifest.

    With `passphrase` the secret key is in it, sealed. The file appears under its name only when it is whole.
    """
    refuse_unmigrated()
    with (
        _target(path) as target,
        gzip.GzipFile(fileobj=target, mode="wb", compresslevel=SMALL_STEPS) as packed,
        tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as tar,
    ):
        return _Archive(tar, say).write(passphrase)


@contextmanager
def _target(path: str) -> Iterator[IO[bytes]]:
    if path == "-":
        yield sys.stdout.buffer
        return
    wanted, partial = Path(path), Path(f"{path}.part")
    if wanted.exists():
        raise CommandFailed(f"{wanted} is already there. Choose another name.")
    if not wanted.parent.is_dir():
        raise CommandFailed(f"There is no folder {wanted.parent}.")
    try:
        with os.fdopen(os.open(partial, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        partial.rename(wanted)
    finally:
        partial.unlink(missing_ok=True)


class _Archive:
    def __init__(self, tar: tarfile.TarFile, say: Told) -> None:
        self.tar, self.say = tar, say
        self.parts: list[dict[str, Any]] = []
        self.counts: dict[str, int] = {}
        self.missing: list[str] = []

    def write(self, passphrase: str) -> dict[str, Any]:
        with snapshot() as taken:
            stored = tables()
            self._json("header.json", self._header(stored))
            if passphrase:
                self._part("secret.key.sealed", sealed(settings.SECRET_KEY, passphrase))
            for table in stored:
                self._table(table, taken)
            audit = _audit(taken)
        files = self._files()
        manifest = {
            "parts": self.parts, "counts": self.counts, "files": files, "files_gone_meanwhile": self.missing,
            "audit": audit,
        }  # fmt: skip
        self._json("manifest.json", manifest)
        return manifest

    def _header(self, stored: list[Table]) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "relasi": app_version(),
            "engine": connection.vendor,
            "taken_at": timezone.now().isoformat(),
            "key_check": key_check(),
            "migrations": sorted(MigrationRecorder(connection).applied_migrations()),
            "tables": [table.plain() for table in stored],
        }

    def _table(self, table: Table, taken: Snapshot) -> None:
        count = 0
        for number, rows in enumerate(taken.rows(table), start=1):
            body = b"\n".join(map(orjson.dumps, rows)) + b"\n"
            self._part(f"tables/{table.name}/{number:06}.jsonl", body, rows=len(rows))
            count += len(rows)
        self.counts[table.name] = count
        if count > 100_000:
            self.say(f"{table.name}: {count:,} rows")

    def _files(self) -> int:
        count = 0
        for path in stored_files():
            try:
                with default_storage.open(path, "rb") as file:
                    self._file(f"files/{path}", file, default_storage.size(path))
                count += 1
            except FileNotFoundError:
                self.missing.append(path)
        return count

    def _file(self, name: str, file: Any, size: int) -> None:
        reader = _Hashing(file, size)
        self.tar.addfile(_member(name, size), reader)  # type: ignore[arg-type]
        self.parts.append({"path": name, "sha256": reader.digest.hexdigest(), "bytes": size})

    def _part(self, name: str, body: bytes, **more: Any) -> None:
        self.tar.addfile(_member(name, len(body)), io.BytesIO(body))
        self.parts.append(
            {"path": name, "sha256": hashlib.sha256(body).hexdigest(), "bytes": len(body), **more}
        )

    def _json(self, name: str, content: dict[str, Any]) -> None:
        body = orjson.dumps(content, option=orjson.OPT_INDENT_2)
        self.tar.addfile(_member(name, len(body)), io.BytesIO(body))


class _Hashing:
    """A file read as far as `size`, hashed on the way; one that shrank meanwhile is filled with zeros, which
    its hash tells.
    """

    def __init__(self, file: IO[bytes], size: int) -> None:
        self.file, self.left, self.digest = file, size, hashlib.sha256()

    def read(self, size: int) -> bytes:
        wanted = min(size, self.left)
        data = self.file.read(wanted).ljust(wanted, b"\0")
        self.left -= len(data)
        self.digest.update(data)
        return data


def refuse_unmigrated() -> None:
    """What stands in the tables must be what this version knows."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise CommandFailed("The database is of another version. Run `relasi migrate` first.")


def stored_files(folder: str = "") -> Iterator[str]:
    """Paths of everything in the storage, in order."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in sorted(files):
        yield f"{folder}/{name}".lstrip("/")
    for name in sorted(folders):
        yield from stored_files(f"{folder}/{name}".lstrip("/"))


def app_version() -> str:
    try:
        return version("relasi")
    except PackageNotFoundError:
        return "from source"


def _audit(taken: Snapshot) -> dict[str, Any]:
    head = taken.one("SELECT seal_no, sealed_events, hash FROM events_chainhead WHERE id = 1") or (0, 0, "")
    return {"seal_no": head[0], "sealed_events": head[1], "hash": head[2]}


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = size, 0o600, int(time.time())
    return member
