"""What the pages show of a file: a few values of each column; and a small file that shows how one can look.
"""

from __future__ import annotations

import csv
import io
from itertools import islice

from django.core.cache import cache
from django.utils.translation import gettext as _

from relasi.kit.records.sealed import opened, sealed
from relasi.kit.resources.declaration import Resource
from relasi.kit.resources.importing.engine import open_table
from relasi.kit.resources.importing.models import ImportRun
from relasi.kit.resources.importing.simple import SimpleImporter
from relasi.lib.tables import TableError
from relasi.lib.text import safe_cell, shorten

ROWS, VALUES, LONGEST = 200, 3, 40
KEPT = 15 * 60


def samples(run: ImportRun) -> dict[str, list[str]]:
    """Up to three different values of each column, from the first 200 rows; kept encrypted for 15 minutes."""
    key = f"import-samples:{run.pk}:{run.sheet}:{run.encoding}:{run.separator}"
    found: dict[str, list[str]] | None = opened(cache.get(key))
    if found is None:
        found = _read(run)
        cache.set(key, sealed(found), KEPT)
    return found


def _read(run: ImportRun) -> dict[str, list[str]]:
    found: dict[str, dict[str, None]] = {column: {} for column in run.columns}
    try:
        for row in islice(open_table(run).rows, ROWS):
            for column, text in row.cells.items():
                if text.strip() and len(found.setdefault(column, {})) < VALUES:
                    found[column].setdefault(shorten(" ".join(text.split()), LONGEST))
    except (TableError, OSError):
        return {}
    return {column: list(values) for column, values in found.items()}


def sample_file(resource: Resource, user: object) -> str:
    """A CSV with the headings this noun understands; with two rows where its importer gives some."""
    importer = resource.importer or SimpleImporter()
    give = getattr(importer, "example", None)
    rows: list[dict[str, str]] = give(resource) if give else []
    places = importer.places(resource, user)
    headings = list(rows[0]) if rows else [str(place.label) for place in places if place.field != "id"]
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([safe_cell(heading) for heading in headings])
    writer.writerows([[safe_cell(row.get(heading, "")) for heading in headings] for row in rows])
    return "\ufeff" + out.getvalue()


def sample_name(resource: Resource) -> str:
    return _("%(things)s example") % {"things": resource.label}
