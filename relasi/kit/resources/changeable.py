"""Which rows a user may change today: asked for each of them when an act over many is taken back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.apps import apps
from django.db import models

from relasi.kit.access.models.role import Scope
from relasi.kit.events.models import noun_of
from relasi.kit.records.models import OnAnyRecord
from relasi.kit.records.record import Record
from relasi.kit.resources.registry import resources

CHANGE = ("change",)
CHANGE_OR_DELETE = ("change", "delete")


def changeable(rows: Sequence[Any], user: Any, verbs: Sequence[str] = CHANGE) -> set[int]:
    """The ids of those rows, all of one table, that the user sees and may do one of `verbs` to.

    What has no rights of its own follows what it hangs on. `user` None is the installation itself.
    """
    if not rows or user is None:
        return {row.pk for row in rows}
    model = type(rows[0])
    if issubclass(model, OnAnyRecord):
        return _by_record(rows, user, verbs)
    found = _in_reach(model, {row.pk for row in rows}, user, verbs)
    if model.visible_through and noun_of(model) not in {resource.noun for resource in resources()}:
        found |= _by_parents(model, rows, user, verbs)
    return found


def model_of(noun: str) -> type[Record] | None:
    """The table behind a noun."""
    return next(
        (m for m in apps.get_models() if issubclass(m, Record) and not m._meta.proxy and noun_of(m) == noun),
        None,
    )


def _in_reach(model: type[models.Model], pks: Iterable[int], user: Any, verbs: Sequence[str]) -> set[int]:
    rights, noun, wanted = user.rights, noun_of(model), set(pks)
    if rights.scope(noun, "view") == Scope.ALL and Scope.ALL in {rights.scope(noun, one) for one in verbs}:
        return wanted
    seen = rights.visible(model._default_manager.filter(pk__in=wanted))
    found: set[int] = set()
    for verb in verbs:
        found |= set(rights.visible(seen, verb).order_by().values_list("pk", flat=True))
    return found


def _by_record(rows: Sequence[Any], user: Any, verbs: Sequence[str]) -> set[int]:
    by_noun: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        by_noun[row.noun].append(row)
    found: set[int] = set()
    for noun, hanging in by_noun.items():
        if model := model_of(noun):
            reach = _in_reach(model, {row.record_id for row in hanging}, user, verbs)
            found |= {row.pk for row in hanging if row.record_id in reach}
    return found


def _by_parents(model: Any, rows: Sequence[Any], user: Any, verbs: Sequence[str]) -> set[int]:
    found: set[int] = set()
    for name in model.visible_through:
        link = model._meta.get_field(name)
        ids = {row.pk: getattr(row, link.attname) for row in rows if getattr(row, link.attname)}
        reach = _in_reach(link.related_model, ids.values(), user, verbs)
        found |= {pk for pk, parent in ids.items() if parent in reach}
    return found
