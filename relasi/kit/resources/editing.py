"""Many records changed by one act: a bulk edit, a pasted block.

One batch, rights on every row and field, undo.
"""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from relasi.kit.access.rights import may
from relasi.kit.records.record import Record
from relasi.kit.resources.declaration import Resource, Verb
from relasi.kit.resources.deleting import delete
from relasi.kit.resources.fields import Field, fields_of
from relasi.kit.resources.listing import Listing, load_tags
from relasi.kit.resources.models import Batch
from relasi.kit.resources.registry import verbs_of
from relasi.kit.resources.writing import change, set_tags, understood

CHUNK = 200
REASONS_SHOWN = 3
SAMPLES = 20


@dataclass(frozen=True, kw_only=True)
class Act:
    """What is done to each row. `right` is the verb asked of every row; `one(record, batch)` does it, False
    when nothing differed, or raises ValidationError with the reason why this row is left out.
    """

    title: str
    right: str
    one: Callable[[Any, Batch], bool]
    can_undo: bool = True


@dataclass
class Outcome:
    """How it went: rows changed, rows as they were, and the reasons of those left out with how often each."""

    changed: int = 0
    same: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    samples: list[dict[str, Any]] = field(default_factory=list)

    def skip(self, record: Any, reason: str) -> None:
        self.skipped[reason] += 1
        if len(self.samples) < SAMPLES:
            self.samples.append({"id": record.pk, "title": str(record), "reason": reason})

    def as_data(self) -> dict[str, Any]:
        skipped = dict(self.skipped.most_common())
        return {"changed": self.changed, "same": self.same, "skipped": skipped, "samples": self.samples}

    def add(self, data: Mapping[str, Any]) -> None:
        """Go on counting from what an earlier part of the work left."""
        self.changed += data.get("changed", 0)
        self.same += data.get("same", 0)
        self.skipped.update(data.get("skipped", {}))
        self.samples = [*data.get("samples", []), *self.samples][:SAMPLES]


def said(data: Mapping[str, Any]) -> str:
    """`12 changed, 3 as they were, 2 skipped: you may not change them`."""
    changed, same, skipped = data.get("changed", 0), data.get("same", 0), data.get("skipped", {})
    parts = [ngettext("%(n)d changed", "%(n)d changed", changed) % {"n": changed}]
    if same:
        parts.append(ngettext("%(n)d was so already", "%(n)d were so already", same) % {"n": same})
    if skipped:
        left_out = sum(skipped.values())
        why = "; ".join(list(skipped)[:REASONS_SHOWN])
        parts.append(
            ngettext("%(n)d skipped: %(why)s", "%(n)d skipped: %(why)s", left_out)
            % {"n": left_out, "why": why}
        )
    return ", ".join(parts) + "."


def act_of(resource: Resource, what: str, given: Mapping[str, Any], user: Any) -> Act:
    """The act a form asks for. `what`: set (with `field`, `value`), tag, untag (`tags`), archive, unarchive,
    delete, do:verb.

    Raises ValidationError for values that cannot be understood, PermissionDenied for what this reader may
    never do, LookupError for what nobody offers.
    """
    if what.startswith("do:"):
        return _verb(resource, what.removeprefix("do:"), given, user)
    if what not in ACTS:
        raise LookupError(what)
    return ACTS[what](resource, given, user)


def run(
    act: Act, *, resource: Resource, user: Any, ids: Iterable[int], batch: Batch, outcome: Outcome
) -> None:
    """Do it to these rows, as far as the reader may; each chunk is one transaction."""
    for chunk in chunks(ids, CHUNK):
        with transaction.atomic():
            seen = list(resource.rows(user).filter(pk__in=chunk).order_by("pk"))
            allowed = set(resource.rows(user, act.right).filter(pk__in=chunk).values_list("pk", flat=True))
            for record in seen:
                if record.pk in allowed:
                    _one(act, record, batch, outcome)
                else:
                    outcome.skip(record, _("you may not change them"))


def _one(act: Act, record: Any, batch: Batch, outcome: Outcome) -> None:
    try:
        with transaction.atomic():
            if act.one(record, batch):
                outcome.changed += 1
            else:
                outcome.same += 1
    except ValidationError as error:
        outcome.skip(record, " ".join(str(text) for text in error.messages))
    except models.ProtectedError:
        outcome.skip(record, _("other records depend on them"))


def ids_of(listing: Listing) -> list[int]:
    """The numbers of everything that meets the filter."""
    return list(listing.rows().order_by("pk").values_list("pk", flat=True))


