"""Every noun with a section stands in the left menu, every one that can be created in the + menu."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from relasi.kit.resources.declaration import Resource
from relasi.kit.resources.registry import resources
from relasi.kit.ui import menu


def register_menus() -> None:
    """Called once all nouns are declared."""
    for resource in resources():
        if resource.section:
            menu.register(_item(resource, "", resource.label, _who_may(resource, "view")))
        if resource.section and resource.can_create:
            menu.register_create(_item(resource, "new/", resource.label_one, _who_may(resource, "add")))


def _item(resource: Resource, page: str, label: Any, visible: Callable[[Any], bool]) -> menu.MenuItem:
    return menu.MenuItem(
        section=resource.section,
        label=label,
        icon=resource.icon,
        url=f"/{resource.name}/{page}",
        order=resource.order,
        visible=visible,
        phone=resource.phone and not page,
    )


def _who_may(resource: Resource, verb: str) -> Callable[[Any], bool]:
    return lambda user: bool(user and user.is_authenticated and user.rights.may(verb, resource.model))
