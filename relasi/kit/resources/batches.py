"""One act that changed many records, and taking it back from its events.

What the batch made is removed in bulk, what it changed or removed is put right one by one, all newest first.
Every 500 events are one transaction and nothing is done twice, so an undo that was killed goes on when it is
called again. Each record is asked for under the rights of today.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import DataError, IntegrityError, models, transaction
from django.db.models.fields.reverse_related import ForeignObjectRel
from django.utils import timezone

from relasi.kit.events.models import Event, noun_of
from relasi.kit.events.writing import Draft, emit_many
from relasi.kit.records.models import Attachment, Comment, Tagging
from relasi.kit.records.record import EMPTY, HIDDEN, Record
from relasi.kit.resources.changeable import CHANGE_OR_DELETE, changeable
from relasi.kit.resources.changeable import model_of as model_of
from relasi.kit.resources.indexing import forget
from relasi.kit.resources.models import Batch
from relasi.lib import ids

CHUNK = 500
MOST_KEPT = 10_000
REFUSALS = (ValidationError, IntegrityError, DataError, ObjectDoesNotExist)  # a row that no longer fits
LOOKING = ("revealed", "viewed")  # events that change nothing


def begin(kind: str, resource: str, *, by: Any, title: str = "") -> Batch:
    """Open a batch; give its `token` as `batch=` to every change made in it."""
    token = ids.token(at_ms=int(timezone.now().timestamp() * 1000))
    batch: Batch = Batch.create(by=by, token=token, kind=kind, resource=resource, owner=by, title=title[:200])
    return batch


def find(token: str) -> Batch | None:
    """The batch with that token; whether the reader may know of it, `batch.is_open_to` says."""
    batch: Batch | None = Batch.objects.filter(token=token).first()
    return batch


def note(batch: Batch, result: dict[str, Any]) -> None:
    """Keep how far an act is or what became of it. No event: the changes themselves have theirs."""
    batch.result = result
    Batch.objects.filter(pk=batch.pk).update(result=result)


def undo(batch: Batch, *, by: Any, told: Callable[[int], bool | None] | None = None) -> dict[str, Any]:
    """Take back every change of the batch that nobody changed since; those are listed under `kept`.

    Returns `{"undone": n, "kept": [{"noun", "id", "title"}]}`, and where there are any `"closed"`: how many
    records `by` may not change, which are left and not named. Harmless when repeated. `told(done)` hears of
    each 500 events; when it answers False the rest is left for another call and the result says `"stopped":
    True`.
    """
    undoing = _Undoing(batch, by)
    while undoing.step():
        if told and told(undoing.done) is False:
            return {**undoing.result, "stopped": True}
    if not batch.undone_at:
        batch.change(
            by=by, verb="undone", undone_at=timezone.now(), result={**batch.result, **undoing.result}
        )
    return undoing.result


class _Closed(Exception):
    """Whoever undoes may not change this record."""


class _Undoing:
    """One walk over a batch's events, newest first. `back` marks what the undo itself changes."""

    def __init__(self, batch: Batch, by: Any) -> None:
        self.batch, self.by = batch, by
        self.back = f"{batch.token}~"[:40]
        self.ours = (batch.token, self.back)
        self.last_id: int | None = None
        self.done = 0
        self.undone = 0
        self.kept: dict[tuple[str, int], str] = {}
        self.closed: set[tuple[str, int]] = set()

    @property
    def result(self) -> dict[str, Any]:
        listed = list(self.kept.items())[:MOST_KEPT]
        named = [{"noun": noun, "id": pk, "title": title} for (noun, pk), title in listed]
        return {"undone": self.undone, "kept": named} | ({"closed": len(self.closed)} if self.closed else {})

    def step(self) -> bool:
        """The next 500 events, in one transaction. False when there are none."""
        events = Event.objects.filter(batch=self.batch.token).exclude(noun="batch").order_by("-id")
        chunk = list((events.filter(pk__lt=self.last_id) if self.last_id else events)[:CHUNK])
        if not chunk:
            return False
        self.last_id = chunk[-1].pk
        with transaction.atomic():
            self._take_back(chunk)
        self.done += len(chunk)
        return True

    def _take_back(self, chunk: Sequence[Event]) -> None:
        born = self._born(chunk)
        parties_born = {event.record_id for event in born.values() if _is_its_own_party(event.noun)}
        run: list[Event] = []
        for event in chunk:
            if event.verb != "created" and (event.noun, event.record_id) in born:
                self.undone += 1  # what the batch made goes as a whole with its creation
            elif event.party_id in parties_born and event.party_id != event.record_id:
                self.undone += 1  # and with it what hangs on it
            elif event.verb == "created":
                run = self._run(run, event)
            else:
                self._remove(run)
                run = []
                self._take_back_one(event)
        self._remove(run)

    def _run(self, run: list[Event], event: Event) -> list[Event]:
        """Creations of one noun in a row are removed together."""
        if run and run[0].noun != event.noun:
            self._remove(run)
            run = []
        return [*run, event]

    def _born(self, chunk: Sequence[Event]) -> dict[tuple[str, int], Event]:
        """The creations, in this batch, of what the events of the chunk are about, and of their parties."""
        wanted = {event.record_id for event in chunk} | {event.party_id for event in chunk if event.party_id}
        created = Event.objects.filter(batch=self.batch.token, verb="created", record_id__in=wanted)
        return {(event.noun, event.record_id): event for event in created}

    def _remove(self, run: Sequence[Event]) -> None:
        """Remove what these events created, but for what somebody touched since."""
        if not run:
            return
        model = model_of(run[0].noun)
        if model is None:
            self._keep(run)
            return
        titles = {event.record_id: event for event in run}
        rows = list(
            model._default_manager.select_for_update(of=("self",)).filter(pk__in=titles).order_by("pk")
        )
        self.undone += len(run) - len(rows)
        rows = self._open(rows)
        touched = self._touched(model, run) if rows else set()
        self._keep([titles[row.pk] for row in rows if row.pk in touched])
        removed = self._delete(model, [row for row in rows if row.pk not in touched])
        self._keep([titles[pk] for pk in removed if not removed[pk]])
        self.undone += sum(removed.values())

    def _open(self, rows: list[Record]) -> list[Record]:
        """Those that whoever undoes may change or delete."""
        reach = changeable(rows, self.by, CHANGE_OR_DELETE)
        self.closed |= {(noun_of(row), row.pk) for row in rows if row.pk not in reach}
        return [row for row in rows if row.pk in reach]

    def _delete(self, model: type[Record], rows: list[Record]) -> dict[int, bool]:
        """Delete rows with their events; when one is held by something, one by one. Which of them went."""
        if not rows:
            return {}
        try:
            with transaction.atomic():
                _delete_together(model, rows, by=self.by, back=self.back)
        except models.ProtectedError:
            if len(rows) == 1:
                return {rows[0].pk: False}
            middle = len(rows) // 2
            return self._delete(model, rows[:middle]) | self._delete(model, rows[middle:])
        return {row.pk: True for row in rows}

    def _touched(self, model: type[Record], run: Sequence[Event]) -> set[int]:
        """Which of the created records somebody changed, spoke of, or pointed to from elsewhere since."""
        wanted = {event.record_id for event in run}
        noun = run[0].noun
        later = (
            Event.objects.filter(pk__gt=min(event.pk for event in run))
            .exclude(batch__in=self.ours)
            .exclude(verb__in=LOOKING)
        )
        touched = set(
            later.filter(noun=noun, record_id__in=wanted, actor_id__isnull=False).values_list(
                "record_id", flat=True
            )
        )
        if any(event.party_id == event.record_id for event in run):
            about = later.filter(party_id__in=wanted).exclude(noun=noun)
            touched |= {pk for pk in about.values_list("party_id", flat=True) if pk}
        for hanging in (Comment, Attachment):
            touched |= set(
                hanging.objects.filter(noun=noun, record_id__in=wanted).values_list("record_id", flat=True)
            )
        return touched | self._pointed_to(model, wanted - touched)

    def _pointed_to(self, model: type[Record], wanted: set[int]) -> set[int]:
        """Those that rows of elsewhere link to, where the link would be emptied or forbid the removal."""
        found: set[int] = set()
        for relation in _loose_links(model):
            name = relation.field.attname
            rows = relation.related_model._base_manager.filter(**{f"{name}__in": wanted}).order_by()
            pairs = list(rows.values_list("pk", name))
            if pairs:
                ours = self._made_here(relation.related_model, [pk for pk, _target in pairs])
                found |= {target for pk, target in pairs if pk not in ours}
        return found

    def _made_here(self, model: type[models.Model], pks: Sequence[int]) -> set[int]:
        """Of these rows, those this batch made or put right already."""
        events = Event.objects.filter(batch=self.batch.token, noun=noun_of(model), record_id__in=pks)
        return set(events.values_list("record_id", flat=True))

    def _take_back_one(self, event: Event) -> None:
        """Count the change as undone (or already so), as kept, or as closed to whoever undoes."""
        try:
            is_undone = self._put_right(event)
        except _Closed:
            self.closed.add((event.noun, event.record_id))
            return
        if is_undone:
            self.undone += 1
        else:
            self._keep([event])

    def _put_right(self, event: Event) -> bool:
        model = model_of(event.noun)
        if model is None:
            return False
        rows = model._default_manager.select_for_update(of=("self",)).filter(pk=event.record_id)
        record = rows.first()
        if event.verb == "deleted":
            return record is not None or self._recreated(model, event, rows)
        if record is None:
            return False
        if self._is_back(event):
            return True
        if self._changed_since(event):
            if not changeable([record], self.by):
                raise _Closed
            return False
        return self._restored(record, event)

    @transaction.atomic
    def _restored(self, record: Record, event: Event) -> bool:
        """An act that gave a record away can be taken back: it is asked for before, and else after."""
        is_open = changeable([record], self.by)
        is_done = _restore(record, event, self.back, self.by)
        if is_open or (is_done and changeable([record], self.by)):
            return is_done
        raise _Closed

    @transaction.atomic
    def _recreated(self, model: type[Record], event: Event, rows: models.QuerySet[Any]) -> bool:
        is_done = _recreate(model, event, self.back, self.by)
        if is_done and not changeable(list(rows), self.by, CHANGE_OR_DELETE):
            raise _Closed
        return is_done

    def _is_back(self, event: Event) -> bool:
        """Whether an undo that was killed took this back already."""
        later = Event.objects.filter(
            noun=event.noun, record_id=event.record_id, pk__gt=event.pk, batch=self.back
        )
        return any(
            all(other.changes.get(name) == sides[::-1] for name, sides in event.changes.items())
            for other in later.only("changes", "id")
        )

    def _changed_since(self, event: Event) -> bool:
        """Whether somebody changed the same fields later."""
        later = Event.objects.filter(noun=event.noun, record_id=event.record_id, pk__gt=event.pk)
        later = later.exclude(batch__in=self.ours).exclude(verb__in=LOOKING)
        return any(set(other.changes) & set(event.changes) for other in later.only("changes", "id"))

    def _keep(self, events: Iterable[Event]) -> None:
        for event in events:
            self.kept[event.noun, event.record_id] = event.title


