"""Of fifty buyers at once for the last pieces as many get one as there are: on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.catalog.race import left, race
from tests.kit.jobs.house import House, postgres_house
from tests.kit.jobs.servers import POSTGRES, need

pytestmark = pytest.mark.services


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    settings = {"DJANGO_SETTINGS_MODULE": "relasi.site.settings"}
    with postgres_house(tmp_path, server=need(POSTGRES), **settings) as house:
        yield house


@pytest.mark.parametrize("pieces", [1, 7])
def test_fifty_buyers_get_no_more_than_there_is(house: House, tmp_path: Path, pieces: int) -> None:
    assert race(house, tmp_path, pieces=pieces) == {"kept": pieces, "refused": 50 - pieces}
    assert left(house) == [(pieces, pieces, 0)]
