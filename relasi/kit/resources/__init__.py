"""Declare a noun once; plain functions turn the declaration into every page, endpoint and file of it."""

from relasi.kit.resources.declaration import (
    Board,
    BoardLane,
    Calendar,
    Chart,
    Column,
    Filter,
    Group,
    Panel,
    Related,
    Resource,
    Search,
    Verb,
)
from relasi.kit.resources.registry import extend, register

__all__ = [
    "Board", "BoardLane", "Calendar", "Chart", "Column", "Filter", "Group", "Panel", "Related", "Resource",
    "Search", "Verb", "extend", "register",
]  # fmt: skip
