"""Files on a record: kept once under their SHA-256, whatever their name, and given out only as downloads."""

from __future__ import annotations

import hashlib
import unicodedata
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse
from django.utils.translation import gettext as _

from relasi.kit.records.models import Attachment, about
from relasi.kit.records.record import Record

FOLDER = "attachments"
LONGEST_NAME = 180


def of(record: Record) -> list[Attachment]:
    """The files of a record, newest first."""
    return list(Attachment.objects.filter(**about(record)).select_related("uploader").order_by("-id")[:500])


def find(record: Record, pk: int) -> Attachment | None:
    """One file of this record and no other."""
    return Attachment.objects.filter(pk=pk, **about(record)).first()


def attach(record: Record, upload: UploadedFile[Any], *, by: Any) -> Attachment:
    """Keep an uploaded file. Raises ValidationError when it is empty or larger than the setting allows."""
    size = int(upload.size or 0)
    limit = settings.RELASI_MAX_UPLOAD_MB * 1_000_000
    if not size:
        raise ValidationError(_("“%(name)s” is empty.") % {"name": upload.name})
    if size > limit:
        raise ValidationError(
            _("“%(name)s” is larger than %(limit)s MB.")
            % {"name": upload.name, "limit": settings.RELASI_MAX_UPLOAD_MB}
        )
    digest = _digest(upload)
    path = f"{FOLDER}/{digest[:2]}/{digest[2:4]}/{digest}"
    if not default_storage.exists(path):
        upload.seek(0)
        path = default_storage.save(path, File(upload))
    attachment: Attachment = Attachment.create(
        by=by,
        name=safe_name(upload.name or ""),
        content_type=(upload.content_type or "")[:120],
        size=size,
        sha256=digest,
        path=path,
        uploader=by,
        **about(record),
    )
    return attachment


def download(attachment: Attachment) -> FileResponse:
    """The file as a download that no browser shows, sniffs or runs. Raises FileNotFoundError."""
    answer = FileResponse(
        default_storage.open(attachment.path),
        as_attachment=True,
        filename=attachment.name,
        content_type="application/octet-stream",
    )
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


def safe_name(name: str) -> str:
    """The last part of a name without control signs; never empty."""
    plain = PurePosixPath(name.replace("\\", "/")).name
    plain = "".join(sign for sign in plain if unicodedata.category(sign)[0] != "C").strip(". ")
    stem, dot, suffix = plain.rpartition(".")
    if len(plain) > LONGEST_NAME:
        plain = f"{stem[: LONGEST_NAME - len(suffix) - 1]}{dot}{suffix}"[:LONGEST_NAME]
    return plain or _("file")


def _digest(upload: UploadedFile[Any]) -> str:
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    return digest.hexdigest()
