"""Encoded words in headers: `=?utf-8?Q?Sal=C3=A1m?=` (RFC 2047), also as people's programs get them wrong."""

from __future__ import annotations

import re
from quopri import decodestring

from relasi.lib.mail import problems
from relasi.lib.mail.charsets import decode
from relasi.lib.mail.problems import Notes
from relasi.lib.mail.transfer import from_base64

WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")


def decode_words(value: str, notes: Notes) -> str:
    """`value` with its encoded words read; words side by side are one text, even within a letter."""
    if "=?" not in value:
        return value
    pieces: list[str] = []
    charset, waiting, at = "", b"", 0
    for found in WORD.finditer(value):
        between = value[at : found.start()]
        named = found[1].partition("*")[0].lower()
        if waiting and (between.strip() or named != charset):
            pieces.append(decode(waiting, charset, notes))
            waiting = b""
        if between.strip() or not at:
            pieces.append(between)
        charset, waiting, at = named, waiting + _bytes(found[2], found[3], notes), found.end()
    if waiting:
        pieces.append(decode(waiting, charset, notes))
    rest = value[at:]
    if "=?" in rest:
        notes.add(problems.BROKEN_WORD)
    return "".join([*pieces, rest])


def _bytes(kind: str, content: str, notes: Notes) -> bytes:
    data = content.encode("utf-8", "replace")
    if kind in "bB":
        return from_base64(data, notes)
    return decodestring(data.replace(b" ", b"_"), header=True)
