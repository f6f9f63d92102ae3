"""Which fields a stage can require, and which of them a deal still lacks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from relasi.kit.records.models import CustomField
from relasi.kit.resources.fields import OWN

NEXT = "next_activity_at"
LINES = "lines"
CHOICES: tuple[tuple[str, Any], ...] = (
    ("amount", _("Amount")),
    ("source", _("Source")),
    ("own_probability", _("Own probability (%)")),
    (NEXT, _("Next activity")),
    (LINES, _("Products")),
)


class RequiredField(models.JSONField):
    """A list of names of fields of deals."""

    relasi_kind = "multi"

    def relasi_choices(self) -> list[tuple[str, Any]]:
        return required_choices()

    def validate(self, value: Any, model_instance: Any) -> None:
        known = {key for key, _label in self.relasi_choices()}
        if not isinstance(value, list) or not set(value) <= known:
            raise ValidationError(_("Choose fields of deals."))


def required_choices() -> list[tuple[str, Any]]:
    """Fields of deals that may stay empty, with the company's own."""
    own = CustomField._default_manager.filter(noun="deal", is_active=True).values_list("key", "label")
    return [*CHOICES, *((OWN + key, label) for key, label in own)]


def lacking(deal: Any, names: Iterable[str]) -> Iterator[str]:
    """Those of the names that the deal has nothing for."""
    for name in names:
        if _is_empty(deal, name):
            yield name


def label_of(name: str) -> str:
    return str(dict(required_choices()).get(name, name))


def _is_empty(deal: Any, name: str) -> bool:
    if name.startswith(OWN):
        return (deal.custom or {}).get(name.removeprefix(OWN)) in (None, "", [])
    if name == LINES:
        return not (deal.pk and deal.lines.exists())
    value = getattr(deal, name, None)
    return value in (None, "") or (name == "amount" and not value)
