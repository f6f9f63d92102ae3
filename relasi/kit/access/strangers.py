"""What keeps pages for strangers safe: a token with the form, a trap for robots, a code to count by.

Such pages act as nobody: whoever posts, signed in or not, gains no right by it and reads nothing. So they
take no cookie and need no CSRF token, which frames on other sites could not carry; the signed token is the
proof that the form was opened a moment ago.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from allauth.core.internal.httpkit import get_client_ip
from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone

TRAP = "website"
SOONEST = timedelta(seconds=2)
LATEST = timedelta(hours=24)


@dataclass(frozen=True)
class Opened:
    """What a token says: which submission it is for, and whether it came faster than anybody types."""

    key: str
    is_hasty: bool


def new_token(door: str, *, salt: str) -> str:
    """For one filling of the form behind `door`."""
    said = {"door": door, "key": secrets.token_urlsafe(16), "at": timezone.now().timestamp()}
    return signing.dumps(said, salt=salt)


def opened(token: str, door: str, *, salt: str) -> Opened | None:
    """None for a token that is forged, of another door, or older than a day."""
    try:
        said: Any = signing.loads(token[:600], salt=salt)
    except signing.BadSignature:
        return None
    age = timezone.now().timestamp() - float(said["at"])
    if said["door"] != door or age > LATEST.total_seconds():
        return None
    return Opened(str(said["key"]), age < SOONEST.total_seconds())


def is_trapped(data: Mapping[str, str]) -> bool:
    """People do not see the trap; robots fill whatever there is."""
    return bool(data.get(TRAP, "").strip())


def code_of_address(request: HttpRequest, *, salt: str) -> str:
    """A keyed digest of the sender's address, of its /64 for IPv6: enough to count by, useless otherwise."""
    text = get_client_ip(request) or ""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        network = text
    else:
        wide = 64 if address.version == 6 else 32
        network = str(ipaddress.ip_network(f"{address}/{wide}", strict=False))
    key = hashlib.sha256(f"{salt}:{settings.SECRET_KEY}".encode()).digest()
    return hmac.new(key, network.encode(), hashlib.sha256).hexdigest()


def has_had_its_share(request: HttpRequest, what: str, most: int, *, salt: str, seconds: int = 600) -> bool:
    """Counts one more of `what`, and says whether this address has done it more than `most` times lately."""
    code = code_of_address(request, salt=salt)
    key = f"{salt}:" + hashlib.sha256(f"{what}:{code}".encode()).hexdigest()[:40]
    cache.add(key, 0, seconds)
    try:
        return bool(cache.incr(key) > most)
    except ValueError:  # it ran out between the two
        return False
