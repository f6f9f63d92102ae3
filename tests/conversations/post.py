"""A door that writes what goes out to a list: a provider like any other, declared for tests of what stands
above the channels.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django import forms

from relasi.channels.interface import (
    Finding,
    Health,
    Incoming,
    News,
    Outcome,
    Outgoing,
    Progress,
    Provider,
    provider_named,
    register,
)  # fmt: skip
from relasi.channels.models import Account, Intake
from relasi.channels.raw import current


@dataclass
class PostOffice:
    """What was handed over, and how the next ones shall fare (accepted unless told otherwise)."""

    taken: list[Outgoing] = field(default_factory=list)
    fate: dict[str, Outcome] = field(default_factory=dict)
    before: Callable[[Sequence[Outgoing]], None] | None = None

    def send(self, account: Account, messages: Sequence[Outgoing]) -> Iterator[Outcome]:
        if self.before:
            self.before(messages)
        for one in messages:
            told = self.fate.get(one.to)
            if told and told.state == "silent":  # type: ignore[comparison-overlap]
                continue
            if told is None or told.state in ("accepted", "uncertain"):
                self.taken.append(one)
            yield Outcome(
                key=one.key, state=told.state if told else "accepted", external_id=f"{one.key}@post",
                words=told.words if told else "", code=told.code if told else "",
                wait=told.wait if told else None,
            )  # fmt: skip

    def refuse(self, address: str, words: str = "No such person.") -> None:
        self.fate[address] = Outcome(key="", state="refused", words=words, code="550")

    def put_off(self, address: str, wait: timedelta) -> None:
        self.fate[address] = Outcome(key="", state="later", words="Come again.", wait=wait)

    def say_nothing(self, address: str) -> None:
        self.fate[address] = Outcome(key="", state="silent")  # type: ignore[arg-type]


OFFICE = PostOffice()


def _send(account: Account, messages: Sequence[Outgoing]) -> Iterator[Outcome]:
    return OFFICE.send(account, messages)


def read(account: Account, intake: Intake) -> Iterable[News]:
    for told in json.loads(current(intake)):
        kind = told.pop("kind", "message")
        yield Progress(**told) if kind == "progress" else Incoming(**_tuples(told))


def _tuples(told: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in told.items()}


def _check(account: Account) -> Health:
    return Health((Finding(state="good", what="post", words="The post goes."),))


def door(channel: str = "email", **fields: Any) -> Account:
    """An account of the test's own post."""
    name = f"post_{channel}"
    if provider_named(name) is None:
        register(
            Provider(
                name=name,
                channel=channel,
                label="Post",
                icon="mail",
                settings=forms.Form,
                check=_check,
                send=_send,
                read=read,
            )  # fmt: skip
        )
    fields.setdefault("address", {"email": "halo@relasi.example"}.get(channel, "+6281200000000"))
    account: Account = Account.create(
        by=None, name=f"Post ({channel})", channel=channel, provider=name, **fields
    )
    return account
