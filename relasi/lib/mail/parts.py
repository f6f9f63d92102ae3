"""The tree of parts a mail is made of (RFC 2046), cut out of its bytes without changing any."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from relasi.lib.mail import headers, problems
from relasi.lib.mail.headers import Headers
from relasi.lib.mail.problems import Notes
from relasi.lib.mail.transfer import undo

DEEPEST = 25
MOST_PARTS = 500
TYPE = re.compile(r"\s*([\w.!#$&^+-]+/[\w.!#$&^+-]+)")
GUESSED_BOUNDARY = re.compile(rb"^--([^\s-][^\r\n]{0,68}?)[ \t]*\r?$(?=\r?\n[Cc]ontent-)", re.M)


@dataclass(frozen=True, slots=True)
class Part:
    """One part; `body` as it was transferred, `parts` in their order when it is a multipart."""

    headers: Headers
    content_type: str
    parameters: dict[str, str]
    body: bytes
    parts: tuple[Part, ...] = ()

    def content(self, notes: Notes) -> bytes:
        """The body as the sender had it."""
        return undo(self.body, self.headers.first("content-transfer-encoding"), notes)

    @property
    def kind(self) -> str:
        """`alternative` of `multipart/alternative`."""
        return self.content_type.partition("/")[2]


class Cutter:
    """Cuts one mail; counts, so that no mail can ask for more than a few hundred parts."""

    def __init__(self, notes: Notes) -> None:
        self.notes = notes
        self.left = MOST_PARTS

    def cut(self, raw: bytes, *, depth: int = 0, usual: str = "text/plain") -> Part:
        """`raw` as a part with all that is in it; `usual` is its type where it names none."""
        self.left -= 1
        found, body = headers.split(raw, self.notes)
        named = found.first("content-type")
        shape = TYPE.match(named)
        content_type = shape[1].lower() if shape else usual
        parameters = headers.parameters(named, self.notes)
        if not content_type.startswith("multipart/"):
            return Part(found, content_type, parameters, body)
        if depth >= DEEPEST or self.left <= 0:
            self.notes.add(problems.TOO_NESTED)
            return Part(found, "application/octet-stream", parameters, body)
        usual = "message/rfc822" if content_type == "multipart/digest" else "text/plain"
        pieces = list(_pieces(body, parameters.get("boundary", ""), self.notes))
        if not pieces:
            self.notes.add(problems.NO_BOUNDARY)
            return Part(found, "text/plain", parameters, body)
        parts = tuple(self.cut(piece, depth=depth + 1, usual=usual) for piece in pieces[: max(self.left, 1)])
        if len(parts) < len(pieces):
            self.notes.add(problems.TOO_NESTED)
        return Part(found, content_type, parameters, body, parts)


def _pieces(body: bytes, boundary: str, notes: Notes) -> Iterator[bytes]:
    """What stands between the lines of the boundary, without the line end that belongs to them."""
    mark = boundary.rstrip().encode("utf-8", "replace")
    if not mark or b"--" + mark not in body:
        guessed = GUESSED_BOUNDARY.search(body)
        if not guessed:
            return
        mark = guessed[1]
        notes.add(problems.NO_BOUNDARY)
    lines = re.finditer(rb"^--" + re.escape(mark) + rb"(--)?[ \t]*\r*(?:\n|\Z)", body, re.M)
    start = None
    for line in lines:
        if start is not None:
            yield _without_line_end(body[start : line.start()])
        start = None if line[1] else line.end()
        if line[1]:
            return
    if start is not None:
        notes.add(problems.CUT_SHORT)
        yield body[start:]


def _without_line_end(piece: bytes) -> bytes:
    return piece[:-2] if piece.endswith(b"\r\n") else piece.removesuffix(b"\n")
