"""An import whose worker is killed again and again: nothing lost, nothing doubled, on both databases.

`make torture` kills 200 times in 100,000 rows; RELASI_TORTURE=bounded 10 times in 5,000.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.files_of_customers import FileOfCustomers, plain_contacts
from tests.kit.jobs.servers import POSTGRES, need
from tests.torture.house import House, postgres_house, sqlite_house

BOUNDED = os.environ.get("RELASI_TORTURE", "") == "bounded"
ROWS = int(os.environ.get("RELASI_TORTURE_ROWS", "5000" if BOUNDED else "100000"))
KILLS = int(os.environ.get("RELASI_TORTURE_KILLS", "10" if BOUNDED else "200"))


def house_on(database: str, folder: Path) -> AbstractContextManager[House]:
    if database == "sqlite":
        return sqlite_house(folder)
    return postgres_house(folder, need(POSTGRES))


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, FileOfCustomers]:
    made = plain_contacts(ROWS)
    path = tmp_path_factory.mktemp("file") / made.name
    path.write_text(made.text)
    return path, made


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    with house_on(request.param, tmp_path / "house") as house:
        yield house


@pytest.fixture(scope="module")
def undisturbed(
    file: tuple[Path, FileOfCustomers], tmp_path_factory: pytest.TempPathFactory
) -> list[list[object]]:
    """The customers an import leaves that nobody disturbs."""
    with sqlite_house(tmp_path_factory.mktemp("quiet")) as house:
        house.do("prepare", file=str(file[0]))
        house.finish()
        customers: list[list[object]] = house.do("customers")
    return customers


def test_an_import_killed_at_random_loses_and_doubles_nothing(
    house: House, file: tuple[Path, FileOfCustomers], undisturbed: list[list[object]]
) -> None:
    path, made = file
    run = house.do("prepare", file=str(path))
    killed = house.kill_again_and_again(KILLS, random.Random(ROWS), run)
    house.finish()
    told = house.do("account", run=run)
    print(f"\n{ROWS} rows, killed {killed} times: {told['counts']}")
    assert killed >= KILLS * 3 // 4
    assert told["state"] == "done"
    assert sum(told["counts"].values()) == told["read_rows"] == made.rows
    assert told["numbers"] == [made.rows, made.rows]
    assert (told["counts"]["failed"], told["counts"]["created"]) == (made.broken, made.customers)
    assert told["parties"] == told["entries"] == told["addresses"] == made.customers
    assert told["born_once"]
    assert told["flaws"] == []
    assert house.do("customers") == undisturbed


def test_an_undo_killed_at_random_leaves_nothing_behind(house: House, tmp_path: Path) -> None:
    made = plain_contacts(min(ROWS, 20_000), seed=7)
    path = tmp_path / made.name
    path.write_text(made.text)
    run = house.do("prepare", file=str(path))
    house.finish()
    house.do("take_back", run=run)
    killed = house.kill_again_and_again(max(KILLS // 5, 5), random.Random(7), run)
    house.finish()
    told = house.do("account", run=run)
    print(f"\nundo of {made.rows} rows, killed {killed} times")
    assert killed
    assert told["state"] == "undone"
    assert (told["parties"], told["points"], told["addresses"], told["entries"]) == (0, 0, 0, 0)
    assert told["flaws"] == []
