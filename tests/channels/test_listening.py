"""One worker listens to an account; another takes over when it is gone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django import forms
from django.utils import timezone

from relasi.channels import interface, listening
from relasi.channels.interface import Health, Provider
from relasi.channels.listening import Listening
from relasi.channels.models import Account
from relasi.kit.jobs.identity import place

pytestmark = pytest.mark.django_db(transaction=True)


class Line:
    """A provider for tests that counts who listens, and can be broken."""

    def __init__(self) -> None:
        self.listening = 0
        self.begun = 0
        self.names: list[str] = []
        self.breaks = False

    def listen(self, account: Account, stop: threading.Event) -> None:
        self.begun += 1
        if self.breaks:
            raise OSError("no line")
        self.names.append(account.name)
        self.listening += 1
        try:
            stop.wait(20)
        finally:
            self.listening -= 1


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Line:
    made = Line()
    provider = Provider(
        name="test_line", channel="phone", label="Line", icon="phone", settings=forms.Form,
        check=lambda account: Health(()), listen=made.listen,
    )  # fmt: skip
    monkeypatch.setitem(interface._providers, "test_line", provider)
    monkeypatch.setattr(listening, "SHORTEST", 0.01)
    return made


@pytest.fixture
def worker() -> Iterator[Callable[[str], Listening]]:
    made: list[Listening] = []

    def start(name: str = "") -> Listening:
        made.append(Listening(name))
        return made[-1]

    yield start
    for one in made:
        one.end()


def new_account(**fields: object) -> Account:
    return Account.create(by=None, name="Switchboard", channel="phone", provider="test_line", **fields)


def soon(asked: Callable[[], object], within: float = 5.0) -> bool:
    until = time.monotonic() + within
    while time.monotonic() < until:
        if asked():
            return True
        time.sleep(0.01)
    return False


def test_an_account_is_listened_to(line: Line, worker: Callable[..., Listening]) -> None:
    account = new_account()
    one = worker()
    one.tick()
    account.refresh_from_db()
    assert soon(lambda: line.listening == 1)
    assert account.listener == one.name


def test_of_two_workers_one_listens(line: Line, worker: Callable[..., Listening]) -> None:
    new_account()
    for one in (worker("here/1"), worker("here/2")):
        one.tick()
        one.tick()
    assert soon(lambda: line.listening == 1)
    assert line.begun == 1


def test_another_takes_over_when_the_lease_is_over(line: Line, worker: Callable[..., Listening]) -> None:
    account = new_account(listener="elsewhere/1", listened_until=timezone.now() - timedelta(seconds=1))
    worker("here/2").tick()
    account.refresh_from_db()
    assert account.listener == "here/2"


def test_nobody_takes_what_another_machine_listens_to(line: Line, worker: Callable[..., Listening]) -> None:
    new_account(listener="elsewhere/1", listened_until=timezone.now() + timedelta(seconds=20))
    one = worker("here/2")
    one.tick()
    assert (one.ears, line.begun) == ({}, 0)


def test_what_a_killed_worker_held_is_taken_at_once(line: Line, worker: Callable[..., Listening]) -> None:
    dead = f"{place()}/999999.1/1"
    account = new_account(listener=dead, listened_until=timezone.now() + timedelta(seconds=20))
    worker("here/2").tick()
    account.refresh_from_db()
    assert account.listener == "here/2"


def test_who_lost_the_lease_stops(line: Line, worker: Callable[..., Listening]) -> None:
    account = new_account()
    one = worker("here/1")
    one.tick()
    assert soon(lambda: line.listening == 1)
    Account.objects.filter(pk=account.pk).update(listener="elsewhere/9")
    one.tick()
    assert soon(lambda: line.listening == 0)
    account.refresh_from_db()
    assert (account.listener, one.ears) == ("elsewhere/9", {})


def test_a_lease_is_renewed(line: Line, worker: Callable[..., Listening]) -> None:
    account = new_account()
    one = worker()
    one.tick()
    Account.objects.filter(pk=account.pk).update(listened_until=timezone.now())
    one.tick()
    account.refresh_from_db()
    assert account.listened_until > timezone.now() + timedelta(seconds=20)


def test_an_account_that_was_changed_is_connected_anew(line: Line, worker: Callable[..., Listening]) -> None:
    account = new_account()
    one = worker()
    one.tick()
    assert soon(lambda: line.listening == 1)
    account.change(by=None, name="New board")
    one.tick()
    assert soon(lambda: line.names == ["Switchboard", "New board"] and line.listening == 1)


def test_an_account_put_out_of_use_is_left(line: Line, worker: Callable[..., Listening]) -> None:
    account = new_account()
    one = worker()
    one.tick()
    assert soon(lambda: line.listening == 1)
    account.change(by=None, is_active=False)
    one.tick()
    assert soon(lambda: line.listening == 0)
    account.refresh_from_db()
    assert account.listener == ""


def test_a_broken_line_is_tried_again(line: Line, worker: Callable[..., Listening]) -> None:
    line.breaks = True
    new_account()
    worker().tick()
    assert soon(lambda: line.begun >= 3)
    line.breaks = False
    assert soon(lambda: line.listening == 1)


def test_all_ends_within_seconds_and_the_lease_is_free(line: Line, worker: Callable[..., Listening]) -> None:
    account = new_account()
    one, stop = worker(), threading.Event()
    thread = threading.Thread(target=one.run, args=(stop,))
    thread.start()
    assert soon(lambda: line.listening == 1)
    stop.set()
    thread.join(4)
    account.refresh_from_db()
    assert (thread.is_alive(), line.listening, account.listener) == (False, 0, "")
