"""The headers of a mail or of one of its parts, and the small languages inside their values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from relasi.lib.mail import problems
from relasi.lib.mail.charsets import clean, decode
from relasi.lib.mail.problems import Notes
from relasi.lib.mail.words import decode_words

LONGEST_HEADER = 64 * 1024
MOST_HEADERS = 1000
LINE = re.compile(rb"([!-9;-~]{1,100})[ \t]*:(.*)", re.S)
MAILBOX_MARK = re.compile(rb">?From \S")  # the first line of a mail kept in an mbox file
PARAMETER = re.compile(r';\s*([^\s=;"]{1,60})\s*=\s*(?:"((?:[^"\\]|\\.)*)"?|([^;]*))')
NUMBERED = re.compile(r"(.+?)(?:\*(\d{1,3}))?(\*)?")
BRACKETED = re.compile(r"<([^<>]+)>")

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Headers:
    """Names in lower case with their values, unfolded but with encoded words as they came."""

    pairs: Pairs

    def all(self, name: str) -> list[str]:
        """Every value of `name`."""
        return [value for called, value in self.pairs if called == name]

    def first(self, name: str) -> str:
        """The first value of `name`, or nothing."""
        return next((value for called, value in self.pairs if called == name), "")


def split(raw: bytes, notes: Notes) -> tuple[Headers, bytes]:
    """The headers at the beginning of `raw`, and the bytes behind the empty line that ends them."""
    lines: list[tuple[bytes, list[bytes]]] = []
    at = 0
    while at < len(raw) and len(lines) < MOST_HEADERS:
        line, after = _line(raw, at)
        if not line:
            return _headers(lines, notes), raw[after:]
        if found := LINE.fullmatch(line):
            lines.append((found[1], [found[2]]))
        elif line[:1] in b" \t" and lines:
            lines[-1][1].append(line)
        elif lines and not _goes_on(raw, after):
            break
        elif not (at == 0 and MAILBOX_MARK.match(line)):
            if not lines and not _goes_on(raw, after):
                break
            notes.add(problems.BROKEN_HEADER)
        at = after
    return _headers(lines, notes), raw[at:]


def parameters(value: str, notes: Notes) -> dict[str, str]:
    """`; name=value` behind a header's first word, with pieces put together again (RFC 2231)."""
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for found in PARAMETER.finditer(value):
        text = re.sub(r"\\(.)", r"\1", found[2]) if found[2] is not None else found[3].strip()
        parts = NUMBERED.fullmatch(found[1].lower())
        if parts and (parts[2] or parts[3]):
            pieces.setdefault(parts[1], {}).setdefault(int(parts[2] or 0), (text, bool(parts[3])))
        else:
            plain.setdefault(found[1].lower(), decode_words(text, notes))
    return plain | {name: _joined(numbered, notes) for name, numbered in pieces.items()}


def ids(value: str) -> tuple[str, ...]:
    """The message ids in a value: what stands in angle brackets, else words with an `@`."""
    found = BRACKETED.findall(value) or [word for word in re.split(r"[\s,;<>\"]+", value) if "@" in word]
    bare = ("".join(one.split()) for one in found)
    return tuple(dict.fromkeys(one for one in bare if one))


def _line(raw: bytes, at: int) -> tuple[bytes, int]:
    end = raw.find(b"\n", at)
    end = len(raw) if end < 0 else end
    return raw[at:end].rstrip(b"\r"), end + 1


def _goes_on(raw: bytes, at: int) -> bool:
    """Is the next line a header?"""
    return bool(LINE.fullmatch(_line(raw, at)[0][:LONGEST_HEADER]))


def _headers(lines: list[tuple[bytes, list[bytes]]], notes: Notes) -> Headers:
    return Headers(
        tuple((name.decode("ascii").lower(), _value(b" ".join(value), notes)) for name, value in lines)
    )


def _value(value: bytes, notes: Notes) -> str:
    if len(value) > LONGEST_HEADER:
        notes.add(problems.LONG_HEADER)
        value = value[:LONGEST_HEADER]
    if value.isascii():
        return clean(re.sub(r"\s+", " ", value.decode("ascii").strip()), notes)
    notes.add(problems.EIGHT_BIT_HEADER)
    return re.sub(r"\s+", " ", decode(value, "", Notes()).strip())


def _joined(numbered: dict[int, tuple[str, bool]], notes: Notes) -> str:
    """`0*=utf-8''%C3%A1`, `1*=%62`, `2=c` as one text."""
    charset, data = "", b""
    for number in sorted(numbered):
        text, is_encoded = numbered[number]
        if is_encoded and number == min(numbered) and text.count("'") >= 2:
            charset, _language, text = text.split("'", 2)
        data += unquote_to_bytes(text) if is_encoded else text.encode()
    return decode_words(decode(data, charset, notes), notes)
