"""Timing: a page through the test client, and the bare SQL behind it."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

RUNS, WARM_UP, LONGEST = 30, 3, 45.0
Statement = tuple[str, Any]


@dataclass
class Heard:
    """The statements of one page with their seconds."""

    statements: list[Statement] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.statements.append((sql, params))
            self.seconds.append(time.perf_counter() - began)

    def slowest(self) -> list[tuple[float, Statement]]:
        return sorted(zip(self.seconds, self.statements, strict=True), key=lambda pair: -pair[0])


@contextmanager
def listening() -> Iterator[Heard]:
    heard = Heard()
    with connection.execute_wrapper(heard):
        yield heard


@dataclass
class Times:
    """Milliseconds of each run: by the clock on the wall, and of this process's own work."""

    wall: list[float] = field(default_factory=list)
    own: list[float] = field(default_factory=list)


def timed(act: Callable[[], Any], *, runs: int = RUNS) -> Times:
    """After a warm-up; fewer runs of what takes too long."""
    for _warm in range(WARM_UP):
        act()
    found = Times()
    until = time.perf_counter() + LONGEST
    while len(found.wall) < runs and (time.perf_counter() < until or len(found.wall) < 3):
        began, worked = time.perf_counter(), time.process_time()
        act()
        found.own.append((time.process_time() - worked) * 1000)
        found.wall.append((time.perf_counter() - began) * 1000)
    return found


def summary(times: Times, *, queries: int, bare: float | None) -> dict[str, Any]:
    """`cpu_ms` tells what a page costs where others use the machine too."""
    median = statistics.median(times.wall)
    ordered = sorted(times.wall)
    return {
        "median_ms": round(median, 2),
        "p95_ms": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))], 2),
        "cpu_ms": round(statistics.median(times.own), 2),
        "queries": queries,
        "ratio": round(median / bare, 1) if bare else None,
        "bare_ms": round(bare, 2) if bare else None,
        "runs": len(ordered),
    }


def bare_median(statement: Statement) -> float:
    """The statement by the driver's own cursor, all rows fetched, in milliseconds."""
    sql, params = statement

    def act() -> None:
        with connection.cursor() as cursor:
            raw = cursor.cursor
            raw.execute(
                sql.replace("%s", "?") if connection.vendor == "sqlite" and "?" not in sql else sql, params
            )
            if raw.description:
                raw.fetchall()

    return statistics.median(timed(act, runs=15).wall)
