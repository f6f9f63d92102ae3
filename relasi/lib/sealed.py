"""Files encrypted at rest that can still be read from any place in them.

A file is cut into frames of 64 KiB, each sealed by AES-256-GCM together with the file's name, the frame's
number and whether it is the last one: a frame moved, left out, taken from another file or cut off is found.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from relasi.lib.secrets import NONCE, SecretError, Vault

MAGIC = b"RELASI-SEALED-1\n"
VERSION, NAME = 4, 16
HEAD = len(MAGIC) + VERSION + NAME
FRAME = 64 * 1024
AROUND = NONCE + 16  # what sealing adds to a frame


def seal(chunks: Iterable[bytes], vault: Vault, context: str) -> Iterator[bytes]:
    """The pieces of a sealed file, of those of a plain one. Never holds more than a piece and a frame."""
    name, number, waiting = os.urandom(NAME), 0, bytearray()
    yield MAGIC + vault.newest.to_bytes(VERSION) + name
    for chunk in chunks:
        waiting += chunk
        while len(waiting) > FRAME:
            yield vault.seal(bytes(waiting[:FRAME]), _place(context, name, number, is_last=False))
            del waiting[:FRAME]
            number += 1
    yield vault.seal(bytes(waiting), _place(context, name, number, is_last=True))


def is_sealed(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


@dataclass(frozen=True)
class SealedPath:
    """A sealed file on the disk, opened like a plain one."""

    path: Path
    vault: Vault
    context: str

    @property
    def size(self) -> int:
        """The length of what is inside, in bytes."""
        return _lengths(self.path.stat().st_size)[0]

    def open(self) -> BinaryIO:
        """The plain bytes, buffered, from any place. Reading raises SecretError where they were touched."""
        return cast("BinaryIO", io.BufferedReader(_Unsealed(self), FRAME))


class _Unsealed(io.RawIOBase):
    """Frame after frame, the last one read kept."""

    def __init__(self, source: SealedPath) -> None:
        self._file = source.path.open("rb")
        self._source = source
        self.size, self._frames = _lengths(source.path.stat().st_size)
        head = self._file.read(HEAD)
        if not self._frames or not head.startswith(MAGIC):
            self._file.close()
            raise SecretError("this is not a sealed file")
        self._version = int.from_bytes(head[len(MAGIC) : -NAME])
        self._name = head[-NAME:]
        self._at, self._number, self._frame = 0, -1, b""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        self._at = max(start + offset, 0)
        return self._at

    def readinto(self, buffer: Any) -> int:
        number, offset = divmod(self._at, FRAME)
        piece = self._opened(number)[offset : offset + len(buffer)]
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def close(self) -> None:
        self._file.close()
        super().close()

    def _opened(self, number: int) -> bytes:
        if number >= self._frames:
            return b""
        if number != self._number:
            self._file.seek(HEAD + number * (FRAME + AROUND))
            place = _place(self._source.context, self._name, number, is_last=number == self._frames - 1)
            sealed = self._file.read(FRAME + AROUND)
            self._frame = self._source.vault.open(sealed, place, version=self._version)
            self._number = number
        return self._frame


def _lengths(stored: int) -> tuple[int, int]:
    """The plain length of a file of `stored` bytes, and how many frames it has."""
    body = max(stored - HEAD, 0)
    frames = -(-body // (FRAME + AROUND))
    return max(body - frames * AROUND, 0), frames


def _place(context: str, name: bytes, number: int, *, is_last: bool) -> str:
    return f"{context}\0{name.hex()}\0{number}\0{'last' if is_last else 'more'}"
