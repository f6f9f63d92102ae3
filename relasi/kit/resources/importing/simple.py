"""The importer of nouns that have none of their own: every editable field is a place, each row one record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from relasi.kit.access.rights import may
from relasi.kit.resources import writing
from relasi.kit.resources.declaration import Resource
from relasi.kit.resources.fields import OWN, Field, fields_of
from relasi.kit.resources.importing.contract import Outcome, Place, RowProblem, Work
from relasi.lib.tables import Row
from relasi.lib.tables.headers import tidy
from relasi.lib.text import unsafe_cell

NUMBER = pgettext_lazy("of a record", "Number")
NUMBERS = {"id", "number", "nomor"}


class SimpleImporter:
    """Takes back what export gave: headings are labels or names of fields, `id` matches."""

    match_rules: tuple[tuple[str, Any], ...] = (("id", NUMBER),)

    def places(self, resource: Resource, user: Any) -> list[Place]:
        fields = fields_of(resource).values()
        own = [f for f in fields if f.is_editable and user.rights.writable(resource.model, f.name)]
        return [Place(field="id", label=NUMBER), *(Place(field=f.name, label=f.label) for f in own)]

    def guess(
        self, resource: Resource, columns: Sequence[str], sample: Sequence[Mapping[str, str]]
    ) -> dict[str, Any]:
        fields = fields_of(resource)
        by_heading = {
            tidy(str(word)): f for f in fields.values() if f.is_editable for word in (f.label, f.name)
        }
        mapping = {
            c: {"field": by_heading[tidy(c)].name, "sure": 100} for c in columns if tidy(c) in by_heading
        }
        mapping |= {
            c: {"field": "id", "sure": 90}
            for c in columns
            if tidy(c) in NUMBERS and tidy(c) not in by_heading
        }
        return {"source": "generic", "mapping": mapping}

    def read(self, row: Row, work: Work) -> dict[str, Any]:
        fields: dict[str, Field] = work.memo.setdefault("fields", fields_of(work.resource))
        columns = {goes.field: column for column, goes in work.goes.items()}
        given = {name: unsafe_cell(row.cells.get(column, "")).strip() for name, column in columns.items()}
        given = {name: text for name, text in given.items() if text}
        if not given:
            raise RowProblem([("", _("The row is empty."))])
        number = given.pop("id", "")
        try:
            values = writing.understood(work.resource, given, user=work.user, fields=fields)
        except ValidationError as error:
            raise RowProblem(_said(error, columns)) from error
        except PermissionDenied as error:
            raise RowProblem([("", str(error))]) from error
        return {
            "values": values,
            "columns": columns,
            "id": int(number) if number.isdecimal() and len(number) < 19 else None,
        }

    def write(self, drafts: Sequence[dict[str, Any]], work: Work) -> list[Outcome]:
        return [self._one(draft, work) for draft in drafts]

    def _one(self, draft: dict[str, Any], work: Work) -> Outcome:
        rows = work.resource.rows(work.user, "change")
        found = rows.filter(pk=draft["id"]).first() if draft["id"] and "id" in work.match else None
        if found and work.on_match == "skip":
            return Outcome("skipped", found.pk, [("", _("It is already there."))])
        if not found and not may(work.user, "add", work.resource.model):
            return Outcome("failed", problems=[("", _("This record is new, and you may not add any."))])
        if found and work.on_match == "merge":
            draft = {
                **draft,
                "values": {name: v for name, v in draft["values"].items() if _is_empty(found, name)},
            }
        try:
            with transaction.atomic():
                outcome = self._write(draft, found, work)
                transaction.set_rollback(work.is_trial)
        except ValidationError as error:
            return Outcome("failed", problems=_said(error, draft["columns"]))
        return Outcome(outcome.kind, found.pk if found else None) if work.is_trial else outcome

    def _write(self, draft: dict[str, Any], found: Any, work: Work) -> Outcome:
        how = {"by": work.user, "batch": work.batch, "fields": work.memo["fields"]}
        if found is None:
            made = writing.create(work.resource, draft["values"], **how)
            return Outcome("created", made.pk)
        changed = writing.change(found, draft["values"], **how)
        return Outcome("updated" if changed else "unchanged", found.pk)


def _said(error: ValidationError, columns: Mapping[str, str]) -> list[tuple[str, str]]:
    """What is wrong, by the column of the file it came from."""
    if not hasattr(error, "error_dict"):
        return [("", text) for text in error.messages]
    return [(columns.get(name, ""), text) for name, texts in error.message_dict.items() for text in texts]


def _is_empty(record: Any, name: str) -> bool:
    if name.startswith(OWN):
        return name.removeprefix(OWN) not in (record.custom or {})
    return name != "tags" and getattr(record, name, None) in (None, "", [])
