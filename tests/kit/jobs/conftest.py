from __future__ import annotations

import pytest

from tests.kit.jobs import sample_jobs


@pytest.fixture(autouse=True)
def silence() -> list[str]:
    """Nothing has been heard before a test begins."""
    sample_jobs.heard.clear()
    return sample_jobs.heard
