"""One request to another side over HTTP: bounded in time and size, never led elsewhere; and when it fails,
what is known: that nothing went out (`NotSent`) or that it may have (`Unsure`).
"""

from __future__ import annotations

import ipaddress
import json as json_format
import logging
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import httpx

from relasi.channels.interface import Outcome
from relasi.channels.models import Account
from relasi.lib.wording import InputError
from relasi.lib.wording import mark as _

MEGABYTE = 1024 * 1024
LONGEST_ANSWER = 4 * MEGABYTE


@dataclass
class Times:
    """Seconds: to connect, between two pieces of an answer, for everything."""

    connect: float = 10.0
    read: float = 30.0
    whole: float = 90.0


TIMES = Times()
for name in ("httpx", "httpcore"):  # they would write whole addresses into the log, and keys stand in some
    logging.getLogger(name).setLevel(logging.WARNING)
TRANSLATED_INSIDE = tuple(
    ipaddress.ip_network(text)
    for text in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96")
)


class WebError(InputError):
    """The other side could not be asked, or did not answer."""


class NotSent(WebError):
    """It never got the request."""


class Unsure(WebError):
    """It may have got the request, but gave no answer that can be used."""


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: bytes = field(repr=False)
    content_type: str = ""
    location: str = ""

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def json(self) -> Any:
        """What the body says; None when it is no JSON."""
        try:
            return json_format.loads(self.body)
        except (ValueError, RecursionError):
            return None


@dataclass(frozen=True)
class Web:
    """Requests over kept connections. Accounts of one person reach public addresses only: `public_only`."""

    client: httpx.Client = field(repr=False)
    public_only: bool = False

    def ask(
        self,
        method: str,
        url: str,
        *,
        most: int = LONGEST_ANSWER,
        whole: float = 0,
        headers: Mapping[str, str] | None = None,
        **given: Any,
    ) -> Reply:
        """The answer, whatever its status. `given` is httpx's (json, data, content, files, params, auth).

        Raises NotSent and Unsure.
        """
        try:
            request = self.client.build_request(method, url, headers=headers, **_without(given, "auth"))
            if self.public_only:
                _aim_at_public(request)
            return self._answer(request, given.get("auth"), most, time.monotonic() + (whole or TIMES.whole))
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError) as error:
            raise NotSent(_("“%(url)s” is no address that can be asked."), url=_shown(url)) from error
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError) as error:
            raise NotSent(_("%(host)s cannot be reached."), host=_host(url)) from error
        except httpx.TimeoutException as error:
            raise Unsure(_("%(host)s did not answer in time."), host=_host(url)) from error
        except httpx.HTTPError as error:
            raise Unsure(_("%(host)s broke off before it answered."), host=_host(url)) from error

    def _answer(self, request: httpx.Request, auth: Any, most: int, until: float) -> Reply:
        response = self.client.send(request, auth=auth, stream=True)
        try:
            return Reply(
                status=response.status_code,
                body=_body(response, most, until),
                content_type=response.headers.get("content-type", "").partition(";")[0].strip().lower(),
                location=response.headers.get("location", ""),
            )
        finally:
            response.close()


@contextmanager
def web_for(account: Account) -> Iterator[Web]:
    """The way out for an account: a shared one, which administrators set up, may go anywhere."""
    with web(public_only=account.owner_id is not None) as opened:
        yield opened


@contextmanager
def web(*, public_only: bool = False) -> Iterator[Web]:
    limits = httpx.Timeout(TIMES.read, connect=TIMES.connect)
    agent = {"User-Agent": "Relasi"}
    with httpx.Client(timeout=limits, follow_redirects=False, headers=agent, verify=_trusted()) as client:
        yield Web(client, public_only)


@cache
def _trusted() -> ssl.SSLContext:
    """The certificates of the world, read once: that takes longer than a request."""
    return httpx.create_ssl_context()


def outcome_of(error: WebError, key: str) -> Outcome:
    """What a message is whose request failed so: later, or uncertain."""
    state = "later" if isinstance(error, NotSent) else "uncertain"
    return Outcome(key=key, state=state, code="http", words=error.text, values=error.values)  # type: ignore[arg-type]


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet, also when it is wrapped in one of version 6."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return is_public(str(found.ipv4_mapped))
        if any(found in network for network in TRANSLATED_INSIDE):
            return False
    return found.is_global and not (found.is_multicast or found.is_reserved or found.is_unspecified)


def _aim_at_public(request: httpx.Request) -> None:
    """Resolve the host once and go to that address, so that it cannot become another one in between."""
    host, url = request.url.host, request.url
    try:
        found = socket.getaddrinfo(
            host, url.port or (443 if url.scheme == "https" else 80), type=socket.SOCK_STREAM
        )
    except OSError as error:
        raise NotSent(_("%(host)s cannot be reached."), host=host) from error
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not all(is_public(address) for address in addresses):
        raise NotSent(
            _("%(host)s lies inside the company's network; only shared channels may go there."), host=host
        )
    request.url = url.copy_with(host=addresses[0])
    request.extensions = {**request.extensions, "sni_hostname": host}


def _body(response: httpx.Response, most: int, until: float) -> bytes:
    pieces, size = [], 0
    for piece in response.iter_bytes():
        size += len(piece)
        if size > most:
            raise TooLong(_("The answer is longer than %(most)s megabytes."), most=most // MEGABYTE)
        if time.monotonic() > until:
            raise Unsure(_("%(host)s did not answer in time."), host=response.url.host)
        pieces.append(piece)
    return b"".join(pieces)


class TooLong(Unsure):
    """The answer is longer than asked for."""


def _without(given: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in given.items() if key != name}


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or url[:60]
    except ValueError:
        return url[:60]


def _shown(url: str) -> str:
    """An address without what may be secret in it."""
    return url.partition("?")[0][:80]
