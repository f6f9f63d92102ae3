"""A segment: the customers who meet a filter, whatever their kind. An empty filter is everybody."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db.models import BooleanField, Case, Q, Value, When

from relasi.kit.resources.declaration import Resource
from relasi.kit.resources.fields import fields_of
from relasi.kit.resources.filtering import FilterError
from relasi.kit.resources.registry import resource_of
from relasi.parties.actions.climb_ladder import check_rule, question, system_reader

if TYPE_CHECKING:
    from relasi.parties.models import Party


def check_segment(text: str) -> str:
    """What is wrong with a filter over customers, in plain words; empty when nothing is."""
    if not text.strip():
        return ""
    try:
        check_rule(text, system_reader())
    except FilterError as error:
        return str(error)
    return ""


def meets(party: Party, text: str) -> bool:
    """Whether a customer meets a filter. A kind that lacks what the filter speaks of does not."""
    return meets_many(party, [text])[text]


def meets_many(party: Party, texts: Iterable[str]) -> dict[str, bool]:
    """As `meets`, by filter: all of them in one query, and one for the own fields."""
    answers = {text: not text.strip() for text in texts}
    resource = resource_of(party)
    wanted = [text for text, is_met in answers.items() if not is_met]
    if resource is None or not wanted:
        return answers
    asked = _questions(wanted, resource)
    rows = resource.model._base_manager.filter(pk=party.pk).order_by()
    rows = rows.annotate(**{f"asked_{at}": _whether(q) for at, q in asked.items()})
    for row in rows.values(*(f"asked_{at}" for at in asked)) if asked else ():
        for at in asked:
            answers[wanted[at]] = answers[wanted[at]] or bool(row[f"asked_{at}"])
    return answers


def _questions(texts: list[str], resource: Resource) -> dict[int, Q]:
    """Those that can be asked of this kind of customer, by their place."""
    fields, reader, asked = fields_of(resource), system_reader(), {}
    for at, text in enumerate(texts):
        try:
            found = question(text, resource, reader, fields)
        except FilterError:
            continue
        if found is not None:
            asked[at] = found
    return asked


def _whether(q: Q) -> Any:
    if not q:
        return Value(True, output_field=BooleanField())
    return Case(When(q, then=Value(True)), default=Value(False), output_field=BooleanField())
