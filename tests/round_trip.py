"""Out by export and in again by import: what `test_every_resource` asks of every noun."""

from __future__ import annotations

import csv
import io

from relasi.kit.access.models import User
from relasi.kit.resources import Resource
from relasi.kit.resources.importing import engine, starting
from relasi.kit.resources.importing.models import ImportRun


def taken_back(resource: Resource, exported: bytes, *, by: User) -> ImportRun:
    """Take a file in as it was given, every column where it is guessed to go."""
    run = starting.receive(resource=resource, name=f"{resource.name}.csv", chunks=[exported], by=by)
    mapping = {column: to for column, to in run.mapping.items() if to.get("field")}
    starting.map_columns(run, mapping=mapping, options={}, by=by)
    starting.start(run, by=by)
    engine.carry_on(run)
    run.refresh_from_db()
    return run


def told(
    exported: bytes, columns: list[str], like: list[dict[str, str]] | None = None
) -> list[dict[str, str]]:
    """What the rows of a file say in these columns; with `like`, only where those rows say something."""
    rows = csv.DictReader(io.StringIO(exported.decode("utf-8-sig")))
    said = [{column: row[column] for column in columns} for row in rows]
    if like is None:
        return [{column: text for column, text in row.items() if text} for row in said]
    return [{column: row[column] for column in first} for row, first in zip(said, like, strict=True)]
