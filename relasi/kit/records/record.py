"""Record: a row whose every change is one event in the same transaction."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, ClassVar, Self

from django.db import models, transaction
from django.utils import timezone

from relasi.kit.events.models import noun_of
from relasi.kit.events.writing import emit

Changes = dict[str, list[Any]]
HIDDEN = "•••"
BOOKKEEPING = {"id", "created_at", "updated_at", "version"}
EMPTY: tuple[Any, ...] = (None, "", [], {})
FOLLOWERS: list[Callable[..., None]] = []


class Stale(Exception):
    """Somebody else saved the record first. `current` is the row as it stands now."""

    def __init__(self, current: Record) -> None:
        super().__init__(f"{current} was changed by somebody else (version {current.version}).")
        self.current = current


class RecordQuerySet(models.QuerySet[Any]):
    """The adjectives every noun has. `visible_to` is the only door for rows shown to a person."""

    def visible_to(self, user: Any) -> Self:
        return user.rights.visible(self)  # type: ignore[no-any-return]

    def open_to(self, user: Any, verb: str) -> Self:
        """Those of the rows that a person may do a verb to."""
        return user.rights.visible(self, verb)  # type: ignore[no-any-return]

    def live(self) -> Self:
        """Without what was archived or merged away."""
        if hasattr(self.model, "archived_at"):
            return self.filter(archived_at__isnull=True)
        return self


class Record(models.Model):
    """Base of all nouns: times, a version for stale saves, and `change()`, the only writer.

    Class attributes a noun may set:
    `guarded_fields`: shown masked unless a role opens them, wherever they appear; `secret_fields`: never
    written into events; `unlogged_fields`: bookkeeping, not news; `visible_through`: foreign keys whose
    readers may read this row; `leaves_quietly`: its `saved` has nothing to do when a row is removed, so that
    many may be removed at once; `written_once`: a line of a ledger, which nobody has the right to change or
    delete (its own verbs may still write).
    """

    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    guarded_fields: ClassVar[tuple[str, ...]] = ()
    secret_fields: ClassVar[tuple[str, ...]] = ()
    unlogged_fields: ClassVar[tuple[str, ...]] = ()
    visible_through: ClassVar[tuple[str, ...]] = ()
    leaves_quietly: ClassVar[bool] = False
    written_once: ClassVar[bool] = False

    objects = RecordQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def noun(self) -> str:
        return noun_of(type(self))

    def event_party_id(self) -> int | None:
        """The party this record is about, for the party's timeline."""
        return getattr(self, "party_id", None)

    @classmethod
    @transaction.atomic
    def create(
        cls, *, by: Any, verb: str = "created", note: str = "", batch: str = "", **fields: Any
    ) -> Self:
        """Make a new row and its event. Raises ValidationError with plain words by field."""
        record = cls(**fields)
        record.prepare()
        record.full_clean(validate_unique=True)
        record._to_scale()
        record.save(force_insert=True)
        changes = {name: [None, value] for name, value in record._snapshot().items() if value not in EMPTY}
        party_id = record.event_party_id()
        emit(verb, record, by=by, changes=record._logged(changes), note=note, batch=batch, party_id=party_id)
        record.saved(created=True, fields=set(fields))
        return record

    @transaction.atomic
    def change(
        self,
        *,
        by: Any,
        verb: str = "changed",
        note: str = "",
        batch: str = "",
        if_version: int | None = None,
        **fields: Any,
    ) -> bool:
        """Set fields and write one event with what they were and are. False when nothing differs.

        The before-image is read from the locked row, so a form that already filled the instance loses
        nothing. Raises Stale when `if_version` is given and no longer true, ValidationError for bad values.
        """
        locked = type(self)._default_manager.select_for_update(of=("self",)).get(pk=self.pk)
        if if_version is not None and locked.version != if_version:
            raise Stale(locked)
        before = locked._snapshot()
        for name, value in fields.items():
            setattr(locked, name, value)
        locked.prepare()
        locked.full_clean(validate_unique=True)
        locked._to_scale()
        after = locked._snapshot()
        changed = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
        if not changed:
            self._take(locked)
            return False
        locked.version += 1
        locked.updated_at = timezone.now()
        locked.save(update_fields=[*changed, "version", "updated_at"])
        self._take(locked)
        news = locked._logged(changed)
        if news or verb != "changed":
            party_id = locked.event_party_id()
            emit(verb, locked, by=by, changes=news, note=note, batch=batch, party_id=party_id)
        self.saved(created=False, fields=set(changed))
        return True

    @transaction.atomic
    def remove(self, *, by: Any, verb: str = "deleted", note: str = "", batch: str = "") -> None:
        """Delete the row; its last state stays in the event, so that it can be brought back."""
        changes = {name: [value, None] for name, value in self._snapshot().items() if value not in EMPTY}
        party_id = self.event_party_id()
        emit(verb, self, by=by, changes=self._logged(changes), note=note, batch=batch, party_id=party_id)
        self.saved(created=False, fields=set(), removed=True)
        self.delete()

    def prepare(self) -> None:
        """Derive what follows from other fields, before validation. For nouns to fill."""

    def saved(self, *, created: bool, fields: set[str], removed: bool = False) -> None:
        """After the row is written, in the same transaction: the kit's followers (search) are told."""
        for follower in FOLLOWERS:
            follower(self, created=created, fields=fields, removed=removed)

    def _snapshot(self) -> dict[str, Any]:
        return {
            field.attname: field.value_from_object(self)
            for field in self._meta.concrete_fields
            if field.attname not in BOOKKEEPING
        }

    def _to_scale(self) -> None:
        """Decimals as their columns keep them, so that a record reads the same before and after it is
        fetched.
        """
        for field in self._meta.concrete_fields:
            value = getattr(self, field.attname)
            if isinstance(field, models.DecimalField) and isinstance(value, Decimal):
                setattr(self, field.attname, value.quantize(Decimal(1).scaleb(-field.decimal_places)))

    def _logged(self, changes: Changes) -> Changes:
        kept = {name: sides for name, sides in changes.items() if name not in self.unlogged_fields}
        for name in kept.keys() & set(self.secret_fields):
            kept[name] = [HIDDEN if side else side for side in kept[name]]
        return kept

    def _take(self, other: Record) -> None:
        for field in self._meta.concrete_fields:
            setattr(self, field.attname, getattr(other, field.attname))
        self._state.fields_cache.clear()
