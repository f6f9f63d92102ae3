"""Deleting with a way back: what hangs on a record goes by events too, so that the undo brings everything
again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction
from django.db.models.deletion import Collector
from django.utils.translation import gettext as _

from relasi.kit.records.models import Attachment, Comment, Tagging, about
from relasi.kit.records.record import Record
from relasi.kit.resources import batches
from relasi.kit.resources.declaration import Resource
from relasi.kit.resources.models import Batch
from relasi.kit.resources.writing import set_tags

UNDOABLE = 500  # rows going along; beyond that the reader is asked first, and the rest goes without events


@dataclass(frozen=True, kw_only=True)
class Loss:
    """What goes with a record. `counts` is (kind in plain words, number); `is_final` when an undo could not
    bring it all back."""

    counts: list[tuple[str, int]] = field(default_factory=list)
    is_final: bool = False


def loss_of(record: Record) -> Loss:
    """Look at what a deletion would take along. Reads, writes nothing."""
    going, _pointing = _dependents(record)
    kinds = Counter(str(row._meta.verbose_name_plural) for row in going)
    for model, name in ((Comment, _("comments")), (Attachment, _("files"))):
        if number := model.objects.filter(**about(record)).count():
            kinds[name] += number
    is_final = len(going) > UNDOABLE or any(not isinstance(row, Record) for row in going)
    return Loss(counts=kinds.most_common(), is_final=is_final)


@transaction.atomic
def delete(record: Record, *, resource: Resource, by: Any, batch: Batch | None = None) -> Batch:
    """Remove the record and what hangs on it, all in one batch (a new one, or `batch`). Raises
    ProtectedError when something still needs it."""
    locked = type(record)._default_manager.select_for_update(of=("self",)).get(pk=record.pk)
    going, pointing = _dependents(locked)
    batch = batch or batches.begin(
        "edit", resource.name, by=by, title=_("Deleted: %(title)s") % {"title": locked}
    )
    for row, names in pointing[:UNDOABLE]:
        emptied: dict[str, Any] = dict.fromkeys(names)
        row.change(by=by, batch=batch.token, **emptied)
    for row in _children_first(going)[:UNDOABLE]:
        row.remove(by=by, batch=batch.token)
    if Tagging.objects.filter(**about(locked)).exists():
        set_tags(locked, [], by=by, batch=batch.token)
    for model in (Comment, Attachment):
        for row in model.objects.filter(**about(locked)).order_by("pk"):
            row.remove(by=by, batch=batch.token)
    locked.remove(by=by, batch=batch.token)
    return batch


def blockers(error: models.ProtectedError | models.RestrictedError) -> Iterator[Any]:
    """The rows that hold a record in place."""
    if isinstance(error, models.ProtectedError):
        yield from error.protected_objects
    else:
        yield from error.restricted_objects


def _dependents(record: Record) -> tuple[list[Any], list[tuple[Record, list[str]]]]:
    """Rows that go with the record, and records whose links to it are emptied (with those links' names)."""
    collector = Collector(using="default", origin=record)
    collector.collect([record])
    going = [row for rows in collector.data.values() for row in rows if row != record]
    for rows in collector.fast_deletes:
        going += list(rows[: UNDOABLE + 1])
    return going, _pointing(collector)


def _pointing(collector: Collector) -> list[tuple[Record, list[str]]]:
    found: dict[tuple[type, Any], tuple[Record, list[str]]] = {}
    for (column, _value), groups in collector.field_updates.items():
        for row in _rows(groups):
            if isinstance(row, Record):
                found.setdefault((type(row), row.pk), (row, []))[1].append(column.name)
    return list(found.values())


def _rows(groups: Iterable[Any]) -> Iterator[Any]:
    for group in groups:
        yield from group


def _children_first(rows: list[Any]) -> list[Record]:
    """Records so that whoever points at another goes before it: the newest table first, then the newest
    row."""
    depth = {type(row): len(_parents(type(row), set())) for row in rows}
    kept = [row for row in rows if isinstance(row, Record)]
    return sorted(kept, key=lambda row: (-depth[type(row)], -row.pk))


def _parents(model: type[models.Model], seen: set[type[models.Model]]) -> set[type[models.Model]]:
    for column in model._meta.concrete_fields:
        target = column.related_model
        if isinstance(target, type) and target not in seen:
            seen.add(target)
            _parents(target, seen)
    return seen
