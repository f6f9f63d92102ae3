"""A plausible record of any registered noun, made from its declaration alone."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from relasi.kit.access.models import User
from relasi.kit.records.record import Record
from relasi.kit.resources import Resource, writing
from relasi.kit.resources.fields import Field, fields_of

TEXTS = {"email": "contoh{n}@sahabat.example", "phone": "0812 7000 {n:04d}", "url": "https://contoh{n}.example"}


def sample_values(resource: Resource, n: int = 1) -> dict[str, Any]:
    """Texts as a person would type them, for every field of the create form that is required or plain."""
    fields = fields_of(resource)
    names = dict.fromkeys(
        [*resource.create_fields, *(name for name, field in fields.items() if field.is_required)]
    )
    values = {name: _typed(fields[name], n) for name in names if name in fields and fields[name].is_editable}
    return {name: value for name, value in values.items() if value is not None}


def sample(resource: Resource, *, by: User, n: int = 1, **more: Any) -> Record:
    """A saved record of this noun."""
    values = writing.understood(resource, {**sample_values(resource, n), **more}, user=by)
    return writing.create(resource, values, by=by)


def _typed(field: Field, n: int) -> Any:
    if field.kind in TEXTS:
        return TEXTS[field.kind].format(n=n)
    if field.kind == "link":
        return _linked(field) if field.is_required else None
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


def _linked(field: Field) -> str | None:
    target = field.link_model._default_manager.first()
    return str(target.pk) if target else None
