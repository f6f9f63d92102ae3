"""Endpoints of a noun that its declaration cannot say: an app adds them under the noun's own address."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

Add = Callable[[Any], None]  # takes the noun's ninja.Router
_more: dict[str, list[Add]] = defaultdict(list)


def add_endpoints(resource_name: str, add: Add) -> Add:
    """`add(router)` is called once, when the API is put together; harmless when repeated."""
    if add not in _more[resource_name]:
        _more[resource_name].append(add)
    return add


def added_to(resource_name: str) -> tuple[Add, ...]:
    return tuple(_more[resource_name])
