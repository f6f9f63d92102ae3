"""The file as it came: kept encrypted, read without ever lying open on the disk."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from relasi.kit.records.sealed import vault
from relasi.lib import sealed
from relasi.lib.tables import Source

CONTEXT = "imports.file"


def keep(path: Path, chunks: Iterable[bytes]) -> int:
    """Write a file below the media folder; its plain length in bytes."""
    target, size = _place(path), 0

    def counted() -> Iterable[bytes]:
        nonlocal size
        for chunk in chunks:
            size += len(chunk)
            yield chunk

    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as file:
        file.writelines(sealed.seal(counted(), vault(), CONTEXT))
    return size


def source(path: str | Path) -> Source:
    """What the readers of tables open; a file kept before there was encryption is read as it is."""
    target = _place(path)
    return sealed.SealedPath(target, vault(), CONTEXT) if sealed.is_sealed(target) else target


def forget(path: str | Path) -> None:
    _place(path).unlink(missing_ok=True)


def _place(path: str | Path) -> Path:
    return Path(settings.MEDIA_ROOT) / path
