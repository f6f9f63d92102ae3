"""What the DNS says about a sender's domain: SPF (RFC 7208), DKIM, DMARC (RFC 7489), MX."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Any

import dns.exception
import dns.nameserver
import dns.resolver

LIFETIME = 4.0  # seconds for one question
MOST_LOOKUPS = 10  # RFC 7208, 4.6.4
PORT = 53


class Unreachable(Exception):
    """No name server answers."""


@dataclass
class Names:
    """Asks the given name servers (`10.0.0.2`, `127.0.0.1:5353`), else those of the machine."""

    servers: Iterable[str] = ()
    lookups: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        given = [_server(one) for one in self.servers if one.strip()]
        try:
            self.resolver = dns.resolver.Resolver(configure=not given)
        except dns.resolver.NoResolverConfiguration:
            self.resolver = dns.resolver.Resolver(configure=False)
        if given:
            self.resolver.nameservers = given
        self.resolver.lifetime = LIFETIME

    def texts(self, name: str) -> list[str]:
        """The TXT records of a name. Raises Unreachable."""
        return [b"".join(record.strings).decode("utf-8", "replace") for record in self._ask(name, "TXT")]

    def mail_servers(self, name: str) -> list[str]:
        """Raises Unreachable."""
        return [str(record.exchange).rstrip(".") for record in self._ask(name, "MX")]

    def addresses(self, name: str) -> set[str]:
        """Raises Unreachable."""
        return {record.address for kind in ("A", "AAAA") for record in self._ask(name, kind)}

    def _ask(self, name: str, kind: str) -> list[Any]:
        try:
            return list(self.resolver.resolve(name, kind, search=False))
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer, dns.name.LabelTooLong, dns.name.EmptyLabel):
            return []
        except (dns.exception.DNSException, OSError, ValueError) as error:
            raise Unreachable(str(error)) from error


@dataclass(frozen=True, slots=True)
class Spf:
    """`records`: how many there are (one is right); `passes`: does the first let the relay send; `is_open`:
    does it let everybody.
    """

    records: int
    passes: bool = False
    is_open: bool = False


def spf(names: Names, domain: str, *, relay: str) -> Spf:
    """Whether the domain lets the addresses of the host `relay` send. Raises Unreachable."""
    found = [one for one in names.texts(domain) if one.lower().startswith("v=spf1")]
    if not found:
        return Spf(0)
    terms = found[0].lower().split()[1:]
    is_open = "all" in terms or "+all" in terms
    try:
        addresses = {relay} if _is_address(relay) else names.addresses(relay)
    except Unreachable:
        addresses = set()
    names.lookups = 0
    return Spf(len(found), _lets(names, domain, addresses, relay.lower()), is_open)


def dmarc(names: Names, domain: str) -> dict[str, str] | None:
    """The tags of the record that holds for the domain, its own or a parent's. Raises Unreachable."""
    labels = domain.split(".")
    for at in range(max(len(labels) - 1, 1)):
        for text in names.texts("_dmarc." + ".".join(labels[at:])):
            if text.replace(" ", "").lower().startswith("v=dmarc1"):
                pairs = (one.partition("=") for one in text.split(";"))
                return {name.strip().lower(): value.strip() for name, _equals, value in pairs if name.strip()}
    return None


def _lets(names: Names, domain: str, addresses: set[str], relay: str) -> bool:
    """Does the record of `domain` match one of the addresses, or include that of the relay's own domain?"""
    names.lookups += 1
    if names.lookups > MOST_LOOKUPS:
        return False
    terms = next(
        (one.lower().split()[1:] for one in names.texts(domain) if one.lower().startswith("v=spf1")), []
    )
    return any(_term(names, domain, term, addresses, relay) for term in terms if term[:1] not in "-~?")


def _term(names: Names, domain: str, term: str, addresses: set[str], relay: str) -> bool:
    name, _colon, value = term.lstrip("+").replace("=", ":", 1).partition(":")
    name, _slash, bare_prefix = name.partition("/")
    if name in {"ip4", "ip6"}:
        return _within(addresses, value)
    if name in {"include", "redirect"}:
        return _is_of(value, relay) or _lets(names, value, addresses, relay)
    if name in {"a", "mx"}:
        host, _slash, prefix = value.partition("/")
        hosts = names.mail_servers(host or domain) if name == "mx" else [host or domain]
        size = (prefix or bare_prefix).partition("/")[0]
        found = {one for each in hosts[:MOST_LOOKUPS] for one in names.addresses(each)}
        return any(_within(addresses, f"{one}/{size}" if size and ":" not in one else one) for one in found)
    return False


def _is_of(included: str, relay: str) -> bool:
    """`include:_spf.google.com` speaks for smtp.gmail.com, `include:mailgun.org` for smtp.mailgun.org."""
    known = {"_spf.google.com": ("gmail.com", "google.com", "googlemail.com"),
             "spf.protection.outlook.com": ("office365.com", "outlook.com")}  # fmt: skip
    owner = relay.partition(".")[2]
    return any(relay.endswith("." + one) for one in known.get(included, ())) or (
        owner.count(".") >= 1 and (included == owner or included.endswith("." + owner))
    )


def _within(addresses: set[str], network: str) -> bool:
    try:
        block = ip_network(network, strict=False)
        return any(ip_address(one) in block for one in addresses)
    except ValueError:
        return False


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _server(text: str) -> dns.nameserver.Nameserver:
    host, colon, port = text.strip().rpartition(":")
    if colon and host.count(":") == 0 and port.isdigit():
        return dns.nameserver.Do53Nameserver(host, int(port))
    return dns.nameserver.Do53Nameserver(text.strip().strip("[]"), PORT)
