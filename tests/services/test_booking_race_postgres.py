"""Of twenty visitors at once for the last free time as many get it as there are hosts: on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.activities.race import meetings, race
from tests.kit.jobs.house import House, postgres_house
from tests.kit.jobs.servers import POSTGRES, need

pytestmark = pytest.mark.services


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    settings = {"DJANGO_SETTINGS_MODULE": "relasi.site.settings"}
    with postgres_house(tmp_path, server=need(POSTGRES), **settings) as house:
        yield house


@pytest.mark.parametrize("hosts", [1, 3])
def test_as_many_get_the_last_time_as_there_are_hosts(house: House, tmp_path: Path, hosts: int) -> None:
    assert race(house, tmp_path, hosts=hosts) == {"booked": hosts, "told": 20 - hosts}
    assert meetings(house) == hosts
