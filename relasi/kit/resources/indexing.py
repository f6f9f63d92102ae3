"""From records to the search index: after every write, in bulk, and all over again as a job."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cache, partial
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import DateField, Field, ForeignKey

from relasi.kit.jobs import job, progress, should_stop
from relasi.kit.records.record import Record
from relasi.kit.resources.declaration import Resource, Search
from relasi.kit.resources.registry import resource_of, resources
from relasi.kit.search.engine import EntryData, drop, put
from relasi.kit.search.models import Entry
from relasi.kit.ui import formats

BATCH = 5000


def entry_of(record: Record, resource: Resource, *, closed: Collection[str] = ()) -> EntryData:
    """What the box knows of a record, from its declaration. Guarded and secret fields are left out.

    With `closed` fields (those one reader may not search) also these, and what free functions tell: they may
    read anything.
    """
    search = resource.search or Search(fields=(resource.title,))
    unspoken = {*record.guarded_fields, *record.secret_fields, *closed}
    texts = {
        name: _text(record, name) for name in search.fields if name != resource.title and name not in unspoken
    }
    more = search.more(record) if search.more and not closed else ""
    tell = None if closed else search.subtitle or resource.subtitle
    title = "" if resource.title in closed else _text(record, resource.title) or str(record)
    return EntryData(
        noun=resource.noun,
        resource=resource.name,
        record_id=record.pk,
        party_id=record.event_party_id(),
        title=title,
        more=" ".join(filter(None, [*texts.values(), more])),
        subtitle=str(tell(record)) if tell else " · ".join(islice(filter(None, _told(record, texts)), 2)),
    )


def follow(record: Record, *, created: bool, fields: set[str], removed: bool = False) -> None:
    """A follower of every write: keeps the record's entry true in the same transaction."""
    resource = resource_of(record)
    if resource is None or resource.search is None:
        return
    if removed:
        drop(resource.noun, [record.pk])
    elif created or _speaks_of(resource, fields):
        put([entry_of(record, resource)])


def index(records: Iterable[Record]) -> None:
    """Put many records into the index at once: after a bulk import, or when what hangs on them changed."""
    put(
        entry_of(record, resource)
        for record in records
        if (resource := resource_of(record)) and resource.search
    )


def forget(noun: str, record_ids: Iterable[int]) -> None:
    """Take records out after they were deleted in bulk."""
    drop(noun, record_ids)


def reindex(resource: Resource, *, said: Callable[[int], bool] | None = None) -> int:
    """Write all entries of one noun anew and drop those without a record. Returns how many records were read.

    One transaction per 5,000 rows. `said(done)` is told after each; when it answers False the rest is left
    undone.
    """
    done = 0
    for batch in _batches(resource):
        with transaction.atomic():
            put(entry_of(record, resource) for record in batch)
        done += len(batch)
        if said and not said(done):
            return done
    _drop_orphans(resource)
    return done


def catch_up(*, plan: Collection[Any] = (), **_signal: Any) -> None:
    """After a migration: a noun with records and no entry at all (laid by the migration, or searched only
    from this version on) is indexed, a large one as a job.
    """
    state = MigrationExecutor(connection)
    if not plan or state.migration_plan(state.loader.graph.leaf_nodes()):
        return  # nothing new, or tables as an older version knows them
    for resource in resources():
        rows, entries = _rows(resource), Entry.objects.filter(resource=resource.name, noun=resource.noun)
        if not resource.search or entries.exists() or not rows.exists():
            continue
        if rows.order_by()[BATCH:].exists():
            reindex_all.later(name=resource.name)
        else:
            reindex(resource)


@job(queue="slow")
def reindex_all(*, name: str = "") -> int:
    """Write the index of one resource or all anew: now, or `reindex_all.later()`. Returns the rows read."""
    chosen = [resource for resource in resources() if resource.search and name in ("", resource.name)]
    total = sum(_rows(resource).count() for resource in chosen)
    done = 0
    for resource in chosen:
        done += reindex(resource, said=partial(_report, before=done, total=total))
    return done


def _report(read: int, *, before: int, total: int) -> bool:
    progress(before + read, total)
    return not should_stop()


def _rows(resource: Resource) -> Any:
    return resource.model._default_manager.filter(**resource.where)


def _batches(resource: Resource) -> Iterator[list[Any]]:
    """All rows of a noun in batches by key, with the linked records their entries speak of."""
    links = [name for name in _search_fields(resource) if isinstance(_field(resource, name), ForeignKey)]
    rows = _rows(resource).select_related(*links).prefetch_related(*resource.preload).order_by("pk")
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        yield batch
        last = batch[-1].pk


def _drop_orphans(resource: Resource) -> None:
    entries = Entry.objects.filter(resource=resource.name, noun=resource.noun).values_list(
        "record_id", flat=True
    )
    stream = iter(entries.order_by("record_id").iterator(BATCH))
    while ids := list(islice(stream, BATCH)):
        alive = set(_rows(resource).filter(pk__gte=ids[0], pk__lte=ids[-1]).values_list("pk", flat=True))
        drop(resource.noun, [pk for pk in ids if pk not in alive])


def _speaks_of(resource: Resource, fields: set[str]) -> bool:
    """Whether a change of these fields can change the entry. Free functions may read anything."""
    search = resource.search
    if search is None or search.more or search.subtitle or resource.subtitle:
        return True
    known = {*_search_fields(resource), *resource.where}
    return bool(fields & (known | {f"{name}_id" for name in known})) or "name" in fields


def _search_fields(resource: Resource) -> tuple[str, ...]:
    return (*(resource.search.fields if resource.search else ()), resource.title)


def _text(record: Record, name: str) -> str:
    value = getattr(record, name, None)
    if value in (None, ""):
        return ""
    if not isinstance(value, str) and isinstance(_model_field(type(record), name), DateField):
        return str(value.isoformat())
    return str(value)


def _told(record: Record, texts: Mapping[str, str]) -> Iterator[str]:
    """The texts as people write them: a phone number with its spaces."""
    for name, text in texts.items():
        is_phone = getattr(_model_field(type(record), name), "relasi_kind", "") == "phone"
        yield formats.phone(text) if is_phone else text


def _field(resource: Resource, name: str) -> Field[Any, Any] | None:
    return _model_field(resource.model, name)


@cache
def _model_field(model: type[Record], name: str) -> Field[Any, Any] | None:
    return next((field for field in model._meta.fields if field.name == name), None)
