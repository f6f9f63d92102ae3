"""Of fifty who sign at once for the last piece one gets it, the others wait: on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit.jobs.house import House, postgres_house
from tests.kit.jobs.servers import POSTGRES, need
from tests.sales.buyers import race

pytestmark = pytest.mark.services


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    settings = {"DJANGO_SETTINGS_MODULE": "relasi.site.settings"}
    with postgres_house(tmp_path, server=need(POSTGRES), **settings) as house:
        yield house


def test_fifty_signatures_for_the_last_piece_make_one_reserved_order(house: House, tmp_path: Path) -> None:
    assert race(house, tmp_path) == {"reserved": 1, "waiting": 49}
