"""The bytes of an input: kept encrypted before anything is made of them, given back exactly."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from relasi.channels.models import Account, Intake
from relasi.kit.records.sealed import vault

CONTEXT = "channels.intake"
VERSION = 4  # bytes that say with which key
IN_THE_ROW = 128 * 1024  # bytes; what is larger goes to the storage
FOLDER = "intake"


def keep(
    account: Account,
    raw: bytes,
    *,
    external_id: str = "",
    title: str = "",
    meta: dict[str, Any] | None = None,
) -> tuple[Intake, bool]:
    """Keep an input; (the row, whether it is new). The same external id a second time is the first one.

    Call it before the other side is told that its input arrived.
    """
    if external_id and (known := _known(account, external_id)):
        return known, False
    body = sealed(raw)
    path = _put_away(body) if len(body) > IN_THE_ROW else ""
    row = Intake(
        account=account,
        external_id=external_id[:200],
        title=title[:200],
        meta=meta or {},
        sha256=hashlib.sha256(raw).hexdigest(),
        size=len(raw),
        path=path,
        body=None if path else body,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        if path:
            default_storage.delete(path)
        if known := _known(account, external_id):
            return known, False
        raise
    return row, True


def original(intake: Intake) -> bytes:
    """What came in. Raises SecretError when it was touched, FileNotFoundError when it is gone."""
    return _opened(_body(intake))


def current(intake: Intake) -> bytes:
    """What is to be understood: as mended, else as it came."""
    return _opened(bytes(intake.mended)) if intake.mended else original(intake)


def sealed(raw: bytes) -> bytes:
    """`raw` as the columns of Intake keep it."""
    keys = vault()
    return keys.newest.to_bytes(VERSION) + keys.seal(raw, CONTEXT)


def _opened(body: bytes) -> bytes:
    return vault().open(body[VERSION:], CONTEXT, version=int.from_bytes(body[:VERSION]))


def _body(intake: Intake) -> bytes:
    if not intake.path:
        return bytes(intake.body or b"")
    with default_storage.open(intake.path) as file:
        content: bytes = file.read()
    return content


def _put_away(content: bytes) -> str:
    name = secrets.token_hex(16)
    return default_storage.save(f"{FOLDER}/{name[:2]}/{name}", ContentFile(content))


def _known(account: Account, external_id: str) -> Intake | None:
    return Intake._default_manager.filter(account=account, external_id=external_id[:200]).first()
