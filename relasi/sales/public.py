"""What keeps public pages safe: a token with the form, a trap for robots, a limit for each address.

The pages act as nobody: whoever posts, signed in or not, gains no right by it and reads nothing. So they take
no cookie and need no CSRF token, which frames on other sites could not carry; the signed token is the proof
that the form was opened a moment ago.
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
from django.http import HttpRequest
from django.utils import timezone

from relasi.sales.models import FormSubmission, WebForm

SALT = "relasi.sales.form"
TRAP = "website"
SOONEST = timedelta(seconds=2)
LATEST = timedelta(hours=24)
MOST, WINDOW = 12, timedelta(minutes=10)
UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")


@dataclass(frozen=True)
class Opened:
    """What a token says: which submission it is for, and whether it came faster than anybody types."""

    key: str
    is_hasty: bool


def new_token(door: str) -> str:
    """For one filling of the form behind `door` (form, card or link, by number)."""
    return signing.dumps(
        {"door": door, "key": secrets.token_urlsafe(16), "at": timezone.now().timestamp()}, salt=SALT
    )


def opened(token: str, door: str) -> Opened | None:
    """None for a token that is forged, of another door, or older than a day."""
    try:
        said: Any = signing.loads(token[:600], salt=SALT)
    except signing.BadSignature:
        return None
    age = timezone.now().timestamp() - float(said["at"])
    if said["door"] != door or age > LATEST.total_seconds():
        return None
    return Opened(str(said["key"]), age < SOONEST.total_seconds())


def is_trapped(data: Mapping[str, str]) -> bool:
    """People do not see the trap; robots fill whatever there is."""
    return bool(data.get(TRAP, "").strip())


def code_of_address(request: HttpRequest) -> str:
    """A keyed digest of the sender's address, of its /64 for IPv6: enough to count by, useless otherwise."""
    text = get_client_ip(request) or ""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        network = text
    else:
        wide = 64 if address.version == 6 else 32
        network = str(ipaddress.ip_network(f"{address}/{wide}", strict=False))
    key = hashlib.sha256(f"{SALT}:{settings.SECRET_KEY}".encode()).digest()
    return hmac.new(key, network.encode(), hashlib.sha256).hexdigest()


def is_too_much(code: str) -> bool:
    """Whether this address has sent its share of the last ten minutes."""
    since = timezone.now() - WINDOW
    rows = FormSubmission.objects.filter(address_code=code, received_at__gte=since).order_by()
    return len(rows.values_list("pk")[:MOST]) >= MOST


def answers_of(form: WebForm, data: Mapping[str, str]) -> dict[str, str]:
    """What was sent for the questions of the form, and nothing else."""
    return {
        question.key: data.get(f"a-{question.key}", "").replace("\0", "")[:5000]
        for question in form.ordered_fields
    }


def utm_of(data: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name in UTM if (text := data.get(name, "").replace("\0", "").strip()[:200])}


def frame_policy(form: WebForm | None) -> str:
    """Only the sites the company named may frame the form; nothing inline, nothing from elsewhere."""
    origins = " ".join(form.origin_list if form else ()) or "'none'"
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            f"frame-ancestors {origins}",
        )
    )
