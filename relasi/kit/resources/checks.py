"""A misspelt name in a declaration stops the start."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register

from relasi.kit.resources.declaration import Board, Column, Resource
from relasi.kit.resources.registry import resources, verbs_of


@register()
def check_resources(app_configs: Sequence[AppConfig] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Every field, verb and lane a declaration names exists."""
    return [
        Error(f"Resource {resource.name!r}: {problem}", id="relasi.E001")
        for resource in resources()
        for problem in _problems(resource)
    ]


def _problems(resource: Resource) -> Iterator[str]:
    known = {field.name for field in resource.model._meta.get_fields()} | {"tags"}
    known |= {column.name for column in (*resource.columns, *resource.more) if isinstance(column, Column)}
    for name in sorted(_named_fields(resource) - known):
        yield f"there is no field {name!r}"
    for name in sorted(_searched(resource) - {field.name for field in resource.model._meta.get_fields()}):
        yield f"there is no field {name!r} to search"
    for verb in verbs_of(resource):
        if not callable(getattr(resource.model, verb.name, None)):
            yield f"{resource.model.__name__} has no method {verb.name!r}"


def _named_on(board: Board) -> set[str]:
    asks = board.asks if isinstance(board.asks, tuple) else ()
    sort = {name.lstrip("-") for name in board.sort}
    return {board.lane, board.value, board.weighted, *board.card, *asks, *sort}


def _searched(resource: Resource) -> set[str]:
    return {name.partition("__")[0] for name in resource.search.fields} if resource.search else set()


def _named_fields(resource: Resource) -> set[str]:
    named = {name for name in (*resource.columns, *resource.more) if isinstance(name, str)}
    named |= {name for name in resource.filters if isinstance(name, str)}
    named |= {name for group in resource.groups for name in group.fields}
    named |= {*resource.inline, *resource.create_fields, *resource.totals, *resource.where, resource.title}
    named |= {name.lstrip("-") for name in resource.sort}
    if resource.board:
        named |= _named_on(resource.board)
    if resource.calendar:
        named |= {resource.calendar.start, resource.calendar.end, resource.calendar.yearly}
    if resource.chart:
        named |= {resource.chart.by, resource.chart.measure}
    return named - {""}
