"""Web push (RFC 8030, 8291, 8292): to a browser, encrypted for it alone, by whoever its maker runs."""

from __future__ import annotations

import base64
import json
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import serialization
from django.conf import settings
from django.utils import timezone
from py_vapid import Vapid

from relasi.activities.models import Notification, PushDevice, PushKey
from relasi.channels.reaching import NotReached, connect_allowed

TIMEOUT, KEPT = 10, 24 * 3600  # seconds
DEAD = (404, 410)


def public_key() -> str:
    """What browsers subscribe with: the uncompressed point, base64url."""
    point = _vapid(_private()).public_key.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


def push(one: Notification, device: PushDevice) -> bool:
    """Whether the maker's server took it. A device that is gone is forgotten."""
    import requests  # these weigh half a second, and few processes push
    from pywebpush import WebPushException, webpush

    payload = {"title": one.reason, "body": one.text, "url": f"/notifications/{one.pk}/", "tag": one.key}
    session = requests.Session()
    session.max_redirects = 0
    try:
        check_endpoint(device.endpoint)
        webpush(
            {"endpoint": device.endpoint, "keys": device.secrets}, json.dumps(payload),
            vapid_private_key=_vapid(_private()), vapid_claims={"sub": _contact()}, ttl=KEPT, timeout=TIMEOUT,
            requests_session=session,
        )  # fmt: skip
    except WebPushException as error:
        if error.response is not None and error.response.status_code in DEAD:
            device.delete()
        return False
    except (OSError, ValueError):
        return False
    PushDevice.objects.filter(pk=device.pk).update(sent_at=timezone.now())
    return True


def check_endpoint(endpoint: str) -> None:
    """Raises NotReached unless it is an address on the open Internet, over TLS."""
    parts = urlsplit(endpoint)
    is_local_ok = bool(settings.RELASI_LOCAL_MAIL)
    if parts.scheme != "https" and not is_local_ok:
        raise NotReached("https", host=endpoint)
    connect_allowed(parts.hostname or "", local_ok=is_local_ok)


def _private() -> str:
    """The PEM, made once: of two who make it at the same time the first counts."""
    found = PushKey.objects.filter(name="push").first()
    if found is None or not found.secrets:
        vapid = Vapid()
        vapid.generate_keys()
        made: dict[str, Any] = {"secrets": {"private": vapid.private_pem().decode()}}
        if found is None:
            found, _is_new = PushKey.objects.get_or_create(name="push", defaults=made)
        else:
            PushKey.objects.filter(pk=found.pk).update(**made)
            found.refresh_from_db()
    return str(found.secrets["private"])


@cache
def _vapid(pem: str) -> Vapid:
    return Vapid.from_pem(pem.encode())


def _contact() -> str:
    """Whom the maker's server may write to about us."""
    return (
        f"mailto:{settings.DEFAULT_FROM_EMAIL}" if settings.DEFAULT_FROM_EMAIL else settings.RELASI_PUBLIC_URL
    )
