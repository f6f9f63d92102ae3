"""From the embedded database to PostgreSQL and back, on a real server."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.site.installation import Installation, busy_writer, contents, make_company

pytestmark = pytest.mark.services


def with_key_of(company: Installation, folder: Path, url: str = "") -> Installation:
    folder.mkdir()
    shutil.copy(company.folder / "secret.key", folder)
    return Installation(folder, url)


def rows(archive: Path) -> dict[str, list[object]]:
    found = contents(archive)
    found.pop("manifest")
    return found


def test_from_sqlite_to_postgresql_and_back_nothing_differs(url: str, tmp_path: Path):
    company = make_company(tmp_path / "company")
    first, second, third = (tmp_path / f"{name}.backup" for name in ("first", "second", "third"))
    assert company.relasi("backup", str(first)).returncode == 0
    larger = with_key_of(company, tmp_path / "larger", url)
    there = larger.relasi("restore", str(first))
    assert there.returncode == 0, there.stderr
    assert "audit trail are those of the backup" in there.stderr
    assert larger.relasi("backup", str(second)).returncode == 0
    back = with_key_of(company, tmp_path / "back").relasi("restore", str(second))
    assert back.returncode == 0, back.stderr
    assert Installation(tmp_path / "back").relasi("backup", str(third)).returncode == 0
    assert rows(first) == rows(second) == rows(third)


def test_after_a_restore_into_postgresql_new_customers_get_new_numbers(url: str, tmp_path: Path):
    company = make_company(tmp_path / "company")
    assert company.relasi("backup", str(tmp_path / "one.backup")).returncode == 0
    larger = with_key_of(company, tmp_path / "larger")
    done = larger.relasi("restore", str(tmp_path / "one.backup"), "--into", url)
    assert done.returncode == 0, done.stderr
    writer = busy_writer(Installation(larger.folder, url))
    assert writer.poll() is None
    writer.terminate()
    writer.wait()


def test_a_backup_of_postgresql_taken_while_somebody_writes_is_of_one_moment(url: str, tmp_path: Path):
    company = make_company(tmp_path / "company", url)
    writer = busy_writer(company)
    try:
        done = company.relasi("backup", str(tmp_path / "busy.backup"))
        assert writer.poll() is None, "the writer was disturbed"
    finally:
        writer.terminate()
        writer.wait()
    assert done.returncode == 0, done.stderr
    restored = with_key_of(company, tmp_path / "other").relasi("restore", str(tmp_path / "busy.backup"))
    assert restored.returncode == 0, restored.stderr
    found = contents(tmp_path / "busy.backup")
    names = [row for row in found["parties_party"] if any(str(cell).startswith("Penulis ") for cell in row)]
    told = [row for row in found["events_event"] if any(str(cell).startswith("Penulis ") for cell in row)]
    assert len(names) == len(told) > 0
