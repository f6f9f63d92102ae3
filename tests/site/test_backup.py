"""Backups of the embedded database."""

from __future__ import annotations

import gzip
import shutil
import tarfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from relasi.site.backup.tables import LEFT_OUT, stored_models, tables
from tests.site.installation import Installation, busy_writer, contents, make_company


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return make_company(tmp_path_factory.mktemp("company"))


@pytest.fixture(scope="module")
def archive(company: Installation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("archive") / "relasi.backup"
    done = company.relasi("backup", str(path))
    assert done.returncode == 0, done.stderr
    return path


@pytest.fixture
def other(tmp_path: Path, company: Installation) -> Iterator[Installation]:
    """An empty installation with the same secret key."""
    folder = tmp_path / "other"
    folder.mkdir()
    shutil.copy(company.folder / "secret.key", folder)
    yield Installation(folder)


def test_every_table_of_the_product_is_in_a_backup_or_left_out_by_name():
    kept = {table.name for table in tables()}
    assert {model._meta.db_table for model in stored_models()} == kept
    assert {"contenttypes", "auth", "sessions", "usersessions"} == LEFT_OUT


def test_what_was_backed_up_is_what_is_restored(archive: Path, other: Installation, tmp_path: Path):
    restored = other.relasi("restore", str(archive))
    assert restored.returncode == 0, restored.stderr
    assert "audit trail are those of the backup" in restored.stderr
    assert other.relasi("backup", str(tmp_path / "again.backup")).returncode == 0
    before, after = contents(archive), contents(tmp_path / "again.backup")
    hashes = [
        {part["path"]: part["sha256"] for part in one.pop("manifest")[0]["parts"]} for one in (before, after)
    ]
    assert before == after
    assert hashes[0] == hashes[1]
    assert any(path.startswith("files/attachments/") for path in hashes[0])


def test_a_backup_taken_while_somebody_writes_is_of_one_moment(company: Installation, tmp_path: Path):
    folder = tmp_path / "busy"
    shutil.copytree(company.folder, folder)
    busy = Installation(folder)
    writer = busy_writer(busy)
    try:
        done = busy.relasi("backup", str(tmp_path / "busy.backup"))
        assert writer.poll() is None, "the writer was disturbed"
    finally:
        writer.terminate()
        writer.wait()
    assert done.returncode == 0, done.stderr
    found = contents(tmp_path / "busy.backup")
    names = [row for row in found["parties_party"] if any(str(cell).startswith("Penulis ") for cell in row)]
    told = [row for row in found["events_event"] if any(str(cell).startswith("Penulis ") for cell in row)]
    points = [
        row for row in found["parties_contactpoint"] if any(str(cell).startswith("+6281100") for cell in row)
    ]
    assert len(names) == len(told) == len(points) > 0


def test_a_damaged_backup_is_refused_and_nothing_is_written(
    archive: Path, other: Installation, tmp_path: Path
):
    damaged = tmp_path / "damaged.backup"
    rewritten(archive, damaged, change="tables/parties_party/000001.jsonl")
    refused = other.relasi("restore", str(damaged))
    assert refused.returncode == 2
    assert "parties_party/000001.jsonl is not as it was written" in refused.stderr
    assert (
        not (other.folder / "relasi.sqlite3").exists()
        or (other.folder / "relasi.sqlite3").stat().st_size == 0
    )


def test_a_backup_that_was_cut_off_is_refused(archive: Path, other: Installation, tmp_path: Path):
    cut = tmp_path / "cut.backup"
    cut.write_bytes(archive.read_bytes()[:-2000])
    refused = other.relasi("restore", str(cut))
    assert refused.returncode == 2
    assert "no whole backup" in refused.stderr


def test_a_database_with_people_in_it_is_never_restored_into(archive: Path, company: Installation):
    refused = company.relasi("restore", str(archive))
    assert refused.returncode == 2
    assert "not empty" in refused.stderr


def test_another_secret_key_is_noticed(archive: Path, tmp_path: Path):
    stranger = Installation(tmp_path / "stranger")
    refused = stranger.relasi("restore", str(archive))
    assert refused.returncode == 2
    assert "another secret key" in refused.stderr


def test_the_key_travels_under_a_passphrase(company: Installation, tmp_path: Path):
    path, secret = tmp_path / "key.backup", "kuda laut merah jambu"
    assert company.relasi("backup", str(path), "--with-key", RELASI_BACKUP_PASSPHRASE=secret).returncode == 0
    key = (company.folder / "secret.key").read_bytes()
    assert key not in gzip.decompress(path.read_bytes())
    elsewhere = Installation(tmp_path / "elsewhere")
    wrong = elsewhere.relasi("restore", str(path), RELASI_BACKUP_PASSPHRASE="kuda laut merah")
    assert "does not open" in wrong.stderr
    right = elsewhere.relasi("restore", str(path), RELASI_BACKUP_PASSPHRASE=secret)
    assert right.returncode == 0, right.stderr
    assert (elsewhere.folder / "secret.key").read_bytes() == key


def test_a_backup_is_readable_by_its_owner_only_and_never_written_over(company: Installation, archive: Path):
    assert archive.stat().st_mode & 0o077 == 0
    again = company.relasi("backup", str(archive))
    assert again.returncode == 2
    assert "already there" in again.stderr


def rewritten(source: Path, target: Path, *, change: str) -> None:
    """The same archive with one sign of one part changed."""
    with (
        gzip.open(source) as packed,
        tarfile.open(fileobj=packed, mode="r|") as old,
        gzip.open(target, "wb", compresslevel=1) as repacked,
        tarfile.open(fileobj=repacked, mode="w|") as new,
    ):
        for member in old:
            file = old.extractfile(member)
            body = file.read() if file else b""
            if member.name == change:
                body = body.replace(b"person", b"persoN", 1)
            new.addfile(member, BytesIO(body))
