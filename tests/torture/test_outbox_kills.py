"""Mails whose sender and relay are killed again and again: nobody gets one twice, nobody is lost from sight.

`make torture` sends 20,000 with 100 kills; RELASI_TORTURE=bounded 4,000 with 10.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.channels.email.sink import Sink, start
from tests.kit.jobs.servers import POSTGRES, need
from tests.torture.house import House, postgres_house, sqlite_house

BOUNDED = os.environ.get("RELASI_TORTURE", "") == "bounded"
MAILS = int(os.environ.get("RELASI_TORTURE_MAILS", "4000" if BOUNDED else "20000"))
KILLS = int(os.environ.get("RELASI_TORTURE_KILLS", "10" if BOUNDED else "100"))
EVERY = 4  # so often it is the relay that is killed, under a living sender


class Relay:
    """A mail server that is killed and comes back on the same port, with its memory of what it took."""

    def __init__(self, accepted: Path) -> None:
        self.accepted = accepted
        self.sink: Sink = start(accepted)
        self.kills = 0

    def fall(self, number: int) -> None:
        if number % EVERY == EVERY - 1:
            self.sink.kill()
            self.kills += 1
            self.sink = start(self.accepted, "--port", str(self.sink.port))


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[Relay]:
    relay = Relay(tmp_path / "accepted")
    try:
        yield relay
    finally:
        relay.sink.kill()


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    with house_on(request.param, tmp_path / "house") as house:
        yield house


def house_on(database: str, folder: Path) -> AbstractContextManager[House]:
    if database == "sqlite":
        return sqlite_house(folder)
    return postgres_house(folder, need(POSTGRES))


def test_mails_killed_at_random_arrive_at_most_once_and_the_uncertain_are_listed(
    house: House, relay: Relay
) -> None:
    run = house.do("prepare_mailing", port=relay.sink.port, mails=MAILS)
    killed = house.kill_again_and_again(KILLS, random.Random(MAILS), run, "outbox", relay.fall)
    for _round in range(5):
        house.finish("outbox")
    accepted = Counter(relay.sink.ids)
    ledger = house.do("ledger", run=run)
    sent, uncertain = set(ledger.get("sent", [])), set(ledger.get("uncertain", []))
    print(f"\n{MAILS} mails, {killed} senders and {relay.kills} relays killed: {len(sent)} sent, "
          f"{len(uncertain)} uncertain ({len(uncertain & set(accepted))} of them taken)")  # fmt: skip
    assert killed >= KILLS * 3 // 4
    assert [one for one, times in accepted.items() if times > 1] == []
    assert set(ledger) <= {"sent", "uncertain"}
    assert len(sent) + len(uncertain) == MAILS
    assert sent <= set(accepted)
    assert set(accepted) <= sent | uncertain
