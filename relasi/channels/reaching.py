"""Which addresses the product may connect to, when a person named the host.

Shared accounts are made by administrators, whose relay is often in their own network; personal ones may be
made by anybody, and must not become a way into it.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from django.conf import settings

from relasi.channels.models import Account
from relasi.lib.wording import InputError
from relasi.lib.wording import mark as _

Address = IPv4Address | IPv6Address

TIMEOUT = 20.0  # seconds
NOT_PUBLIC = tuple(
    ip_network(one)
    for one in (
        "0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "224.0.0.0/3",
        "::/96", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/9",
    )
)  # fmt: skip
NAT64 = tuple(IPv6Network(one) for one in ("64:ff9b::/96", "64:ff9b:1::/48"))


class NotReached(InputError):
    """The host has no address, or none that may be connected to."""


def local_ok(account: Account) -> bool:
    """May this account lie on the machine itself or in the company's own network?"""
    return account.owner_id is None or settings.RELASI_LOCAL_MAIL


def connect_allowed(host: str, *, local_ok: bool) -> tuple[str, ...]:
    """The addresses of `host`, resolved once; connect to these and not to the name again. Raises
    NotReached.
    """
    found = tuple(dict.fromkeys(_resolved(host.strip())))
    if not found:
        raise NotReached(_("There is no server named “%(host)s”. Check the spelling."), host=host)
    if not local_ok and not all(is_public(ip_address(one)) for one in found):
        raise NotReached(
            _(
                "“%(host)s” lies in a private network. Only an administrator may set up such a server, as a"
                " shared account."
            ),
            host=host,
        )
    return found


def connected(host: str, port: int, *, local_ok: bool, timeout: float = TIMEOUT) -> socket.socket:
    """A connection to the first address of `host` that answers. Raises NotReached, OSError."""
    failed: OSError | None = None
    for address in connect_allowed(host, local_ok=local_ok):
        try:
            return socket.create_connection((address, port), timeout=timeout)
        except OSError as error:
            failed = error
    raise failed or OSError()


def is_public(address: Address) -> bool:
    """Is it an address of the open Internet, also behind whatever it may be wrapped in?"""
    if isinstance(address, IPv6Address):
        inside = address.ipv4_mapped or address.sixtofour or (address.teredo and address.teredo[1])
        if not inside and any(address in network for network in NAT64):
            inside = IPv4Address(int(address) & 0xFFFF_FFFF)
        if inside:
            return is_public(inside)
        if address.is_site_local or address.scope_id:
            return False
    if address.is_multicast or address.is_reserved or address.is_unspecified:
        return False
    return address.is_global and not any(address in network for network in NOT_PUBLIC)


def _resolved(host: str) -> Iterator[str]:
    try:
        for _family, _kind, _proto, _name, where in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM):
            yield str(where[0])
    except (OSError, UnicodeError):
        return
