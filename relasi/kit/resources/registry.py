"""All declared nouns, and what higher apps add to them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from relasi.kit.resources.declaration import Column, Filter, Panel, Related, Resource, Verb

_resources: dict[str, Resource] = {}


@dataclass
class Extension:
    """What was added to one resource from above."""

    panels: list[Panel | Related] = field(default_factory=list)
    filters: list[Filter] = field(default_factory=list)
    columns: list[Column] = field(default_factory=list)
    verbs: list[Verb] = field(default_factory=list)


_extensions: dict[str, Extension] = defaultdict(Extension)


def register(resource: Resource) -> Resource:
    """Make a noun known. Raises ValueError when the name is taken."""
    if resource.name in _resources:
        raise ValueError(f"There is already a resource named {resource.name!r}.")
    _resources[resource.name] = resource
    return resource


def extend(
    name: str,
    *,
    panel: Panel | Related | None = None,
    filter: Filter | None = None,
    column: Column | None = None,
    verb: Verb | None = None,
) -> None:
    """Add to a noun of a lower app without importing it."""
    extension = _extensions[name]
    if panel:
        extension.panels.append(panel)
    if filter:
        extension.filters.append(filter)
    if column:
        extension.columns.append(column)
    if verb:
        extension.verbs.append(verb)


def resources() -> list[Resource]:
    """Every noun, in the order of the menu."""
    return sorted(_resources.values(), key=lambda resource: (resource.order, resource.name))


def find(name: str) -> Resource | None:
    return _resources.get(name)


def resource_of(record: object) -> Resource | None:
    """The noun a record is shown as: its table's resource whose `where` the record meets."""
    for resource in _resources.values():
        same_table = resource.model._meta.concrete_model is record._meta.concrete_model  # type: ignore[attr-defined]
        if same_table and all(getattr(record, name) == value for name, value in resource.where.items()):
            return resource
    return None


def resources_of_noun(noun: str) -> list[Resource]:
    return [resource for resource in resources() if resource.noun == noun]


def panels_of(resource: Resource) -> list[Panel | Related]:
    return sorted([*resource.panels, *_extensions[resource.name].panels], key=lambda panel: panel.order)


def verbs_of(resource: Resource) -> list[Verb]:
    return [*resource.verbs, *_extensions[resource.name].verbs]


def columns_of(resource: Resource) -> list[str | Column]:
    return [*resource.columns, *resource.more, *_extensions[resource.name].columns]


def filters_of(resource: Resource) -> list[Filter]:
    own = [item for item in resource.filters if isinstance(item, Filter)]
    return [*own, *_extensions[resource.name].filters]
