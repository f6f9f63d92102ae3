"""A segment: the customers who meet a filter, whatever their kind. An empty filter is everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from relasi.kit.resources.filtering import FilterError
from relasi.kit.resources.registry import resource_of
from relasi.parties.actions.climb_ladder import check_rule, condition, system_reader

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
    if not text.strip():
        return True
    resource = resource_of(party)
    if resource is None:
        return False
    try:
        asked = condition(text, resource, system_reader())
    except FilterError:
        return False
    return asked is not None and resource.model._default_manager.filter(asked, pk=party.pk).exists()
