"""Taking an archive in: all of it is checked before anything is written, and all of it is written or nothing.
"""

from __future__ import annotations

import gzip
import hashlib
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

import orjson
from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader

from relasi.kit.access.models import User
from relasi.kit.events.models import Event
from relasi.kit.events.sealing import verify_chain
from relasi.parties.models import Party
from relasi.site.backup import filling
from relasi.site.backup.keys import key_check, opened
from relasi.site.backup.tables import Table
from relasi.site.backup.writing import FORMAT, stored_files
from relasi.site.bulk.indexes import made_last
from relasi.site.failures import CommandFailed

PIECE = 2**20
Told = Callable[[str], None]


@dataclass
class Contents:
    """What an archive says of itself, once every part was found to be as it was written."""

    header: dict[str, Any]
    manifest: dict[str, Any]
    sealed_key: bytes = b""

    @property
    def tables(self) -> list[Table]:
        return [Table.of(plain) for plain in self.header["tables"]]

    @property
    def migrations(self) -> set[tuple[str, str]]:
        return {(app, name) for app, name in self.header["migrations"]}


@dataclass
class Restored:
    """`is_sealed`: the audit chain holds (None: it cannot be checked without the key it was made with)."""

    rows: int
    files: int
    is_sealed: bool | None
    flaws: list[str] = field(default_factory=list)


def restore(
    path: str, *, passphrase: Callable[[], str], without_key: bool = False, say: Told = lambda text: None
) -> Restored:
    """Take the archive at `path` into the empty database and file store of this installation."""
    say("Checking the archive")
    contents = check(path)
    refuse_newer(contents)
    refuse_occupied()
    has_key = _take_key(contents, passphrase, without_key, say)
    _migrate_to(contents)
    refuse_occupied()
    files: list[str] = []
    try:
        with filling.keys_checked_at_the_end(), transaction.atomic():
            rows = _fill(path, contents, files, say)
    except BaseException:
        for name in files:
            default_storage.delete(name)
        raise
    call_command("migrate", verbosity=0, interactive=False)
    flaws = _flaws(contents, has_key, say)
    return Restored(rows, len(files), not flaws if has_key else None, flaws)


def check(path: str) -> Contents:
    """Read all of the archive and compare every part with its hash. Raises CommandFailed."""
    found: dict[str, tuple[str, int]] = {}
    kept: dict[str, bytes] = {}
    with _members(path) as members:
        for member, file in members:
            if member.name in {"header.json", "manifest.json", "secret.key.sealed"}:
                kept[member.name] = file.read(PIECE * 64)
                found[member.name] = (hashlib.sha256(kept[member.name]).hexdigest(), member.size)
            else:
                found[member.name] = _hashed(file)
    if "header.json" not in kept:
        raise CommandFailed(f"{path} is not a backup of Relasi.")
    if "manifest.json" not in kept:
        raise CommandFailed(f"{path} ends too early: it was cut off while being written or copied.")
    contents = Contents(
        orjson.loads(kept["header.json"]),
        orjson.loads(kept["manifest.json"]),
        kept.get("secret.key.sealed", b""),
    )
    for part in contents.manifest["parts"]:
        if found.pop(part["path"], None) != (part["sha256"], part["bytes"]):
            raise CommandFailed(f"{path} is damaged: {part['path']} is not as it was written.")
    if strange := sorted(set(found) - {"header.json", "manifest.json"}):
        raise CommandFailed(f"{path} was changed: {strange[0]} does not belong to it.")
    return contents


def refuse_newer(contents: Contents) -> None:
    if contents.header["format"] > FORMAT:
        raise CommandFailed("This backup was written by a newer Relasi. Install that version and try again.")
    known = set(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)
    if newer := sorted(contents.migrations - known):
        raise CommandFailed(
            f"This backup was written by another version of Relasi ({'.'.join(newer[0])} is not known here). "
            "Install that version and try again."
        )


def refuse_occupied() -> None:
    """A restore never mixes with what is there."""
    here = set(connection.introspection.table_names())
    for model in (User, Party, Event):
        if model._meta.db_table in here and model._default_manager.exists():
            raise CommandFailed(
                "This database is not empty. Restore into a new one "
                "(--into URL, or RELASI_DATABASE_URL and RELASI_DATA_DIR)."
            )
    if any(True for _path in stored_files()):
        raise CommandFailed(f"{settings.MEDIA_ROOT} already holds files. Restore with a new RELASI_DATA_DIR.")


