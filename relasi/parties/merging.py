"""What points at a party, and how it is pointed at another one, so that it can be pointed back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction

from relasi.kit.events.models import noun_of
from relasi.kit.records.models import CustomField
from relasi.kit.records.record import FOLLOWERS, Record
from relasi.kit.resources.registry import find
from relasi.parties.models import DuplicatePair, Merge, Party

Image = dict[str, Any]
STAYS = (Merge, DuplicatePair)  # they speak of the two parties themselves
KEEPS_ITS_OWN = {"events", "search", "jobs"}  # the trail is never rewritten; the index follows the records
CHUNK = 500


@dataclass(frozen=True)
class Reference:
    """A column by which rows of a table belong to a party; `noun` narrows tables that hang on any record."""

    model: type[models.Model]
    column: str
    noun: str = ""

    @property
    def name(self) -> str:
        return f"{self.model._meta.label_lower}.{self.column}"

    def rows(self, party_id: int) -> models.QuerySet[Any]:
        rows = self.model._base_manager.filter(**{self.column: party_id})
        return rows.filter(noun=self.noun) if self.noun else rows


def references() -> Iterator[Reference]:
    """Every foreign key to a party in any app, and every table that hangs on any record."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.proxy or not model._meta.managed or model in STAYS:
            continue
        columns = {column.name for column in model._meta.concrete_fields}
        for column in model._meta.concrete_fields:
            if _leads_to_party(column) and column.name != "merged_into":
                yield Reference(model, column.attname)
        if {"noun", "record_id"} <= columns and model._meta.app_label not in KEEPS_ITS_OWN:
            yield Reference(model, "record_id", noun_of(Party))


def reference_named(name: str) -> Reference | None:
    return next((reference for reference in references() if reference.name == name), None)


def _leads_to_party(column: models.Field[Any, Any]) -> bool:
    related = column.related_model
    return (
        isinstance(column, models.ForeignKey)
        and getattr(related, "_meta", None) is not None
        and (
            related._meta.concrete_model is Party  # type: ignore[union-attr]
        )
    )


@dataclass
class Moved:
    """Rows by reference name: those that now point at the other party, and those that had to stay."""

    moved: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    stayed: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))

    @property
    def count(self) -> int:
        return sum(len(ids) for ids in self.moved.values())


def point_all(*, source: int, target: int) -> Moved:
    """Point everything of one party at another. A row its table allows only once stays where it is."""
    result = Moved()
    for reference in references():
        rows = reference.rows(source)
        if reference.model is Party:
            rows = rows.exclude(pk__in=[source, target])
        ids = list(rows.values_list("pk", flat=True))
        for start in range(0, len(ids), CHUNK):
            moved, stayed = point(reference, ids[start : start + CHUNK], target=target)
            result.moved[reference.name] += moved
            result.stayed[reference.name] += stayed
    return Moved(_filled(result.moved), _filled(result.stayed))


def point(reference: Reference, ids: list[Any], *, target: int) -> tuple[list[Any], list[Any]]:
    """(those that could be pointed at `target`, those that a rule of their table holds back)."""
    if _try(reference, ids, target):
        _tell_followers(reference, ids)
        return ids, []
    moved = [pk for pk in ids if _try(reference, [pk], target)]
    _tell_followers(reference, moved)
    return moved, [pk for pk in ids if pk not in set(moved)]


def _try(reference: Reference, ids: list[Any], target: int) -> bool:
    try:
        with transaction.atomic():
            reference.model._base_manager.filter(pk__in=ids).update(**{reference.column: target})
    except IntegrityError:
        return False
    return True


def _tell_followers(reference: Reference, ids: list[Any]) -> None:
    if not issubclass(reference.model, Record):
        return
    for record in reference.model._base_manager.filter(pk__in=ids):
        for follower in FOLLOWERS:
            follower(record, created=False, fields={reference.column}, removed=False)


def point_links(*, source: int, target: int) -> dict[str, list[int]]:
    """The same for own fields that link to a party: `noun.key` → ids of the records changed."""
    changed: dict[str, list[int]] = {}
    for custom in CustomField.objects.filter(kind=CustomField.Kind.LINK):
        linked = find(custom.link_to)
        if linked is None or linked.model._meta.concrete_model is not Party:
            continue
        for model in _tables_of(custom.noun):
            rows = model._base_manager.filter(**{f"custom__{custom.key}": source})
            ids = list(rows.values_list("pk", flat=True))
            if ids:
                set_link(model, custom.key, ids, target)
                changed[f"{custom.noun}.{custom.key}"] = ids
    return changed


def set_link(model: Any, key: str, ids: Iterable[int], target: int) -> None:
    for row in model._base_manager.filter(pk__in=list(ids)):
        row.custom = {**row.custom, key: target}
        row.save(update_fields=["custom"])


def _tables_of(noun: str) -> list[Any]:
    return [
        model
        for model in apps.get_models()
        if not model._meta.proxy
        and noun_of(model) == noun
        and any(f.name == "custom" for f in model._meta.fields)
    ]


def table_of(noun: str) -> Any:
    return next(iter(_tables_of(noun)), None)


def image(row: models.Model) -> Image:
    """Every column of a row as JSON can hold it."""
    return {column.attname: _plain(column, row) for column in row._meta.concrete_fields}


def _plain(column: models.Field[Any, Any], row: models.Model) -> Any:
    value = column.value_from_object(row)
    if value is None or isinstance(value, bool | int | float | str | dict | list):
        return value
    return column.value_to_string(row)


def value_of(model: type[models.Model], attname: str, plain: Any) -> Any:
    """The column's value from what `image` kept."""
    column = next(column for column in model._meta.concrete_fields if column.attname == attname)
    return column.to_python(plain) if not isinstance(column, models.JSONField) else plain


def _filled(lists: dict[str, list[Any]]) -> dict[str, list[Any]]:
    return {name: ids for name, ids in lists.items() if ids}
