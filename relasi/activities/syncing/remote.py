"""The other server, through the `caldav` library: its calendars, what changed there, writing to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.conf import settings

from relasi.activities.models import CalendarAccount
from relasi.channels.reaching import connect_allowed
from relasi.lib.wording import InputError
from relasi.lib.wording import mark as _

TIMEOUT = 20  # seconds
FAKE = "fake-"  # how the library marks a token that is not the server's
WELL_KNOWN = "/.well-known/caldav"
Wrong = InputError


@dataclass(frozen=True)
class Choice:
    """A calendar of the account."""

    url: str
    name: str
    takes_tasks: bool


@dataclass(frozen=True)
class Remote:
    """An event there, as it is now; `data` is iCalendar text."""

    href: str
    etag: str
    data: str


@dataclass(frozen=True)
class News:
    """What changed since the token; `is_all`: what is not among `events` is gone."""

    events: list[Remote]
    gone: set[str]
    token: str
    is_all: bool


class Changed(Exception):
    """The event there is another than the one we knew."""


@contextmanager
def client_of(account: CalendarAccount, url: str = "") -> Iterator[Any]:
    """Every request, also after a redirect, goes only where it may. Raises InputError with plain words."""
    import caldav.davclient  # it weighs a third of a second, and few processes sync
    from caldav.lib import error as dav_error

    client: Any = caldav.davclient.DAVClient(
        url or account.calendar_url or account.url, username=account.username,
        password=account.secrets.get("password", ""), timeout=TIMEOUT, enable_rfc6764=False,
    )  # fmt: skip
    send = client.session.send

    def guarded(request: Any, **more: Any) -> Any:
        host = urlsplit(str(request.url)).hostname or ""
        connect_allowed(host, local_ok=settings.RELASI_LOCAL_MAIL)
        return send(request, **more)

    client.session.send = guarded
    try:
        yield client
    except dav_error.AuthorizationError as error:
        raise Wrong(
            _("The server does not let us in. Check user and password; many servers want an app password.")
        ) from error
    except dav_error.NotFoundError as error:
        raise Wrong(_("There is no calendar at this address any more. Choose one again.")) from error
    except dav_error.DAVError as error:
        raise Wrong(
            _("The server answered with something else than a calendar: %(said)s"), said=_said(error)
        ) from error
    except (OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise Wrong(
            _("The server cannot be reached: %(said)s. We try again in five minutes."), said=_said(error)
        ) from error
    finally:
        client.close()


def choices(account: CalendarAccount) -> list[Choice]:
    """The calendars there: by the address itself, else by the server's well-known one. Raises InputError."""
    try:
        return _choices(account, account.url)
    except InputError as first:
        with suppress(InputError):
            return _choices(account, urljoin(account.url, WELL_KNOWN))
        raise first from None


def _choices(account: CalendarAccount, url: str) -> list[Choice]:
    with client_of(account, url) as client:
        found = [
            Choice(str(one.url), _name(one), _takes_tasks(one)) for one in client.principal().calendars()
        ]
    if not found:
        raise Wrong(_("There is no calendar in this account. Make one there first."))
    return found


def news(client: Any, account: CalendarAccount) -> News:
    """Since the last token, when the server knows such; else everything with its ETags."""
    calendar = client.calendar(url=account.calendar_url)
    found = calendar.get_objects_by_sync_token(account.sync_token or None, load_objects=True)
    gone = {_path(url) for url in found.deleted_urls}
    events = [_remote(one) for one in found if _path(one.url) not in gone and one.data]
    token = str(found.sync_token or "")
    is_fake = token.startswith(FAKE)
    return News(events, gone, "" if is_fake else token, is_all=is_fake or not account.sync_token)


def put(client: Any, account: CalendarAccount, *, href: str, etag: str, data: str, name: str) -> Remote:
    """Write one event; a new one when `href` is empty. Raises Changed when it is another there by now."""
    base = account.calendar_url.rstrip("/") + "/"
    url = urljoin(base, href) if href else urljoin(base, name)
    headers = {"Content-Type": "text/calendar; charset=utf-8"}
    headers |= {"If-Match": etag} if etag else {"If-None-Match": "*"} if not href else {}
    answer = client.request(url, "PUT", data, headers)
    if answer.status == 412:
        raise Changed
    if answer.status not in (200, 201, 204):
        raise Wrong(_("The server did not take an event (%(status)s)."), status=answer.status)
    found = str(answer.headers.get("ETag") or "")
    return Remote(_path(url), found or _etag(client, url), data)


def fetch(client: Any, account: CalendarAccount, *, href: str) -> Remote:
    """One event as it is now. Raises InputError."""
    answer = client.request(urljoin(account.calendar_url, href), "GET", "", {})
    if answer.status != 200:
        raise Wrong(_("The event is no longer there."))
    return Remote(href, str(answer.headers.get("ETag") or ""), str(answer.raw))


def delete(client: Any, account: CalendarAccount, *, href: str, etag: str) -> None:
    """Gone there, or gone already. Raises Changed."""
    url = urljoin(account.calendar_url, href)
    answer = client.request(url, "DELETE", "", {"If-Match": etag} if etag else {})
    if answer.status == 412:
        raise Changed
    if answer.status not in (200, 202, 204, 404, 410):
        raise Wrong(_("The server did not take a deletion (%(status)s)."), status=answer.status)


def _etag(client: Any, url: str) -> str:
    answer = client.request(url, "GET", "", {})
    return str(answer.headers.get("ETag") or "")


def _remote(one: Any) -> Remote:
    return Remote(_path(one.url), str(one.etag or ""), str(one.data))


def _path(url: Any) -> str:
    """How an event is known: the path of its address, whatever the server writes before it."""
    return urlsplit(str(url)).path


def _name(calendar: Any) -> str:
    from caldav.lib import error as dav_error

    with suppress(dav_error.DAVError):
        return str(calendar.get_display_name() or "") or _path(calendar.url).rstrip("/").rpartition("/")[2]
    return _path(calendar.url).rstrip("/").rpartition("/")[2]


def _takes_tasks(calendar: Any) -> bool:
    from caldav.lib import error as dav_error

    with suppress(dav_error.DAVError):
        return "VTODO" in calendar.get_supported_components()
    return False


def _said(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
