"""Of fifty who sign at once for the last piece one gets it, the others wait: on SQLite."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit.jobs.house import House, sqlite_house
from tests.sales.buyers import race


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with sqlite_house(tmp_path, DJANGO_SETTINGS_MODULE="relasi.site.settings") as house:
        yield house


def test_fifty_signatures_for_the_last_piece_make_one_reserved_order(house: House, tmp_path: Path) -> None:
    assert race(house, tmp_path) == {"reserved": 1, "waiting": 49}
    assert house.read("select count(*), sum(quantity) from catalog_reservation") == [(1, 1)]
