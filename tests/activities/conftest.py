"""A few plans and deeds of the people in `tests.world`."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

JAKARTA = ZoneInfo("Asia/Jakarta")


@pytest.fixture
def noon() -> datetime:
    """Wednesday, 12 August 2026, 12:00 in Jakarta."""
    return datetime(2026, 8, 12, 12, 0, tzinfo=JAKARTA)


@pytest.fixture(autouse=True)
def frozen(noon: datetime, request: pytest.FixtureRequest) -> object:
    """It is noon in Jakarta, for whoever reads."""
    import time_machine
    from django.utils import timezone

    with time_machine.travel(noon, tick=False), timezone.override(JAKARTA):
        yield
