"""What higher apps put into every page of a reader: a place for calls that ring, a banner."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from markupsafe import Markup

Source = Callable[[Any], Markup | str]
_sources: list[Source] = []


def register(source: Source) -> Source:
    """Have `source(user)` add markup to every page; "" for nothing. Harmless when repeated."""
    if source not in _sources:
        _sources.append(source)
    return source


def parts_for(user: Any) -> list[Markup | str]:
    if not getattr(user, "is_authenticated", False):
        return []
    return [part for source in _sources if (part := source(user))]
