"""Mails a second with the ledger, beside Django's own loop, to a relay near and far. `make bench` prints
them.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.bench.places import ROOT

MAILS = int(os.environ.get("RELASI_BENCH_MAILS", "20000"))
AIM_RATIO, AIM_RATE = 10, 1500
DELAYS = (0, 20, 50)  # milliseconds until an answer arrives
ROUNDS = 3


@pytest.fixture(scope="module")
def rates(tmp_path_factory: pytest.TempPathFactory) -> dict[int, dict[str, float]]:
    found = {delay: _measured(delay, tmp_path_factory.mktemp(f"relay{delay}")) for delay in DELAYS}
    print(
        f"\n{'delay':>8} {'ledger/s':>10} {'send_mail/s':>12} {'ratio':>7} {'kept line/s':>12} {'ratio':>7}"
    )
    for delay, told in found.items():
        print(f"{delay:>5} ms {told['ledger']:>10,.0f} {told['django']:>12,.1f} {told['ratio']:>7.1f} "
              f"{told['kept']:>12,.1f} {told['ledger'] / told['kept']:>7.1f}")  # fmt: skip
    return found


def test_the_ledger_sends_ten_times_as_fast_as_djangos_loop(rates: dict[int, dict[str, float]]) -> None:
    assert {delay: told["ratio"] for delay, told in rates.items() if told["ratio"] < AIM_RATIO} == {}


def test_the_ledger_sends_so_many_mails_a_second(rates: dict[int, dict[str, float]]) -> None:
    assert rates[0]["ledger"] >= AIM_RATE


def _measured(delay: int, folder: Path) -> dict[str, float]:
    """Medians over the rounds; each loop gets as many mails as it sends in some seconds."""
    ledger = statistics.median(_rate("ledger", delay, MAILS, folder / f"l{n}") for n in range(ROUNDS))
    few = 500 if delay == 0 else 30
    plain, kept = (
        statistics.median(_rate(who, delay, few, folder / f"{who}{n}") for n in range(ROUNDS))
        for who in ("django", "django_kept")
    )
    return {"ledger": ledger, "django": plain, "kept": kept, "ratio": ledger / plain}


def _rate(who: str, delay: int, mails: int, folder: Path) -> float:
    folder.mkdir()
    environment: dict[str, Any] = {
        **os.environ, "RELASI_DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "relasi.site.settings",
    }  # fmt: skip
    environment.pop("RELASI_DATABASE_URL", None)
    environment.pop("PYTEST_VERSION", None)
    command = [sys.executable, "-m", "tests.bench.sending", who, str(delay), str(mails)]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
    return float(json.loads(done.stdout.splitlines()[-1])["rate"])
