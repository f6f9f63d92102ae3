"""A plausible record of any registered noun, made from its declaration, with the records it must point at."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import SlugField
from django.utils import timezone

from relasi.catalog.models import StockMovement
from relasi.kit.access.models import User
from relasi.kit.records.record import Record
from relasi.kit.resources import Resource, writing
from relasi.kit.resources.fields import Field, fields_of
from relasi.kit.resources.registry import resources

TEXTS = {
    "email": "contoh{n}@sahabat.example",
    "phone": "0812 7000 {n:04d}",
    "url": "https://contoh{n}.example",
}


def sample_values(resource: Resource, n: int = 1) -> dict[str, Any]:
    """Texts as a person would type them, for every field of the create form that is required or plain.

    Writes nothing, unless a record it must point at does not exist yet.
    """
    fields = _asked(resource)
    _lay(resource, n, fresh=False)
    values = {name: _typed(field, n) for name, field in fields.items() if field.kind != "link"}
    values |= _links(fields)
    return {name: value for name, value in values.items() if value is not None}


def sample(resource: Resource, *, by: User, n: int = 1, **more: Any) -> Record:
    """A saved record of this noun."""
    _lay(resource, n, fresh=True)
    values = writing.understood(resource, {**sample_values(resource, n), **more}, user=by)
    return writing.create(resource, values, by=by)


def _asked(resource: Resource) -> dict[str, Field]:
    fields = fields_of(resource)
    names = dict.fromkeys(
        [*resource.create_fields, *(name for name, field in fields.items() if field.is_required)]
    )
    return {name: fields[name] for name in names if name in fields and fields[name].is_editable}


def _links(fields: dict[str, Field]) -> dict[str, str]:
    """For each required link the newest record there is; two links to one kind of record differ."""
    taken: dict[Any, int] = {}
    found = {}
    for name, field in fields.items():
        if field.kind == "link" and field.is_required:
            at = taken[field.link_model] = taken.get(field.link_model, -1) + 1
            found[name] = str(field.link_model._default_manager.order_by("-pk")[at].pk)
    return found


def _lay(resource: Resource, n: int, *, fresh: bool) -> None:
    """Make the records this one must point at: those that are missing, and with `fresh` those that may be
    pointed at only once. Last comes the one that is linked first."""
    owner = User.objects.filter(is_owner=True).first()
    required = [field for field in _asked(resource).values() if field.kind == "link" and field.is_required]
    counts: dict[Any, int] = {}
    for field in required:
        counts[field.link_model] = counts.get(field.link_model, 0) + 1
    is_new = False
    for at, field in reversed(list(enumerate(required))):
        target = _resource_of(field.link_model)
        enough = field.link_model._default_manager.count() >= counts[field.link_model]
        if target is None or (enough and not (fresh and _differs(resource, field))):
            continue
        made = OF_ITS_KIND.get((resource.name, field.name), {})
        sample(target, by=owner, n=n * 10 + at + 1000, **made)
        is_new = True
    if is_new and resource.name in GROUND:
        GROUND[resource.name](owner, _links(_asked(resource)))


def _resource_of(model: Any) -> Resource | None:
    return next((one for one in resources() if one.model is model and one.can_create), None)


def _differs(resource: Resource, field: Field) -> bool:
    """Whether a rule of the table lets only so many rows point at the same record."""
    rules = getattr(resource.model._meta, "constraints", [])
    return any(field.name in getattr(rule, "fields", ()) for rule in rules)


def _stocked(owner: User, links: dict[str, str]) -> None:
    """Goods to reserve."""
    StockMovement.create(
        by=owner, kind="receipt", product_id=links["product"], place_id=links["place"], quantity=Decimal(1000)
    )


OF_ITS_KIND: dict[tuple[str, str], dict[str, Any]] = {("bundle-items", "bundle"): {"is_stocked": "no"}}
GROUND: dict[str, Callable[[User, dict[str, str]], None]] = {"reservations": _stocked}


def _typed(field: Field, n: int) -> Any:
    if field.name == "filter":
        return "name is not empty"
    if isinstance(field.model_field, SlugField):
        return f"contoh-{n}"
    if field.kind in TEXTS:
        return TEXTS[field.kind].format(n=n)
    if field.kind == "choice":
        return str(field.choices[0][0]) if field.is_required else None
    by_kind: dict[str, Any] = {
        "number": str(n),
        "money": str(1000 * n),
        "date": (date(1990, 1, 1) + timedelta(days=n)).isoformat(),
        "datetime": (timezone.now() + timedelta(hours=n)).isoformat(timespec="minutes"),
        "bool": "yes",
        "text": f"Contoh {n}",
        "long": f"Contoh isi {n}",
    }
    return by_kind.get(field.kind)
