"""Where the columns of a file go: decided by a person, own fields made on the way, remembered for the next
file like it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from relasi.kit.access.rights import may
from relasi.kit.records.models import CustomField
from relasi.kit.resources.fields import OWN
from relasi.kit.resources.importing.engine import importer_of, open_table, resource_of
from relasi.kit.resources.importing.models import ImportMapping, ImportRun

NEW = "new"
MOST_CHOICES = 100
LEFT_OUT = ("kind", "choices", "means")
REMEMBERED = ("match", "on_match", "day_order")


def headings_key(columns: Iterable[str]) -> str:
    """What files with the same headings share, whatever their order."""
    return hashlib.sha256(json.dumps(sorted(columns)).encode()).hexdigest()


def remembered(resource_name: str, columns: Iterable[str]) -> ImportMapping | None:
    """How columns like these were mapped the last time."""
    return ImportMapping.objects.filter(resource=resource_name, headings=headings_key(columns)).first()


@transaction.atomic
def map_columns(
    run: ImportRun, *, mapping: Mapping[str, Mapping[str, Any]], options: Mapping[str, Any], by: Any
) -> None:
    """Decide where columns go, making the own fields that were asked for. Raises ValidationError by column.

    `mapping`: column → {"field", "index", "part"}; field "new" asks for an own field of "kind"; empty leaves
    the column out.
    """
    if run.state not in {ImportRun.State.MAPPING, ImportRun.State.CHECKED}:
        raise ValidationError(_("This import has begun; its columns stay where they are."))
    places = {place.field for place in importer_of(run).places(resource_of(run), by)}
    decided: dict[str, dict[str, Any]] = {}
    problems: dict[str, list[str]] = {}
    for column, to in mapping.items():
        try:
            decided[column] = _decide(run, column, to, places, by)
        except ValidationError as error:
            problems[column] = error.messages
    problems |= _doubled(decided)
    if problems:
        raise ValidationError(problems)
    if not any(to["field"] for to in decided.values()):
        raise ValidationError(_("Map at least one column."))
    run.change(
        by=by,
        verb="mapped",
        mapping=decided,
        options={**run.options, **options},
        state=ImportRun.State.MAPPING,
    )
    kept = {name: value for name, value in run.options.items() if name in REMEMBERED}
    ImportMapping.objects.update_or_create(
        resource=run.resource,
        headings=headings_key(run.columns),
        defaults={"mapping": decided, "options": kept},
    )


def _decide(run: ImportRun, column: str, to: Mapping[str, Any], places: set[str], by: Any) -> dict[str, Any]:
    field = str(to.get("field", ""))
    if not field:
        known = run.mapping.get(column, {})
        means = {"means": known["field"]} if known.get("field") else {}
        return {"field": "", **means, **{name: known[name] for name in LEFT_OUT if name in known}}
    if field == NEW:
        field = OWN + _own_field(run, column, to, by).key
    elif field not in places:
        raise ValidationError(_("“%(field)s” is not a place you may fill.") % {"field": field})
    return {"field": field, "index": int(to.get("index") or 1), "part": str(to.get("part", ""))}


def _doubled(decided: Mapping[str, Mapping[str, Any]]) -> dict[str, list[str]]:
    """Columns that go where another one goes already."""
    taken: dict[tuple[str, int], str] = {}
    problems = {}
    for column, to in decided.items():
        place = to["field"], to.get("index", 1)
        if to["field"] and place in taken:
            problems[column] = [_("“%(column)s” goes there already.") % {"column": taken[place]}]
        taken.setdefault(place, column)
    return problems


def _own_field(run: ImportRun, column: str, to: Mapping[str, Any], by: Any) -> CustomField:
    """The own field a column asked for; one of the same key and noun is used again."""
    noun = resource_of(run).noun
    key = (slugify(column).replace("-", "_") or f"column_{run.columns.index(column) + 1}")[:40]
    found: CustomField | None = CustomField._default_manager.filter(noun=noun, key=key).first()
    if found:
        return found
    if not may(by, "add", CustomField):
        raise ValidationError(_("You may not add fields; leave this column out or ask an administrator."))
    kind = str(to.get("kind") or "text")
    choices = _choices_of(run, column) if kind in {"choice", "multi"} else []
    if kind not in CustomField.Kind.values or (kind == "choice" and not choices):
        kind = "text"
    options = [{"value": text, "label": text} for text in choices]
    made: CustomField = CustomField.create(
        by=by, noun=noun, key=key, label=column[:80], kind=kind, options=options
    )
    return made


def _choices_of(run: ImportRun, column: str) -> list[str]:
    """Every value the whole file has in this column; none when there are too many to choose from."""
    found: dict[str, None] = {}
    for row in open_table(run).rows:
        if text := row.cells.get(column, "").strip():
            found.setdefault(text[:80])
        if len(found) > MOST_CHOICES:
            return []
    return sorted(found)
