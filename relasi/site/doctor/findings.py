"""What an examination found."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum


class Level(StrEnum):
    GOOD = "good"
    FAIR = "fair"  # works, but look at it
    BAD = "bad"


@dataclass(frozen=True)
class Finding:
    """One thing looked at: plain words, and what to do about it."""

    name: str
    level: Level
    text: str
    way_out: str = ""

    def plain(self) -> dict[str, str]:
        return asdict(self)


def good(name: str, text: str) -> Finding:
    return Finding(name, Level.GOOD, text)


def fair(name: str, text: str, way_out: str) -> Finding:
    return Finding(name, Level.FAIR, text, way_out)


def bad(name: str, text: str, way_out: str) -> Finding:
    return Finding(name, Level.BAD, text, way_out)
