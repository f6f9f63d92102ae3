"""The answer to "may I send?", with every check behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from relasi.lib.wording import mark as _

Verdict = Literal["yes", "later", "no"]


@dataclass(frozen=True, slots=True)
class Check:
    """One rule that was looked at.

    `text` with `values` is its sentence; `until` is when a failed rule passes by itself (in UTC), None when
    waiting does not help.
    """

    rule: str
    passed: bool
    reason: str
    text: str
    values: Mapping[str, object] = field(default_factory=dict)
    until: datetime | None = None

    def __str__(self) -> str:
        return self.text % self.values if self.values else self.text


@dataclass(frozen=True, slots=True)
class Answer:
    """`at` is the first moment at which the answer is yes, on the customer's clock; None when it is no."""

    verdict: Verdict
    reason: str
    text: str
    values: Mapping[str, object]
    checks: tuple[Check, ...]
    at: datetime | None = None

    def __str__(self) -> str:
        return self.text % self.values if self.values else self.text

    def __bool__(self) -> bool:
        return self.verdict == "yes"

    @property
    def failed(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if not check.passed)


def yes(at: datetime, checks: tuple[Check, ...]) -> Answer:
    return Answer("yes", "allowed", _("This may be sent now."), {}, checks, at)


def later(at: datetime, because: Check, checks: tuple[Check, ...]) -> Answer:
    return Answer("later", because.reason, because.text, because.values, checks, at)


def no(because: Check, checks: tuple[Check, ...]) -> Answer:
    return Answer("no", because.reason, because.text, because.values, checks)
