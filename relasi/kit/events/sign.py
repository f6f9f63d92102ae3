"""The installation's own signature under events, seals and counts."""

from __future__ import annotations

import hashlib
import hmac
from functools import cache

from django.conf import settings


def sign(body: bytes) -> str:
    """HMAC-SHA256 under the audit key, hexadecimal."""
    return hmac.new(_key(settings.SECRET_KEY), body, hashlib.sha256).hexdigest()


@cache
def _key(secret: str) -> bytes:
    return hashlib.sha256(b"relasi.audit:" + secret.encode()).digest()
