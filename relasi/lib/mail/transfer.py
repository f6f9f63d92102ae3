"""Undo what was done to the bytes of a part for their way through old servers (RFC 2045)."""

from __future__ import annotations

import binascii
import re
from quopri import decodestring

from relasi.lib.mail import problems
from relasi.lib.mail.problems import Notes

NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=]+")
SPACE = re.compile(rb"\s+")
MOSTLY = 0.8  # share of the signs that must be base64 before it is read as such


def undo(data: bytes, encoding: str, notes: Notes) -> bytes:
    """The bytes as the sender had them; what cannot be decoded stays as it came."""
    name = encoding.strip(" \t\"'").lower()
    if name == "base64":
        return from_base64(data, notes)
    if name == "quoted-printable":
        return decodestring(data)
    return data


def from_base64(data: bytes, notes: Notes) -> bytes:
    """Base64 in as many pieces as there are, with missing ends and stray signs forgiven (RFC 4648)."""
    packed = SPACE.sub(b"", data)
    bare = NOT_BASE64.sub(b"", packed)
    if len(bare) < MOSTLY * len(packed):
        notes.add(problems.BROKEN_BASE64)
        return data
    pieces = [piece for piece in re.split(rb"=+", bare) if piece]
    if len(bare) < len(packed) or any(len(piece) % 4 == 1 for piece in pieces):
        notes.add(problems.BROKEN_BASE64)
    return b"".join(_piece(piece) for piece in pieces)


def _piece(piece: bytes) -> bytes:
    whole = piece[: len(piece) - 1] if len(piece) % 4 == 1 else piece
    return binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))
