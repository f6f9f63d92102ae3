"""What a noun tells the importer: where columns can go, how a row is read, and how many rows are written at
once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from relasi.kit.resources.declaration import Resource
from relasi.lib.tables import Row


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a column can go. `many`: there may be several, told apart by `index`."""

    field: str
    label: Any
    group: Any = ""
    many: bool = False


@dataclass(frozen=True, kw_only=True)
class Goes:
    """Where one column goes: a place, which of many, and the label its heading implies (mobile, home …)."""

    field: str
    index: int = 1
    part: str = ""


class RowProblem(ValueError):
    """A row that cannot be taken; `problems` are (column or field, sentence)."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__("; ".join(text for _where, text in problems))
        self.problems = problems


@dataclass
class Outcome:
    """What became of a row: created, updated, unchanged, skipped, failed; problems as in RowProblem."""

    kind: str
    record_id: int | None = None
    problems: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Work:
    """One import under way: who, where to, how.

    `seen` remembers keys within a trial, which writes nothing.
    """

    resource: Resource
    user: Any
    goes: Mapping[str, Goes]
    options: Mapping[str, Any]
    batch: str = ""
    is_trial: bool = False
    seen: dict[str, int] = field(default_factory=dict)
    memo: dict[str, Any] = field(default_factory=dict)

    @property
    def match(self) -> Sequence[str]:
        return self.options.get("match") or ()

    @property
    def on_match(self) -> str:
        """update: fill and overwrite; merge: fill only what is empty; skip."""
        return str(self.options.get("on_match") or "update")


class Importer(Protocol):
    """How one noun takes rows. `read` raises RowProblem; `write` answers one outcome a draft, in order."""

    match_rules: tuple[tuple[str, Any], ...]

    def places(self, resource: Resource, user: Any) -> list[Place]: ...

    def guess(
        self, resource: Resource, columns: Sequence[str], sample: Sequence[Mapping[str, str]]
    ) -> Any: ...

    def read(self, row: Row, work: Work) -> Any: ...

    def write(self, drafts: Sequence[Any], work: Work) -> list[Outcome]: ...