def _take_key(contents: Contents, passphrase: Callable[[], str], without_key: bool, say: Told) -> bool:
    """Whether the key of the backup is in use from here on."""
    wanted = contents.header["key_check"]
    if key_check() == wanted:
        return True
    if contents.sealed_key and not without_key:
        _install_key(opened(contents.sealed_key, passphrase()))
        say("The secret key of the backup is now that of this installation.")
        return True
    if not without_key:
        raise CommandFailed(
            "This installation has another secret key than the one the backup was made with. "
            "Put the right one into "
            "RELASI_SECRET_KEY or secret.key, or restore with --without-key: identity numbers "
            "and second factors will "
            "then be unreadable, and the audit trail cannot be checked."
        )
    return False


def _install_key(secret: str) -> None:
    path = settings.DATA_DIR / "secret.key"
    if not path.exists():
        raise CommandFailed(
            "RELASI_SECRET_KEY is set to another key than the one in the backup. Leave it out to restore."
        )
    partial = path.with_suffix(".new")
    partial.touch(mode=0o600)
    partial.write_text(secret)
    path.rename(path.with_suffix(".before-restore"))
    partial.rename(path)
    settings.SECRET_KEY = secret


def _migrate_to(contents: Contents) -> None:
    """Bring the empty database to the version of the backup."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    all_known = set(loader.disk_migrations)
    if contents.migrations >= all_known:
        call_command("migrate", verbosity=0, interactive=False)
        return
    for app in sorted({app for app, _name in contents.migrations}):
        last = max(name for label, name in contents.migrations if label == app)
        call_command("migrate", app, last, verbosity=0, interactive=False)


def _fill(path: str, contents: Contents, files: list[str], say: Told) -> int:
    stored = {table.name: table for table in contents.tables}
    filling.empty(list(stored))
    counts = dict.fromkeys(stored, 0)
    with made_last(list(stored)), _members(path) as members:
        for member, file in members:
            kind, _slash, rest = member.name.partition("/")
            if kind == "tables":
                name = rest.partition("/")[0]
                counts[name] += filling.fill(stored[name], file.read())
                if counts[name] % 100_000 == 0:
                    say(f"{name}: {counts[name]:,} of {contents.manifest['counts'][name]:,} rows")
            elif kind == "files":
                _keep_file(rest, file, files)
        say("Indexes")
    filling.reset_sequences(contents.tables)
    filling.refuse_broken_keys()
    _refuse_other_counts(contents, counts)
    return sum(counts.values())


def _refuse_other_counts(contents: Contents, counts: dict[str, int]) -> None:
    for name, wanted in contents.manifest["counts"].items():
        if counts[name] != wanted or filling.count(name) != wanted:
            raise CommandFailed(
                f"Only {counts[name]:,} of {wanted:,} rows of {name} arrived; nothing was kept."
            )


def _keep_file(path: str, file: IO[bytes], files: list[str]) -> None:
    if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
        raise CommandFailed(f"The backup holds a file with an unsafe name: {path}")
    kept = default_storage.save(path, File(file, name=Path(path).name))
    files.append(kept)
    if kept != path:
        raise CommandFailed(f"There is already a file {path} in the storage.")


def _flaws(contents: Contents, has_key: bool, say: Told) -> list[str]:
    """What is not as it was: the head of the audit trail, then, with its key, the whole of it."""
    head = contents.manifest["audit"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT seal_no, sealed_events, hash FROM events_chainhead WHERE id = 1")
        here = cursor.fetchone() or (0, 0, "")
    if tuple(here) != (head["seal_no"], head["sealed_events"], head["hash"]):
        return ["The head of the audit trail is not that of the backup."]
    if not has_key:
        return []
    say("Checking the audit trail")
    return [
        f"Audit trail: {flaw.kind} at seal {flaw.seal_no}, event {flaw.event_id}" for flaw in verify_chain()
    ]


def _hashed(file: IO[bytes]) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while piece := file.read(PIECE):
        digest.update(piece)
        size += len(piece)
    return digest.hexdigest(), size


@contextmanager
def _members(path: str) -> Iterator[Iterator[tuple[tarfile.TarInfo, IO[bytes]]]]:
    """The plain files of the archive, one after the other. Damage ends in one sentence."""
    try:
        with gzip.open(path, "rb") as packed, tarfile.open(fileobj=packed, mode="r|") as tar:
            yield _files_of(tar)
    except FileNotFoundError as error:
        raise CommandFailed(f"There is no file {path}.") from error
    except (EOFError, tarfile.TarError, zlib.error, gzip.BadGzipFile) as error:
        raise CommandFailed(f"{path} is no whole backup: {error}") from error


def _files_of(tar: tarfile.TarFile) -> Iterator[tuple[tarfile.TarInfo, IO[bytes]]]:
    for member in tar:
        file = tar.extractfile(member) if member.isreg() else None
        if file is None:
            raise CommandFailed(f"{member.name} does not belong into a backup.")
        yield member, file
