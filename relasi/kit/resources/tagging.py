"""The tags themselves: what they are called, their colour, and two that mean the same made one."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from relasi.kit.events.writing import emit
from relasi.kit.records.models import Tag, Tagging
from relasi.kit.resources.batches import model_of

COLOURS = {
    "grey": gettext_lazy("Grey"), "blue": gettext_lazy("Blue"), "teal": gettext_lazy("Teal"),
    "green": gettext_lazy("Green"), "amber": gettext_lazy("Amber"), "violet": gettext_lazy("Violet"),
    "pink": gettext_lazy("Pink"), "red": gettext_lazy("Red"),
}  # fmt: skip


def counted() -> QuerySet[Any]:
    """Every tag with `uses`, the number of records that carry it."""
    return Tag.objects.annotate(uses=Count("taggings")).order_by("name")


def known(words: str = "", limit: int = 20) -> list[Tag]:
    """Tags whose name holds the words."""
    return list(
        Tag.objects.filter(name__icontains=words.strip())[:limit]
        if words.strip()
        else Tag.objects.all()[:limit]
    )


def find(pk: int) -> Tag | None:
    return Tag.objects.filter(pk=pk).first()


def add(*, name: str, colour: str, by: Any) -> Tag:
    """A new tag. Raises ValidationError when there is one of that name, whatever its case."""
    name = _checked(name)
    tag: Tag = Tag.create(by=by, name=name, colour=colour if colour in COLOURS else "grey")
    return tag


def rename(tag: Tag, *, name: str, colour: str, by: Any) -> bool:
    """Another name or colour. Records keep the tag."""
    return tag.change(
        by=by, name=_checked(name, but=tag.pk), colour=colour if colour in COLOURS else tag.colour
    )


@transaction.atomic
def merge(tag: Tag, into: Tag, *, by: Any) -> int:
    """Every record with `tag` carries `into` instead, and `tag` is gone. Returns the number of records; one
    event for each."""
    moved = 0
    for tagging in Tagging.objects.filter(tag=tag).order_by("pk"):
        _created = Tagging.objects.get_or_create(tag=into, noun=tagging.noun, record_id=tagging.record_id)
        _tell(tagging, [tag.name], [into.name], by)
        moved += 1
    tag.remove(by=by, verb="merged", note=into.name)
    return moved


@transaction.atomic
def remove(tag: Tag, *, by: Any) -> int:
    """Take a tag off every record and delete it. Returns the number of records."""
    taggings = list(Tagging.objects.filter(tag=tag))
    for tagging in taggings:
        _tell(tagging, [tag.name], [], by)
    tag.remove(by=by)
    return len(taggings)


def _tell(tagging: Tagging, old: list[str], new: list[str], by: Any) -> None:
    """One event on the record that lost or changed a tag."""
    model = model_of(tagging.noun)
    record = model._default_manager.filter(pk=tagging.record_id).first() if model else None
    if record is not None:
        emit("tagged", record, by=by, changes={"tags": [old, new]}, party_id=record.event_party_id())


def _checked(name: str, but: int | None = None) -> str:
    name = " ".join(name.split())[:60]
    if not name:
        raise ValidationError({"name": [_("A tag needs a name.")]})
    if "," in name:
        raise ValidationError({"name": [_("A tag has no comma in its name.")]})
    if Tag.objects.filter(name__iexact=name).exclude(pk=but).exists():
        raise ValidationError({"name": [_("There is a tag of that name already. Merge the two instead.")]})
    return name
