"""Writing a record from named values: model fields, own fields and tags alike, with the reader's rights."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from relasi.kit.events.writing import emit
from relasi.kit.records.models import Tag, Tagging, about
from relasi.kit.records.record import EMPTY, Record
from relasi.kit.resources.declaration import Resource
from relasi.kit.resources.fields import OWN, Field, fields_of
from relasi.kit.resources.registry import resource_of
from relasi.kit.resources.values import read


def understood(
    resource: Resource, given: Mapping[str, Any], *, user: Any, fields: dict[str, Field] | None = None
) -> dict[str, Any]:
    """Python values of what was typed, by field name. Raises ValidationError with every problem by field,
    PermissionDenied for fields the user may not write.
    """
    fields = fields or fields_of(resource)
    values, problems = {}, {}
    for name, text in given.items():
        field = fields.get(name)
        if field is None or not field.is_editable:
            problems[name] = [_("There is no field “%(field)s” that can be set.") % {"field": name}]
            continue
        if not user.rights.writable(resource.model, name):
            raise PermissionDenied(_("You may not change %(field)s.") % {"field": field.label})
        try:
            values[name] = read(field, text, user=user)
        except ValidationError as error:
            problems[name] = error.messages
    if problems:
        raise ValidationError(problems)
    return values


@transaction.atomic
def create(
    resource: Resource,
    values: Mapping[str, Any],
    *,
    by: Any,
    batch: str = "",
    fields: dict[str, Field] | None = None,
) -> Record:
    """A new record of this noun from understood values. Raises ValidationError, also for own fields that may
    not stay empty.
    """
    refuse_empty(values, needed(resource, by, fields))
    plain, own, tags = _split(values)
    if own:
        plain["custom"] = {key: value for key, value in own.items() if value not in (None, "", [])}
    record = resource.model.create(by=by, batch=batch, **{**resource.where, **plain})
    if tags is not None:
        set_tags(record, tags, by=by, batch=batch)
    return record


@transaction.atomic
def change(
    record: Record,
    values: Mapping[str, Any],
    *,
    by: Any,
    batch: str = "",
    if_version: int | None = None,
    fields: dict[str, Field] | None = None,
) -> bool:
    """Set understood values on a record. True when something differed. Raises Stale, ValidationError."""
    plain, own, tags = _split(values)
    if own and (resource := resource_of(record)):
        refuse_empty(values, [field for field in needed(resource, by, fields) if field.name in values])
    if own:
        current = type(record)._default_manager.select_for_update(of=("self",)).get(pk=record.pk).custom or {}
        merged = {**current, **own}
        plain["custom"] = {key: value for key, value in merged.items() if value not in (None, "", [])}
    changed = record.change(by=by, batch=batch, if_version=if_version, **plain)
    if tags is not None:
        changed |= set_tags(record, tags, by=by, batch=batch)
    return changed


def needed(resource: Resource, user: Any, fields: dict[str, Field] | None = None) -> list[Field]:
    """The company's own fields that may not stay empty, as far as this user may fill them."""
    return [
        field
        for name, field in (fields or fields_of(resource)).items()
        if field.custom and field.is_required and (not user or user.rights.writable(resource.model, name))
    ]


def refuse_empty(values: Mapping[str, Any], fields: Iterable[Field]) -> None:
    """Raises ValidationError by field for those without a value."""
    if empty := [field for field in fields if values.get(field.name) in EMPTY]:
        raise ValidationError({f.name: [_("“%(field)s” is needed.") % {"field": f.label}] for f in empty})


@transaction.atomic
def set_tags(record: Record, names: list[str], *, by: Any, batch: str = "") -> bool:
    """Make these the record's tags, creating those that are new; one event with the old and new names."""
    wanted = {name.strip()[:60].lower(): name.strip()[:60] for name in names if name.strip()}
    here = Tagging.objects.filter(**about(record)).select_related("tag")
    before = {tagging.tag.name.lower(): tagging for tagging in here}
    if wanted.keys() == before.keys():
        return False
    for key in before.keys() - wanted.keys():
        before[key].delete()
    for key in wanted.keys() - before.keys():
        tag = Tag.objects.filter(name__iexact=wanted[key]).first() or Tag.create(by=by, name=wanted[key])
        Tagging.objects.get_or_create(tag=tag, **about(record))
    old = sorted(tagging.tag.name for tagging in before.values())
    changes = {"tags": [old, sorted(wanted.values())]}
    emit("tagged", record, by=by, changes=changes, batch=batch, party_id=record.event_party_id())
    return True


def _split(values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any], list[str] | None]:
    own = {name.removeprefix(OWN): value for name, value in values.items() if name.startswith(OWN)}
    tags = values.get("tags")
    plain = {name: value for name, value in values.items() if not name.startswith(OWN) and name != "tags"}
    return plain, own, tags
