"""Mails that other projects collected; they lie beside the project and are never part of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

MAILS = Path(__file__).resolve().parents[4] / "shared" / "data" / "mail"


def files() -> list[Path]:
    """Every mail; none where the collection is absent."""
    return sorted(MAILS.rglob("*.eml"))


def cases() -> list[tuple[Path, dict[str, Any]]]:
    """Every mail about which its project says what is to be read in it."""
    found = []
    for expected in sorted(MAILS.glob("*/expected.json")):
        for name, case in json.loads(expected.read_text())["cases"].items():
            (path,) = [one for one in expected.parent.rglob("*.eml") if one.as_posix().endswith("/" + name)]
            found.append((path, case))
    return found
