"""Of fifty buyers at once for the last piece one gets it: on SQLite."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.catalog.race import left, race
from tests.kit.jobs.house import House, sqlite_house


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with sqlite_house(tmp_path, DJANGO_SETTINGS_MODULE="relasi.site.settings") as house:
        yield house


def test_fifty_buyers_for_the_last_piece_make_one_reservation(house: House, tmp_path: Path) -> None:
    assert race(house, tmp_path, pieces=1) == {"kept": 1, "refused": 49}
    assert house.read("select count(*), sum(quantity) from catalog_reservation") == [(1, 1)]
    assert left(house) == [(1, 1, 0)]