def _delete_together(model: type[Record], rows: Sequence[Record], *, by: Any, back: str) -> None:
    """What `remove` does, for many rows in few statements."""
    noun = noun_of(model)
    emit_many(
        Draft(
            verb="deleted",
            record=row,
            by=by,
            changes=_last_state(row),
            batch=back,
            party_id=row.event_party_id(),
        )
        for row in rows
    )
    pks = [row.pk for row in rows]
    if model.leaves_quietly or model.saved is Record.saved:
        forget(noun, pks)
    else:
        for row in rows:
            row.saved(created=False, fields=set(), removed=True)
    Tagging.objects.filter(noun=noun, record_id__in=pks).delete()
    model._base_manager.filter(pk__in=pks).delete()


def _last_state(row: Record) -> dict[str, list[Any]]:
    return row._logged({name: [value, None] for name, value in row._snapshot().items() if value not in EMPTY})


def _loose_links(model: type[models.Model]) -> list[ForeignObjectRel]:
    """Relations from other rows that do not go along when a row of this table is deleted."""
    concrete = model._meta.concrete_model or model
    return [
        relation
        for relation in concrete._meta.related_objects
        if relation.on_delete is not models.CASCADE and not relation.many_to_many and relation.field.concrete
    ]


def _restore(record: Record, event: Event, back: str, by: Any) -> bool:
    changes = dict(event.changes)
    tags = changes.pop("tags", None)
    if tags:
        from relasi.kit.resources.writing import set_tags

        set_tags(record, tags[0] or [], by=by, batch=back)
    if any(HIDDEN in sides for sides in changes.values()):
        return False
    columns = {field.attname: field for field in record._meta.concrete_fields}
    before = {name: columns[name].to_python(sides[0]) for name, sides in changes.items() if name in columns}
    fields = {name: _empty(columns[name]) if value is None else value for name, value in before.items()}
    record.change(by=by, verb="reverted", batch=back, **fields)
    return True


def _recreate(model: type[Record], event: Event, back: str, by: Any) -> bool:
    columns = {field.attname: field for field in model._meta.concrete_fields}
    try:
        values = {name: columns[name].to_python(s[0]) for name, s in event.changes.items() if name in columns}
        with transaction.atomic():
            model.create(by=by, verb="restored", batch=back, id=event.record_id, **values)
    except REFUSALS:
        return False
    return True


def _empty(field: models.Field[Any, Any]) -> Any:
    """The empty value of a column: events keep empty text as None when a record is created."""
    if field.null:
        return None
    return field.get_default() if field.has_default() else ""


def _is_its_own_party(noun: str) -> bool:
    """Whether records of this noun are what events call the party, not something that hangs on one."""
    model: Any = model_of(noun)
    return model is not None and model(pk=-1).event_party_id() == -1
