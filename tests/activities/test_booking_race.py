"""Of twenty visitors at once for the last free time as many get it as there are hosts: on SQLite."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.activities.race import meetings, race
from tests.kit.jobs.house import House, sqlite_house


@pytest.fixture
def frozen() -> None:
    """Other processes read the real clock, and so does this one."""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with sqlite_house(tmp_path, DJANGO_SETTINGS_MODULE="relasi.site.settings") as house:
        yield house


def test_one_gets_the_last_time_and_the_others_are_told(house: House, tmp_path: Path) -> None:
    assert race(house, tmp_path, hosts=1) == {"booked": 1, "told": 19}
    assert meetings(house) == 1
