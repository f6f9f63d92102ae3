"""What happened to a record, field by field, as far as the reader may see; and bringing an older value
back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from markupsafe import escape

from relasi.kit.access.models import User
from relasi.kit.access.models.role import Level
from relasi.kit.events.models import Event
from relasi.kit.records.record import EMPTY, HIDDEN, Record
from relasi.kit.resources import cells
from relasi.kit.resources.declaration import Resource
from relasi.kit.resources.fields import OWN, Field
from relasi.kit.resources.models import Batch
from relasi.kit.resources.registry import verbs_of
from relasi.kit.resources.writing import set_tags

PAGE = 30
WORDS = {
    "created": gettext_lazy("created this"),
    "changed": gettext_lazy("changed"),
    "deleted": gettext_lazy("deleted this"),
    "archived": gettext_lazy("archived this"),
    "unarchived": gettext_lazy("brought this back"),
    "tagged": gettext_lazy("changed the tags"),
    "moved": gettext_lazy("moved this"),
    "merged": gettext_lazy("merged"),
    "unmerged": gettext_lazy("took a merge back"),
    "restored": gettext_lazy("restored an older value"),
    "reverted": gettext_lazy("took changes back"),
    "shared": gettext_lazy("shared this"),
    "unshared": gettext_lazy("stopped sharing this"),
    "revealed": gettext_lazy("looked at a guarded value"),
}
ICONS = {
    "created": ("plus", "green"), "deleted": ("trash", "red"), "archived": ("archive", "grey"),
    "unarchived": ("archive-off", "grey"), "tagged": ("tags", "teal"), "moved": ("stairs", "violet"),
    "merged": ("git-merge", "amber"), "unmerged": ("git-merge", "amber"),
    "restored": ("arrow-back-up", "blue"),
    "reverted": ("arrow-back-up", "blue"), "shared": ("share", "teal"), "unshared": ("lock", "grey"),
    "revealed": ("eye", "amber"),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Line:
    """One field of one event. `before` and `after` are safe HTML; `can_restore` whether the reader may
    bring `before` back."""

    name: str
    label: Any
    before: Any
    after: Any
    can_restore: bool = False


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One event as this reader sees it."""

    event: Event
    words: Any
    icon: str
    tone: str
    at: datetime
    actor: str
    lines: list[Line] = field(default_factory=list)
    batch: Batch | None = None


def history_of(
    record: Record,
    resource: Resource,
    user: Any,
    fields: dict[str, Field],
    *,
    before: int | None = None,
    may_change: bool = False,
) -> tuple[list[Entry], int | None]:
    """One page of entries, newest first, and the mark of the next page. Hidden fields leave no trace;
    masked ones show dots."""
    events = Event.objects.of(record)
    found = list((events.filter(pk__lt=before) if before else events)[: PAGE + 1])
    names = _Names(found[:PAGE], fields, user)
    batches = {
        batch.token: batch
        for batch in Batch.objects.filter(token__in={e.batch for e in found if e.batch}).exclude(
            kind=Batch.Kind.EDIT
        )
    }
    entries = []
    for event in found[:PAGE]:
        lines = _lines(event, resource, user, fields, names, may_change)
        if lines or not event.changes:
            entries.append(_entry(event, resource, lines, batches.get(event.batch)))
    return entries, found[PAGE - 1].pk if len(found) > PAGE else None


def sides_of(changes: dict[str, list[Any]], fields: dict[str, Field]) -> dict[str, list[Any]]:
    """An event's changes by the name of the field: links without `_id`, own fields each under their own
    name."""
    by_column = {field.model_field.attname: name for name, field in fields.items() if field.model_field}
    sides: dict[str, list[Any]] = {}
    for column, (old, new) in changes.items():
        if column == "custom":
            old, new = old or {}, new or {}
            keys = [key for key in {**old, **new} if old.get(key) != new.get(key)]
            sides |= {OWN + key: [old.get(key), new.get(key)] for key in keys}
        else:
            sides[by_column.get(column, column)] = [old, new]
    return sides


