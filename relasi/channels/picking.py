"""Reading JSON that strangers wrote: whatever stands where, a text is a text and a list is a list."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from typing import Any

from relasi.lib.wording import InputError
from relasi.lib.wording import mark as _

DEEPEST = 40


def parsed(raw: bytes) -> dict[str, Any]:
    """The object in `raw`, without what no database keeps. Raises InputError."""
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise InputError(_("This is no JSON that can be read.")) from error
    if not isinstance(found, dict):
        raise InputError(_("This is JSON, but not the object that was expected."))
    clean: dict[str, Any] = cleaned(found)
    return clean


def cleaned(value: Any, depth: int = 0) -> Any:
    """`value` without NUL signs, half characters, numbers that are none, and depths nobody means."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if depth > DEEPEST:
        return None
    if isinstance(value, dict):
        return {cleaned(str(name)): cleaned(inner, depth + 1) for name, inner in value.items()}
    if isinstance(value, list):
        return [cleaned(inner, depth + 1) for inner in value]
    return value


def pick(data: Any, *path: str | int) -> Any:
    """What stands at a path; None where the path ends early."""
    for step in path:
        if isinstance(step, int):
            data = data[step] if isinstance(data, list) and len(data) > step else None
        else:
            data = data.get(step) if isinstance(data, dict) else None
    return data


def text(data: Any, *path: str | int) -> str:
    """The text or number at a path; "" for anything else."""
    found = pick(data, *path)
    if isinstance(found, str):
        return found
    return str(found) if isinstance(found, (int, float)) and not isinstance(found, bool) else ""


def record(data: Any, *path: str | int) -> dict[str, Any]:
    found = pick(data, *path)
    return found if isinstance(found, dict) else {}


def records(data: Any, *path: str | int) -> list[dict[str, Any]]:
    """The objects in the list at a path."""
    found = pick(data, *path)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def texts(data: Any, *path: str | int) -> list[str]:
    """The texts in the list at a path."""
    found = pick(data, *path)
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []


def moment(data: Any, *path: str | int) -> datetime | None:
    """The time at a path, given in seconds or milliseconds since 1970."""
    try:
        seconds = float(text(data, *path))
        return datetime.fromtimestamp(seconds / 1000 if seconds > 1e11 else seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def why(error: InputError) -> dict[str, Any]:
    """The reason as `extra` keeps it: `why` in English, marked for gettext, and its `values`."""
    return {"why": error.text, "values": {name: str(value) for name, value in error.values.items()}}
