"""What a list's address asks for: saved view, filter, words, sort, columns, layout, grouping.

Every layout reads it here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict

from relasi.kit.resources.declaration import Resource
from relasi.kit.resources.listing import Listing, listing
from relasi.kit.resources.models import SavedView

LAYOUTS = ("table", "board", "calendar", "chart")
OWN_DEFAULT = "~"  # the name of the private view that keeps how a reader likes the list when no tab is chosen


@dataclass(frozen=True)
class Way:
    """The part of an address that a view can keep."""

    filter: str = ""
    sort: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    layout: str = "table"
    group: str = ""

    @classmethod
    def of_view(cls, view: SavedView) -> Way:
        return cls(view.filter, tuple(view.sort), tuple(view.columns), view.layout or "table", view.group_by)


@dataclass(frozen=True)
class Asked:
    """One reading of an address.

    `view` is the chosen tab; `base` is what the tab (or the reader's default) says itself.
    """

    resource: Resource
    views: tuple[SavedView, ...]
    view: SavedView | None
    base: Way
    way: Way
    words: str = ""
    archived: bool = False

    @property
    def is_changed(self) -> bool:
        """Whether the address says something else than the saved view."""
        return self.way != self.base

    def listing(self, user: Any, **more: Any) -> Listing:
        """The rows asked for. Raises FilterError, PageError."""
        asked: dict[str, Any] = {
            "filter": self.way.filter,
            "sort": self.way.sort,
            "columns": self.way.columns,
            "words": self.words,
            "archived": self.archived,
        }
        return listing(self.resource, user, **{**asked, **more})

    def query(self, **changes: Any) -> str:
        """The query string of this address with some of it changed: only what differs from the saved view."""
        way_changes = {name: value for name, value in changes.items() if name in Way.__dataclass_fields__}
        way = replace(self.way, **way_changes)
        view = changes.get("view", self.view)
        base = self.base if view is self.view else Way.of_view(view) if view else first_way(self.resource)
        said: list[tuple[str, str]] = [("view", str(view.pk))] if view else []
        said += [(name, value) for name, value in _written(way) if value != dict(_written(base))[name]]
        words = changes.get("words", self.words)
        said += [("q", words)] if words else []
        said += [("archived", "1")] if changes.get("archived", self.archived) else []
        said += [
            (name, str(changes[name])) for name in ("after", "rows", "format", "in") if changes.get(name)
        ]
        return urlencode(said)

    def url(self, part: str = "", **changes: Any) -> str:
        """The address of the list, or of a `part` of it such as `export`, with some of it changed."""
        query = self.query(**changes)
        path = f"/{self.resource.name}/{part + '/' if part else ''}"
        return f"{path}?{query}" if query else path

    def plain_query(self, **changes: Any) -> str:
        """The query string with the saved view spelt out, for layouts and files that know no views."""
        way = replace(
            self.way, **{name: value for name, value in changes.items() if name in Way.__dataclass_fields__}
        )
        said = [(name, value) for name, value in _written(way) if value]
        said += [("q", self.words)] if self.words else []
        said += [("archived", "1")] if self.archived else []
        return urlencode(said)

    @cached_property
    def hidden(self) -> list[tuple[str, str]]:
        """Inputs that carry the address through a form."""
        said: list[tuple[str, str]] = [("view", str(self.view.pk))] if self.view else []
        said += list(_written(self.way))
        return [*said, ("q", self.words), ("archived", "1" if self.archived else "")]


def asked(request: HttpRequest, resource: Resource) -> Asked:
    """Read the address (or a posted form with the same names).

    One query: the saved views the reader may see.
    """
    given = request.POST if request.method == "POST" and "filter" in request.POST else request.GET
    return read(given, resource, request.user)


def read(given: QueryDict, resource: Resource, user: Any) -> Asked:
    """Read what an address or a form says, for this reader."""
    views = tuple(SavedView.objects.visible_to(user).filter(resource=resource.name))
    view = next(
        (view for view in views if str(view.pk) == given.get("view") and view.name != OWN_DEFAULT), None
    )
    own = next((v for v in views if v.name == OWN_DEFAULT and v.owner_id == user.pk), None)
    base = (
        Way.of_view(view) if view else replace(Way.of_view(own), filter="") if own else first_way(resource)
    )
    way = Way(
        filter=given.get("filter", base.filter).strip(),
        sort=_names(given.get("sort"), base.sort),
        columns=_names(given.get("columns"), base.columns),
        layout=_one_of(layouts_of(resource), given.get("layout") or base.layout),
        group=given.get("group", base.group),
    )
    return Asked(
        resource=resource,
        views=tuple(view for view in views if view.name != OWN_DEFAULT),
        view=view,
        base=base,
        way=way,
        words=" ".join(given.get("q", "").split())[:200],
        archived=given.get("archived") == "1",
    )


def layouts_of(resource: Resource) -> tuple[str, ...]:
    """Those that its declaration has, the table first."""
    return tuple(name for name in LAYOUTS if name == "table" or getattr(resource, name))


def first_way(resource: Resource) -> Way:
    """How a list looks to whoever has chosen nothing yet."""
    return Way(layout=resource.layout)


def _written(way: Way) -> Iterable[tuple[str, str]]:
    yield "filter", way.filter
    yield "sort", ",".join(way.sort)
    yield "columns", ",".join(way.columns)
    yield "layout", way.layout
    yield "group", way.group


def _names(text: str | None, otherwise: tuple[str, ...]) -> tuple[str, ...]:
    if text is None:
        return otherwise
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))[:60]


def _one_of(known: tuple[str, ...], word: str) -> str:
    return word if word in known else known[0]
