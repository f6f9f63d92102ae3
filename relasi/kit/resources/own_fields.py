"""The company's own fields: added, described anew, ordered, taken out of use and back. Values stay where
they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from relasi.kit.records.models import CustomField
from relasi.kit.resources import own_indexes
from relasi.kit.resources.batches import model_of
from relasi.kit.resources.declaration import Resource
from relasi.kit.resources.registry import find, resources
from relasi.kit.resources.tagging import COLOURS

Kind = CustomField.Kind
WITH_OPTIONS = {Kind.CHOICE, Kind.MULTI}
MOST_OPTIONS = 200
ICONS = {
    "text": "cursor-text", "number": "hash", "money": "wallet", "date": "calendar", "choice": "circle-check",
    "multi": "list-check", "link": "link",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Noun:
    """A table that takes own fields, and the resources that show it."""

    name: str
    label: str
    icon: str
    resources: tuple[Resource, ...]


def nouns() -> list[Noun]:
    """Every table that takes own fields, in the order of the menu."""
    found: dict[str, list[Resource]] = {}
    for resource in resources():
        if hasattr(resource.model, "custom"):
            found.setdefault(resource.noun, []).append(resource)
    return [
        Noun(
            name=name,
            label=", ".join(str(one.label) for one in shown),
            icon=shown[0].icon,
            resources=tuple(shown),
        )
        for name, shown in found.items()
    ]


def noun(name: str) -> Noun | None:
    return next((one for one in nouns() if one.name == name), None)


def of(name: str) -> list[CustomField]:
    """All fields of a noun, those in use first, in their order."""
    return list(CustomField.objects.filter(noun=name).order_by("-is_active", "order", "pk"))


def field_of(name: str, pk: int) -> CustomField | None:
    return CustomField.objects.filter(noun=name, pk=pk).first()


@transaction.atomic
def add(name: str, values: Mapping[str, Any], *, by: Any) -> CustomField:
    """A new field at the end. `values`: label, kind, options, link_to, is_required, is_indexed. Raises
    ValidationError."""
    checked = _checked(values, kind=str(values.get("kind", "")), name=name)
    last = CustomField.objects.filter(noun=name).order_by("-order").values_list("order", flat=True).first()
    field: CustomField = CustomField.create(
        by=by,
        noun=name,
        key=_key(name, checked["label"]),
        kind=values["kind"],
        order=(last or 0) + 1,
        **checked,
    )
    _follow(field)
    return field


@transaction.atomic
def describe(field: CustomField, values: Mapping[str, Any], *, by: Any) -> bool:
    """Describe a field anew. Its key and kind stay: values are kept under them. Raises ValidationError."""
    changed = field.change(by=by, **_checked(values, kind=field.kind, name=field.noun, but=field.pk))
    _follow(field)
    return changed


@transaction.atomic
def retire(field: CustomField, *, by: Any) -> None:
    """Take out of use: gone from pages, lists and files; the values are kept for the day it comes back."""
    field.change(by=by, verb="retired", is_active=False)
    _follow(field)


@transaction.atomic
def bring_back(field: CustomField, *, by: Any) -> None:
    field.change(by=by, verb="brought_back", is_active=True)
    _follow(field)


@transaction.atomic
def reorder(name: str, ids: Sequence[int], *, by: Any) -> None:
    """Put the fields in this order; those not named stand behind, as they were."""
    fields = {field.pk: field for field in of(name)}
    wanted = [fields[pk] for pk in dict.fromkeys(ids) if pk in fields]
    for place, field in enumerate(
        [*wanted, *(field for field in fields.values() if field not in wanted)], start=1
    ):
        if field.order != place:
            field.change(by=by, order=place)


def step(field: CustomField, way: int, *, by: Any) -> None:
    """One place up (-1) or down (1), for who has no mouse."""
    active = [one.pk for one in of(field.noun) if one.is_active]
    if field.pk not in active:
        return
    at = active.index(field.pk)
    to = min(max(at + way, 0), len(active) - 1)
    active.insert(to, active.pop(at))
    reorder(field.noun, active, by=by)


def in_use(field: CustomField) -> int:
    """How many records hold a value, up to a thousand."""
    model: Any = model_of(field.noun)
    if model is None:
        return 0
    return len(model._default_manager.filter(custom__has_key=field.key).order_by().values_list("pk")[:1000])


def linkable() -> list[Resource]:
    """Nouns a field can lead to."""
    return [
        resource
        for resource in resources()
        if any(f.name in {"name", "title", "subject"} for f in resource.model._meta.fields)
    ]


def options_from(
    labels: Sequence[str], colours: Sequence[str], values: Sequence[str]
) -> list[dict[str, str]]:
    """The options of a choice from three columns of a form; a line without a label is left out, a known
    value stays."""
    options: list[dict[str, str]] = []
    for place, label in enumerate(labels):
        label = " ".join(label.split())[:80]
        if not label:
            continue
        colour = colours[place] if place < len(colours) and colours[place] in COLOURS else "grey"
        known = values[place] if place < len(values) else ""
        options.append({"value": known or _value(label, options, values), "label": label, "colour": colour})
    return options


def _value(label: str, taken: list[dict[str, str]], known: Sequence[str]) -> str:
    """A short word kept in records for an option."""
    word = slugify(label).replace("-", "_")[:36] or "option"
    used = {option["value"] for option in taken} | set(known)
    if word not in used:
        return word
    return next(f"{word}_{n}" for n in range(2, 1000) if f"{word}_{n}" not in used)


def _checked(values: Mapping[str, Any], *, kind: str, name: str, but: int | None = None) -> dict[str, Any]:
    problems: dict[str, list[str]] = {}
    label = " ".join(str(values.get("label", "")).split())[:80]
    options = list(values.get("options") or [])
    if not label:
        problems["label"] = [_("A field needs a name.")]
    elif CustomField.objects.filter(noun=name, label__iexact=label, is_active=True).exclude(pk=but).exists():
        problems["label"] = [_("There is a field of that name already.")]
    if kind not in Kind.values:
        problems["kind"] = [_("Choose what the field holds.")]
    if kind in WITH_OPTIONS and not options:
        problems["options"] = [_("Give at least one choice.")]
    if len({option["label"].lower() for option in options}) < len(options):
        problems["options"] = [_("Two choices have the same name.")]
    if len(options) > MOST_OPTIONS:
        problems["options"] = [_("At most %(n)s choices fit.") % {"n": MOST_OPTIONS}]
    if kind == Kind.LINK and find(str(values.get("link_to", ""))) is None:
        problems["link_to"] = [_("Choose what the field leads to.")]
    if problems:
        raise ValidationError(problems)
    return {
        "label": label,
        "options": options if kind in WITH_OPTIONS else [],
        "link_to": values.get("link_to", "") if kind == Kind.LINK else "",
        "is_required": bool(values.get("is_required")),
        "is_indexed": bool(values.get("is_indexed")) and kind in own_indexes.INDEXABLE,
    }


def _key(name: str, label: str) -> str:
    """The word under which values are kept; never one that was used before."""
    word = slugify(label).replace("-", "_").strip("_")[:32] or "field"
    taken = set(CustomField.objects.filter(noun=name).values_list("key", flat=True))
    if word not in taken:
        return word
    return next(f"{word}_{n}" for n in range(2, 1000) if f"{word}_{n}" not in taken)


def _follow(field: CustomField) -> None:
    """Its index is made or dropped in the background when it is not as wished."""
    if own_indexes.state(field) == "waiting":
        own_indexes.keep(field)
