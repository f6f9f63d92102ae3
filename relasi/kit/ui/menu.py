"""What the left menu and quick create offer. Apps register items at start; each reader sees their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import slugify

Text = str | Promise


def _everybody(_user: Any) -> bool:
    return True


@dataclass(frozen=True, kw_only=True)
class MenuItem:
    """One line of the menu. Give `url_name` (reversed with `args`) or a ready `url`.

    `visible` decides per reader; `count` answers the number beside the label, or None for no number: it is
    fetched after the page, so no page waits for it. Sections stand in the order of their first item. `phone`
    puts the item into the bottom bar of a phone. `key` is the second key of the shortcut that opens it (`g`
    then `key`; in quick create `c` then `key`). A `quiet` item is found by the command box and does not stand
    in the menu.
    """

    section: Text
    label: Text
    icon: str
    url_name: str = ""
    args: tuple[Any, ...] = ()
    url: str = ""
    order: int = 100
    visible: Callable[[Any], bool] = _everybody
    count: Callable[[Any], int | None] | None = None
    phone: bool = False
    key: str = ""
    quiet: bool = False

    @property
    def href(self) -> str:
        return self.url or reverse(self.url_name, args=self.args)


@dataclass(frozen=True)
class Entry:
    """A menu item as one reader sees it on one page."""

    label: Text
    icon: str
    href: str
    count_id: str
    is_current: bool
    phone: bool
    key: str
    quiet: bool


@dataclass(frozen=True)
class Section:
    label: Text
    entries: list[Entry]


_menu: list[MenuItem] = []
_create: list[MenuItem] = []


def register(item: MenuItem) -> None:
    """Add to the left menu; harmless when repeated."""
    if item not in _menu:
        _menu.append(item)


def register_create(item: MenuItem) -> None:
    """Add to quick create (the + button); harmless when repeated."""
    if item not in _create:
        _create.append(item)


def sections_for(user: Any, *, path: str) -> list[Section]:
    """The menu of this reader; the item with the longest address that begins `path` is the current one."""
    return _sections(_menu, user, path)


def counts_for(user: Any) -> dict[str, int]:
    """The numbers beside this reader's items, by `Entry.count_id`; 0 for none."""
    return {_count_id(item): item.count(user) or 0 for item in _menu if item.count and item.visible(user)}


def create_for(user: Any) -> list[Entry]:
    """What this reader may create."""
    return [entry for section in _sections(_create, user, "") for entry in section.entries]


def _sections(items: list[MenuItem], user: Any, path: str) -> list[Section]:
    shown = [item for item in sorted(items, key=lambda item: item.order) if item.visible(user)]
    standing = [item.href for item in shown if not item.quiet]
    current = max((href for href in standing if _is_within(path, href)), key=len, default=None)
    sections: dict[str, Section] = {}
    for item in shown:
        section = sections.setdefault(str(item.section), Section(item.section, []))
        section.entries.append(_entry(item, user, current))
    return list(sections.values())


def _entry(item: MenuItem, user: Any, current: str | None) -> Entry:
    return Entry(
        label=item.label,
        icon=item.icon,
        href=item.href,
        count_id=_count_id(item) if item.count else "",
        is_current=item.href == current,
        phone=item.phone,
        key=item.key,
        quiet=item.quiet,
    )


def _count_id(item: MenuItem) -> str:
    return f"count-of-{slugify(item.url_name or item.url)}"


def _is_within(path: str, href: str) -> bool:
    """A filter in the address of an item does not make it another page."""
    page = href.partition("?")[0]
    return path == page if page == "/" else path.startswith(page)
