"""Exact look-ups an app adds to the box, as identity numbers by their blind index."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from relasi.kit.search.engine import Hit

Lookup = Callable[[Any, str], list[Hit]]
_lookups: list[Lookup] = []


def register(lookup: Lookup) -> Lookup:
    """Have `lookup(user, words)` asked on every search, before the index. Harmless when repeated.

    It says nothing of fields the user may not search; which rows he may see is asked afterwards.
    """
    if lookup not in _lookups:
        _lookups.append(lookup)
    return lookup


def hits(user: Any, words: str) -> list[Hit]:
    """What the look-ups know, each record once. The caller asks whether the reader may see them."""
    found: dict[tuple[str, int], Hit] = {}
    for lookup in _lookups:
        for hit in lookup(user, words):
            found.setdefault((hit.noun, hit.record_id), hit)
    return list(found.values())
