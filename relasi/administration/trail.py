"""The audit trail as a page: which events, in what words, with which values open to the reader."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import islice
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from relasi.administration.doors import plain
from relasi.kit.access.models import User
from relasi.kit.access.models.role import Level
from relasi.kit.events.models import Event, noun_of
from relasi.kit.records.record import EMPTY, HIDDEN
from relasi.kit.resources import cells, repeats
from relasi.kit.resources.fields import kind_of
from relasi.kit.resources.history import WORDS as CHANGES
from relasi.kit.resources.registry import resource_of, resources_of_noun, verbs_of
from relasi.kit.ui import formats
from relasi.lib.text import safe_cell

PAGE = 60
Names = Mapping[tuple[Any, int], str]
WORDS = {
    **CHANGES,
    "signed_in": gettext_lazy("signed in"),
    "signed_out": gettext_lazy("signed out"),
    "sign_in_failed": gettext_lazy("failed to sign in"),
    "second_factor_added": gettext_lazy("added a second factor"),
    "second_factor_removed": gettext_lazy("removed a second factor"),
    "recovery_codes_renewed": gettext_lazy("made new recovery codes"),
    "password_changed": gettext_lazy("changed the password"),
    "password_reset": gettext_lazy("chose a new password by mail"),
    "password_link_sent": gettext_lazy("sent a link for a new password"),
    "email_changed": gettext_lazy("changed the e-mail address"),
    "sessions_ended": gettext_lazy("signed out every device"),
    "deactivated": gettext_lazy("shut the account"),
    "activated": gettext_lazy("opened the account again"),
    "roles_changed": gettext_lazy("changed the roles"),
    "moved_to_team": gettext_lazy("changed the team"),
    "became_owner": gettext_lazy("became owner"),
    "gave_up_ownership": gettext_lazy("gave up ownership"),
    "rights_changed": gettext_lazy("changed what a role may do"),
    "invited": gettext_lazy("invited"),
    "accepted": gettext_lazy("accepted an invitation"),
    "revoked": gettext_lazy("revoked"),
    "issued": gettext_lazy("issued a key"),
    "exported": gettext_lazy("exported"),
    "audit_exported": gettext_lazy("exported the audit trail"),
    "audit_check_asked": gettext_lazy("had the audit chain verified"),
}  # fmt: skip
ALARMING = {"sign_in_failed", "deleted", "deactivated", "second_factor_removed", "revealed"}


def teach_words() -> None:
    """The history of a user speaks of signing in with the same words."""
    CHANGES.update(WORDS)


@dataclass(frozen=True)
class Asked:
    """The filter, from the address of the page; what cannot be understood is left out."""

    actor: str = ""
    noun: str = ""
    verb: str = ""
    record: str = ""
    batch: str = ""
    event: str = ""
    since: str = ""
    until: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Asked:
        return cls(**{name: plain(query.get(name, ""))[:80] for name in cls.__dataclass_fields__})

    @property
    def is_any(self) -> bool:
        return any(getattr(self, name) for name in self.__dataclass_fields__)

    def events(self) -> QuerySet[Event]:
        """Newest first."""
        rows: QuerySet[Event] = Event.objects.order_by("-id")
        if self.actor == "system":
            rows = rows.filter(actor_id__isnull=True)
        elif self.actor.isdecimal() and len(self.actor) < 19:
            rows = rows.filter(actor_id=int(self.actor))
        for name, value in (("noun", self.noun), ("verb", self.verb), ("batch", self.batch)):
            if value:
                rows = rows.filter(**{name: value})
        if number := _number(self.record):
            rows = rows.filter(record_id=number)
        if number := _number(self.event):
            rows = rows.filter(pk=number)
        if start := _moment(self.since):
            rows = rows.filter(at__gte=start)
        if end := _moment(self.until):
            rows = rows.filter(at__lt=end + timedelta(days=1))
        return rows


@dataclass(frozen=True, kw_only=True)
class Line:
    """One event as one reader sees it. `changes`: (label, before, after), closed values as dots."""

    event: Event
    words: Any
    noun: Any
    href: str
    is_alarming: bool
    changes: list[tuple[str, str, str]] = field(default_factory=list)


def page(asked: Asked, reader: User, *, before: str = "") -> tuple[list[Line], int | None]:
    """One page of lines and the mark of the next."""
    rows = asked.events()
    if mark := _number(before):
        rows = rows.filter(pk__lt=mark)
    found = list(rows[: PAGE + 1])
    shown = found[:PAGE]
    links = _links(shown, reader)
    names = _names(shown, reader)
    lines = [_line(event, reader, links, names) for event in shown]
    return lines, shown[-1].pk if len(found) > PAGE else None


def csv_lines(asked: Asked, reader: User) -> Iterator[str]:
    """The same as a CSV file: one line per event, changes as `field: before → after`."""
    out = io.StringIO()
    writer = csv.writer(out)
    yield "\ufeff"
    heading = (
        pgettext("of a record", "Number"),
        _("Time"),
        _("Who"),
        _("What"),
        _("Kind"),
        _("Record"),
        _("Title"),
        _("Changes"),
        _("Note"),
        _("Batch"),
    )
    writer.writerow([safe_cell(str(word)) for word in heading])
    for event, names in _with_names(asked.events(), reader):
        changes = "; ".join(f"{label}: {old} → {new}" for label, old, new in changes_of(event, reader, names))
        cells = (
            event.pk,
            event.at.isoformat(),
            event.actor_name,
            event.verb,
            event.noun,
            event.record_id,
            event.title,
            changes,
            event.note,
            event.batch,
        )
        writer.writerow([cell if isinstance(cell, int) else safe_cell(str(cell)) for cell in cells])
        yield out.getvalue()
        out.seek(0)
        out.truncate()
    yield out.getvalue()


def changes_of(event: Event, reader: User, names: Names) -> list[tuple[str, str, str]]:
    """What an event changed, as far as the reader may know: hidden fields leave no trace, masked ones show
    dots, and linked records have names where the reader may see them.
    """
    model = _models().get(event.noun)
    lines = []
    for column, sides in event.changes.items():
        if not isinstance(sides, list) or len(sides) != 2 or column.endswith("_index"):
            continue
        if column == "custom" and all(side is None or isinstance(side, dict) for side in sides):
            lines += _own_changes(sides, model, reader)
            continue
        known = _field(model, column)
        name = known.name if known else column
        level = reader.rights.level(model, name) if model else Level.READ
        if level == Level.HIDDEN:
            continue
        closed = level == Level.MASKED or getattr(known, "relasi_kind", "") == "identity"
        old, new = (_closed(side) if closed else _text(side, known, names) for side in sides)
        lines.append((_(str(known.verbose_name).capitalize()) if known else column, old, new))
    return lines


def words_of(verb: str, noun: str) -> Any:
    if verb in WORDS:
        return WORDS[verb]
    labels = (
        found.label
        for resource in resources_of_noun(noun)
        for found in verbs_of(resource)
        if found.name == verb
    )
    return next(labels, _(verb.replace("_", " ")))


def actors() -> list[tuple[str, str]]:
    """Who can be chosen in the filter."""
    return [
        (str(pk), name)
        for pk, name in User._default_manager.order_by("name").values_list("pk", "name")[:1000]
    ]


def _own_changes(sides: list[Any], model: Any, reader: User) -> list[tuple[str, str, str]]:
    old, new = (side or {} for side in sides)
    lines = []
    for key in {**old, **new}:
        level = reader.rights.level(model, f"own.{key}") if model else Level.READ
        if old.get(key) == new.get(key) or level == Level.HIDDEN:
            continue
        show = _closed if level == Level.MASKED else _text
        lines.append((key, show(old.get(key)), show(new.get(key))))
    return lines


def _line(event: Event, reader: User, links: Mapping[tuple[str, int], str], names: Names) -> Line:
    from relasi.administration.matrix import NOUNS

    shown = resources_of_noun(event.noun)
    model = _models().get(event.noun)
    label = NOUNS.get(event.noun) or (
        shown[0].label if shown else model._meta.verbose_name if model else event.noun
    )
    return Line(
        event=event,
        words=words_of(event.verb, event.noun),
        noun=label,
        href=links.get((event.noun, event.record_id), ""),
        is_alarming=event.verb in ALARMING,
        changes=changes_of(event, reader, names),
    )


def _links(events: Iterable[Event], reader: User) -> dict[tuple[str, int], str]:
    """Where the records of a page are shown, for those that still stand and are open to the reader."""
    wanted: dict[str, set[int]] = {}
    for event in events:
        if resources_of_noun(event.noun):
            wanted.setdefault(event.noun, set()).add(event.record_id)
    links = {}
    for noun, ids in wanted.items():
        rows = _models()[noun]._default_manager.filter(pk__in=ids)
        for record in reader.rights.visible(rows):
            resource = resource_of(record)
            if resource:
                links[noun, record.pk] = reverse("resource_record", args=[resource.name, record.pk])
    return links


def _with_names(events: QuerySet[Event], reader: User) -> Iterator[tuple[Event, Names]]:
    """Each event with the names of its thousand: a few queries for all of them."""
    stream = events.iterator(chunk_size=1000)
    while chunk := list(islice(stream, 1000)):
        names = _names(chunk, reader)
        yield from ((event, names) for event in chunk)


def _names(events: Iterable[Event], reader: User) -> Names:
    """What linked records are called; colleagues to everybody, others as far as the reader may see them."""
    wanted: dict[Any, set[Any]] = defaultdict(set)
    for event in events:
        model = _models().get(event.noun)
        for column, sides in event.changes.items():
            known = _field(model, column)
            if known is not None and known.is_relation and isinstance(sides, list):
                wanted[known.related_model] |= {side for side in sides if isinstance(side, int)}
    return {
        (model, pk): name
        for model, pks in wanted.items()
        for pk, name in cells.names_of(model, pks, reader).items()
    }


def _models() -> dict[str, Any]:
    return {noun_of(model): model for model in apps.get_models() if not model._meta.proxy}


def _field(model: type[models.Model] | None, column: str) -> Any:
    if model is None:
        return None
    return next((one for one in model._meta.concrete_fields if column in (one.attname, one.name)), None)


def _closed(value: Any) -> str:
    return HIDDEN if value not in EMPTY else ""


def _text(value: Any, known: Any = None, names: Names | None = None) -> str:
    if value in EMPTY:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if known is not None and known.choices:
        return str(dict(known.flatchoices).get(value, value))
    if known is not None and known.is_relation:
        return (names or {}).get((known.related_model, value)) or _("Not open to you") + f" ({value})"
    if known is not None and (write := WRITERS.get(kind_of(known))):
        return write(value)
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    return str(value)


def _date(value: Any) -> str:
    return formats.date(parse_date(str(value)[:10])) or str(value)


def _datetime(value: Any) -> str:
    moment = parse_datetime(str(value))
    return formats.datetime(moment) if moment else str(value)


WRITERS = {"date": _date, "datetime": _datetime, "phone": formats.phone, "repeat": repeats.words}


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 19 else None


def _moment(text: str) -> datetime | None:
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return timezone.make_aware(datetime.combine(day, time.min)) if day else None
