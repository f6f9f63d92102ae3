"""Doing a verb to a record: asked again on the locked row, in one transaction, in a batch where the verb
can be taken back."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from relasi.kit.access.rights import may
from relasi.kit.records.record import Record
from relasi.kit.resources import batches
from relasi.kit.resources.declaration import Resource, Verb
from relasi.kit.resources.models import Batch


class NotNow(Exception):
    """The verb makes no sense for the record as it stands now."""


@transaction.atomic
def do(
    verb: Verb, record: Record, values: Mapping[str, Any] | None = None, *, resource: Resource, by: Any
) -> Batch | None:
    """Call `record.<verb>(by=…, **values)`. The batch to undo it by, or None for a verb that takes none.

    Raises PermissionDenied, NotNow when `verb.when` no longer holds on the locked row, ValidationError in
    plain words.
    """
    locked = type(record)._default_manager.select_for_update(of=("self",)).get(pk=record.pk)
    if not may(by, verb.right or verb.name, locked):
        raise PermissionDenied(_("You may not do this."))
    if verb.when and not verb.when(locked):
        raise NotNow(_("“%(verb)s” is no longer possible: somebody was faster.") % {"verb": verb.label})
    method = getattr(locked, verb.name)
    if "batch" not in inspect.signature(method).parameters:
        method(by=by, **(values or {}))
        return None
    batch = batches.begin("edit", resource.name, by=by, title=f"{verb.label}: {locked}")
    method(by=by, batch=batch.token, **(values or {}))
    return batch


def missing(values: Mapping[str, Any], names: tuple[str, ...], fields: Mapping[str, Any]) -> None:
    """Raises ValidationError for asked fields that were left empty and may not be."""
    empty = [name for name in names if values.get(name) in (None, "", []) and fields[name].is_required]
    if empty:
        raise ValidationError({name: [_("This is needed.")] for name in empty})
