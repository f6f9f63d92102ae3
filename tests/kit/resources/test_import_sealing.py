"""What is kept of a file is encrypted at rest, and closed columns are dots to who may not see the field."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client

from relasi.kit.access.models import FieldRule, User
from relasi.kit.resources.importing import engine, mending, sampling, starting
from relasi.kit.resources.importing.models import ImportRow, ImportRun
from relasi.kit.resources.importing.results import result_lines
from relasi.kit.resources.registry import find
from relasi.parties.models import Party
from tests.world import World

SignIn = Callable[[User], Client]
NIK, WRONG = "3174051708800001", "3174051708800000"
TEXT = f"Nama,HP,NIK\nTuti,0812 7777 0001,{NIK}\nAnton,0812 7777 0002,{WRONG}\n"


@pytest.fixture(autouse=True)
def files(settings: object, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    return tmp_path


def receive(by: User, text: str = TEXT) -> ImportRun:
    people = find("people")
    assert people
    return starting.receive(resource=people, name="nasabah.csv", chunks=[text.encode()], by=by)


def taken_in(by: User) -> ImportRun:
    run = receive(by)
    starting.map_columns(run, mapping=run.mapping, options={}, by=by)
    starting.start(run, by=by)
    engine.carry_on(run)
    run.refresh_from_db()
    return run


def close_nik(user: User) -> User:
    """As when an administrator takes the field away from everybody with the role."""
    FieldRule.objects.filter(field="nik").update(level="masked")
    return User._default_manager.get(pk=user.pk)


def stored(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")  # noqa: S608 - names of our own tables
        return str(cursor.fetchall())


def test_neither_file_nor_rows_hold_a_number_in_clear(world: World, files: Path) -> None:
    run = taken_in(world.bob)
    sampling.samples(run)
    assert run.counts == {"created": 1, "failed": 1}
    kept = b"".join(path.read_bytes() for path in files.rglob("*") if path.is_file())
    assert kept and b"0817088" not in kept and b"Anton" not in kept
    tables = "resources_importrow", "resources_importrun", "events_event", "kit_cache", "jobs_job"
    assert not [name for name in tables if WRONG in stored(name) or "0812 7777 0002" in stored(name)]


def test_a_row_is_read_and_mended_as_before(world: World) -> None:
    row = ImportRow.objects.get(run=taken_in(world.bob), outcome="failed")
    assert row.cells["NIK"] == WRONG and row.problems == [["NIK", "A NIK never ends in 0000."]]
    assert mending.mend_row(row, {"NIK": NIK.replace("0001", "0002")}, by=world.bob).outcome == "created"


def test_rows_without_a_problem_are_still_asked_for(world: World) -> None:
    run = taken_in(world.bob)
    assert [row.number for row in run.rows.exclude(problems=[])] == [2]


def test_a_closed_column_is_dots_in_rows_result_and_samples(world: World, sign_in: SignIn) -> None:
    run, mapped = taken_in(world.bob), receive(world.bob)
    bob = close_nik(world.bob)
    browser, start = sign_in(bob), f"/people/import/{run.pk}/"
    pages = [start, f"{start}rows/", f"{start}result/", f"/people/import/{mapped.pk}/"]
    answers = ["".join(map(bytes.decode, browser.get(page))) for page in pages]  # type: ignore[arg-type]
    assert not [text for text in answers if NIK in text or WRONG in text]
    assert all("•••" in text for text in answers)


def test_who_never_could_write_the_field_sees_dots_too(world: World) -> None:
    bob = close_nik(world.bob)
    run = taken_in(bob)
    assert (run.mapping["NIK"]["field"], run.mapping["NIK"]["means"]) == ("", "nik")
    assert NIK not in "".join(result_lines(run, by=bob)) and "•••" in "".join(result_lines(run, by=bob))
    assert NIK in "".join(result_lines(run, by=world.ada))


def test_a_column_left_out_stays_closed(world: World) -> None:
    run = receive(world.bob)
    starting.map_columns(run, mapping=run.mapping | {"NIK": {"field": ""}}, options={}, by=world.bob)
    assert run.mapping["NIK"] == {"field": "", "means": "nik"}


def test_dots_sent_back_leave_the_cell_as_it_was(world: World, sign_in: SignIn) -> None:
    run = taken_in(world.bob)
    bob = close_nik(world.bob)
    sign_in(bob).post(f"/people/import/{run.pk}/rows/2/", {"cell-2": "•••", "cell-0": "Anton Wijaya"})
    assert Party.objects.get(name="Anton Wijaya").nik == ""
    assert ImportRow.objects.get(run=run, number=2).cells["NIK"] == WRONG


def test_a_file_that_was_touched_ends_the_import_in_plain_words(world: World, files: Path) -> None:
    text = "Nama,HP\n" + "".join(f"Orang {n},0812 6000 {n:04d}\n" for n in range(9000))
    run = receive(world.bob, text)
    path = files / run.path
    raw = path.read_bytes()
    path.write_bytes(raw[:-1] + bytes([raw[-1] ^ 1]))
    with pytest.raises(engine.TableError, match="changed or encrypted"):
        list(engine.open_table(run).rows)


def test_another_key_shows_nothing_and_breaks_nothing(world: World, settings: object) -> None:
    run = taken_in(world.bob)
    settings.SECRET_KEY = "another key of enough letters"  # type: ignore[attr-defined]  # noqa: S105
    row = ImportRow.objects.get(run=run, outcome="failed")
    assert (row.cells, row.problems) == (None, [])


def test_what_was_kept_before_is_encrypted_by_the_migration(world: World, files: Path) -> None:
    run = taken_in(world.bob)
    (files / run.path).write_text(TEXT)
    plain = json.dumps({"NIK": WRONG})
    with connection.cursor() as cursor:
        cursor.execute("UPDATE resources_importrow SET cells = %s WHERE number = 2", [plain])
    assert WRONG in stored("resources_importrow")
    assert ImportRow.objects.get(run=run, number=2).cells == {"NIK": WRONG}
    assert len(list(engine.open_table(run).rows)) == 2
    migration = importlib.import_module("relasi.kit.resources.migrations.0005_sealed_imports")
    migration.seal_files(apps, None)
    migration.seal_rows(apps, None)
    assert WRONG not in stored("resources_importrow")
    assert ImportRow.objects.get(run=run, number=2).cells == {"NIK": WRONG}
    assert b"Anton" not in (files / run.path).read_bytes()
    assert len(list(engine.open_table(run).rows)) == 2