def chunks(values: Iterable[int], size: int) -> Iterator[list[int]]:
    part: list[int] = []
    for value in values:
        part.append(value)
        if len(part) == size:
            yield part
            part = []
    if part:
        yield part


def settable(resource: Resource, user: Any) -> list[Field]:
    """The fields a bulk edit offers: editable, writable, and not what makes each record itself."""
    alone = {resource.title, "nik", "npwp"}
    fields = fields_of(resource)
    return [
        known
        for name, known in fields.items()
        if known.is_editable and known.kind not in {"json", "identity", "tags"} and name not in alone
        and user.rights.writable(resource.model, name) and name != "id"
    ]  # fmt: skip


def _set(resource: Resource, given: Mapping[str, Any], user: Any) -> Act:
    name = str(given.get("field", ""))
    fields = fields_of(resource)
    if name not in fields:
        raise ValidationError({"field": [_("Choose a field.")]})
    values = understood(resource, {name: given.get("value", "")}, user=user, fields=fields)
    known = fields[name]
    if known.is_required and values[name] in (None, "", []):
        raise ValidationError({name: [_("This is needed.")]})
    title = _("%(field)s set") % {"field": known.label}

    def one(record: Any, batch: Batch) -> bool:
        return change(record, values, by=user, batch=batch.token)

    return Act(title=title, right="change", one=one)


def _tagging(resource: Resource, given: Mapping[str, Any], user: Any, add: bool) -> Act:
    if not getattr(resource.model, "is_tagged", False):
        raise LookupError("tag")
    if not user.rights.writable(resource.model, "tags"):
        raise PermissionDenied(_("You may not change %(field)s.") % {"field": _("Tags")})
    names = [name.strip() for name in str(given.get("tags", "")).replace(";", ",").split(",") if name.strip()]
    if not names:
        raise ValidationError({"tags": [_("Type at least one tag.")]})
    wanted = {name.lower(): name for name in names}

    def one(record: Any, batch: Batch) -> bool:
        load_tags([record])
        here = {tag.name.lower(): tag.name for tag in record.tag_list}
        after = {**here, **wanted} if add else {key: name for key, name in here.items() if key not in wanted}
        return set_tags(record, list(after.values()), by=user, batch=batch.token)

    title = (_("Tags added: %(tags)s") if add else _("Tags removed: %(tags)s")) % {"tags": ", ".join(names)}
    return Act(title=title, right="change", one=one)


def _tag(resource: Resource, given: Mapping[str, Any], user: Any) -> Act:
    return _tagging(resource, given, user, add=True)


def _untag(resource: Resource, given: Mapping[str, Any], user: Any) -> Act:
    return _tagging(resource, given, user, add=False)


def _delete(resource: Resource, given: Mapping[str, Any], user: Any) -> Act:
    if not resource.can_delete:
        raise LookupError("delete")
    if not may(user, "delete", resource.model):
        raise PermissionDenied(_("You may not do this."))

    def one(record: Any, batch: Batch) -> bool:
        delete(record, resource=resource, by=user, batch=batch)
        return True

    return Act(title=_("Deleted"), right="delete", one=one)


def _verb(resource: Resource, name: str, given: Mapping[str, Any], user: Any) -> Act:
    verb = bulk_verbs(resource, user).get(name)
    if verb is None:
        raise LookupError(name)
    fields = fields_of(resource)
    values = understood(
        resource, {name: given.get(name, "") for name in verb.fields}, user=user, fields=fields
    )
    empty = [name for name in verb.fields if fields[name].is_required and values[name] in (None, "", [])]
    if empty:
        raise ValidationError({name: [_("This is needed.")] for name in empty})
    has_batch = "batch" in inspect.signature(getattr(resource.model, verb.name)).parameters

    def one(record: Record, batch: Batch) -> bool:
        locked = type(record)._default_manager.select_for_update(of=("self",)).get(pk=record.pk)
        if verb.when and not verb.when(locked):
            return False
        getattr(locked, verb.name)(by=user, **({"batch": batch.token} if has_batch else {}), **values)
        return True

    return Act(title=str(verb.label), right=verb.right or verb.name, one=one, can_undo=has_batch)


def bulk_verbs(resource: Resource, user: Any) -> dict[str, Verb]:
    """The verbs offered for many rows at once that this reader may do to some."""
    return {
        verb.name: verb
        for verb in verbs_of(resource)
        if verb.bulk and not verb.form and may(user, verb.right or verb.name, resource.model)
    }


ACTS: dict[str, Callable[[Resource, Mapping[str, Any], Any], Act]] = {
    "set": _set,
    "tag": _tag,
    "untag": _untag,
    "delete": _delete,
}
