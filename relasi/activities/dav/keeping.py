"""Radicale's storage over our own tables: nothing is kept beside them, and nothing on the disk."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from radicale import pathutils
from radicale.item import Item
from radicale.storage import BaseCollection, BaseStorage

from relasi.activities.dav import contacts, events
from relasi.activities.dav.asking import CALENDAR, CONTACTS, asking

TOKEN = "http://relasi.example/sync/"  # noqa: S105 - a name, as RFC 6578 wants a URI
KEPT = 30 * 24 * 3600  # seconds a program may stay away and still be told only what changed
META = {
    CALENDAR: {"tag": "VCALENDAR", "C:supported-calendar-component-set": "VEVENT,VTODO"},
    CONTACTS: {"tag": "VADDRESSBOOK"},
}
SOURCES: dict[str, Any] = {CALENDAR: events, CONTACTS: contacts}


class Principal(BaseCollection):
    """The root, and a user's own folder."""

    def __init__(self, path: str) -> None:
        self._path = path

    @property
    def path(self) -> str:
        return self._path

    @property
    def last_modified(self) -> str:
        return format_datetime(datetime.now(UTC), usegmt=True)

    def get_all(self) -> Iterable[Item]:
        return ()

    def get_multi(self, hrefs: Iterable[str]) -> Iterable[tuple[str, Item | None]]:
        return ((href, None) for href in hrefs)

    def get_meta(self, key: str | None = None) -> Any:
        return None if key else {}

    def set_meta(self, props: Mapping[str, str]) -> None:
        """What programs want to remember of colours and order is theirs."""


class Collection(Principal):
    """The calendar or the contacts of who asks."""

    def __init__(self, path: str, kind: str) -> None:
        super().__init__(path)
        self.kind, self.source = kind, SOURCES[kind]

    def get_meta(self, key: str | None = None) -> Any:
        name = _("Relasi calendar") if self.kind == CALENDAR else _("Relasi contacts")
        meta = {**META[self.kind], "D:displayname": name}
        return meta.get(key) if key else meta

    @property
    def etag(self) -> str:
        return f'"{self._state_key(self._names())}"'

    def get_all(self) -> Iterable[Item]:
        return self.source.items(self, asking.get().user, None)  # type: ignore[no-any-return]

    def get_multi(self, hrefs: Iterable[str]) -> Iterable[tuple[str, Item | None]]:
        wanted = list(dict.fromkeys(hrefs))
        found = {item.href: item for item in self.source.items(self, asking.get().user, wanted)}
        return [(href, found.get(href)) for href in wanted]

    def has_uid(self, uid: str) -> bool:
        return bool(self.source.has_uid(asking.get().user, uid))

    def sync(self, old_token: str = "") -> tuple[str, Iterable[str]]:
        """What changed since a token; which names and ETags there were then is kept for a month."""
        now = self._names()
        key = self._state_key(now)
        cache.set(f"dav:{key}", now, KEPT)
        if not old_token:
            return TOKEN + key, now
        before = (
            cache.get(f"dav:{old_token.removeprefix(TOKEN)[:64]}") if old_token.startswith(TOKEN) else None
        )
        if before is None:
            raise ValueError("unknown sync token")
        changed = [name for name in {**before, **now} if before.get(name) != now.get(name)]
        return TOKEN + key, changed

    def upload(self, href: str, item: Item) -> tuple[Item, Item | None]:
        old = next(iter(self.get_multi([href])))[1]
        _said(lambda: self.source.write(asking.get().user, href, item.serialize()))
        new = next(iter(self.get_multi([href])))[1]
        if new is None:
            raise ValueError("not kept")
        return new, old

    def delete(self, href: str | None = None) -> None:
        if href is None:
            raise ValueError("the collection stays")
        _said(lambda: self.source.remove(asking.get().user, href))

    def _names(self) -> dict[str, str]:
        return dict(self.source.etags(asking.get().user))

    def _state_key(self, names: dict[str, str]) -> str:
        told = "".join(f"{name} {etag}\n" for name, etag in sorted(names.items()))
        return hashlib.sha256(f"{self.path}\n{told}".encode()).hexdigest()


class Storage(BaseStorage):
    def discover(self, path: str, depth: str = "0", *_more: Any, **_named: Any) -> Iterator[Any]:
        """The root, the folder of who asks with its two collections, or one item."""
        parts = [part for part in pathutils.strip_path(path).split("/") if part]
        user = asking.get().user
        if parts and (user is None or parts[0] != user.email):
            return
        if len(parts) < 2:
            yield Principal("/".join(parts))
            if depth != "0" and parts:
                yield from (Collection(f"{parts[0]}/{kind}", kind) for kind in _open_to(user))
        elif parts[1] in _open_to(user):
            collection = Collection("/".join(parts[:2]), parts[1])
            if len(parts) == 2:
                yield collection
                if depth != "0":
                    yield from collection.get_all()
            elif len(parts) == 3 and (item := next(iter(collection.get_multi(parts[2:])))[1]):
                yield item

    def move(self, item: Item, to_collection: BaseCollection, to_href: str) -> None:
        raise ValueError("items stay where they are")

    def create_collection(self, href: str, items: Any = None, props: Any = None) -> Any:
        raise ValueError("there are two collections, and no more")

    @contextmanager
    def acquire_lock(self, mode: str, user: str = "", *_more: Any, **_named: Any) -> Iterator[None]:
        """A write is one transaction."""
        if mode == "w":
            with transaction.atomic():
                yield
        else:
            yield

    def verify(self) -> bool:
        return True


def _open_to(user: Any) -> list[str]:
    """Which of the two the reader's rights and the key's scopes open."""
    nouns = {CALENDAR: "activity", CONTACTS: "party"}
    return [kind for kind, noun in nouns.items() if user.rights.scope(noun, "view")]


def _said(step: Any) -> None:
    """Do it; a refusal is kept in words for the answer."""
    user = asking.get().user
    try:
        with translation.override(user.language), timezone.override(ZoneInfo(user.time_zone)):
            step()
    except (PermissionDenied, ValidationError) as error:
        words = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
        asking.get().refused = words or _("You may not do this.")
        raise ValueError("[Errno 13] refused") from error