@transaction.atomic
def restore(
    record: Record,
    event: Event,
    name: str,
    *,
    resource: Resource,
    by: Any,
    fields: dict[str, Field],
    batch: str = "",
) -> bool:
    """Bring back what a field held before an event. Raises PermissionDenied, ValidationError for what
    cannot be brought back."""
    sides = sides_of(event.changes, fields)
    if name not in fields or name not in sides:
        raise ValidationError(_("That event did not change this field."))
    known = fields[name]
    if not known.is_editable or not by.rights.writable(resource.model, name):
        raise PermissionDenied(_("You may not change %(field)s.") % {"field": known.label})
    old = sides[name][0]
    if old == HIDDEN:
        raise ValidationError(_("The older value was not kept."))
    if name == "tags":
        return set_tags(record, old or [], by=by, batch=batch)
    if known.custom:
        locked = type(record)._default_manager.select_for_update(of=("self",)).get(pk=record.pk)
        custom = {**(locked.custom or {}), known.custom.key: old}
        kept = {key: value for key, value in custom.items() if value not in EMPTY}
        return record.change(by=by, verb="restored", batch=batch, custom=kept)
    column = known.model_field
    value = column.to_python(old) if old is not None else None if column.null else column.get_default()
    if (
        column.is_relation
        and value is not None
        and not column.related_model._default_manager.filter(pk=value).exists()
    ):
        raise ValidationError(_("What it was linked to is gone."))
    restored: dict[str, Any] = {column.attname: value}
    return record.change(by=by, verb="restored", batch=batch, **restored)


def event_of(record: Record, pk: int) -> Event | None:
    """One event of this record and no other."""
    return Event.objects.of(record).filter(pk=pk).first()


class _Names:
    """What linked records are called, fetched for a whole page: colleagues by name, others as far as the
    reader may see."""

    def __init__(self, events: Iterable[Event], fields: dict[str, Field], user: Any) -> None:
        ids: dict[Any, set[Any]] = defaultdict(set)
        for event in events:
            for name, sides in sides_of(event.changes, fields).items():
                if name in fields and fields[name].kind == "link":
                    ids[fields[name].link_model] |= {side for side in sides if side}
        self.found = {
            (model, row.pk): row for model, keys in ids.items() if model for row in _rows(model, keys, user)
        }

    def __call__(self, model: Any, key: Any) -> str:
        row = self.found.get((model, key))
        return str(row) if row is not None else _("Not open to you") + f" ({key})"


def _rows(model: Any, keys: set[Any], user: Any) -> Iterable[Any]:
    rows = model._default_manager.filter(pk__in=keys)
    shown: Iterable[Any] = rows if issubclass(model, User) else user.rights.visible(rows)
    return shown


def _entry(event: Event, resource: Resource, lines: list[Line], batch: Batch | None) -> Entry:
    icon, tone = ICONS.get(event.verb, ("bolt", "violet") if event.verb != "changed" else ("pencil", "blue"))
    return Entry(
        event=event,
        words=_words(event.verb, resource),
        icon=icon,
        tone=tone,
        at=event.at,
        actor=event.actor_name or _("The system"),
        lines=lines,
        batch=batch,
    )


def _words(verb: str, resource: Resource) -> Any:
    if verb in WORDS:
        return WORDS[verb]
    return next((v.label for v in verbs_of(resource) if v.name == verb), verb.replace("_", " "))


def _lines(
    event: Event, resource: Resource, user: Any, fields: dict[str, Field], names: _Names, may_change: bool
) -> list[Line]:
    lines = []
    for name, (old, new) in sides_of(event.changes, fields).items():
        known = fields.get(name)
        if known is None or known.column:
            continue
        level = user.rights.level(resource.model, name)
        if level == Level.HIDDEN:
            continue
        closed = level == Level.MASKED or known.kind in cells.MASKS or known.kind == "identity"
        show = (
            (lambda value: HIDDEN if value not in EMPTY else "")
            if closed
            else (lambda v, f=known: _shown(f, v, names, resource))
        )
        can = (
            may_change
            and known.is_editable
            and level == Level.WRITE
            and HIDDEN not in (old, new)
            and event.verb != "created"
        )
        lines.append(Line(name=name, label=known.label, before=show(old), after=show(new), can_restore=can))
    return lines


def _shown(known: Field, value: Any, names: _Names, resource: Resource) -> Any:
    """One side of a change, as a cell would write it; values in events are plain JSON."""
    if value in EMPTY:
        return ""
    if value == HIDDEN:
        return HIDDEN
    if known.kind == "link":
        return escape(names(known.link_model, value))
    if known.kind == "tags":
        return escape(", ".join(str(part) for part in value))
    if known.model_field and not known.custom:
        try:
            value = known.model_field.to_python(value)
        except ValidationError:
            return escape(str(value))
    if known.kind == "choice":
        tone = cells.tone_of(known, value, resource)
        return (
            cells.badge(known.choice_label(value), tone) if tone else escape(str(known.choice_label(value)))
        )
    writer = cells.WRITERS.get(known.kind, cells._text)
    return writer(known, value)
