"""Lines of vCards: unfolded, repaired, and taken apart into name, parameters and value.

RFC 2426 (3.0), RFC 6350 (4.0) and the Versit vCard 2.1 of 1996, with the faults of those who write them.
"""

from __future__ import annotations

import binascii
import quopri
import re
from base64 import b64decode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


HEAD = re.compile(
    r"(?:([A-Za-z0-9_-]+)\.)?([A-Za-z][A-Za-z0-9-]*)\s*((?:;(?:[^\":;]|\"[^\"]*\")*)*):(.*)", re.S
)
LOOSE_HEAD = re.compile(r"(?:([A-Za-z0-9_-]+)\.)?([A-Za-z][A-Za-z0-9-]*)((?:;[^:]*)?):(.*)", re.S)
KNOWN = _words(
    "BEGIN END VERSION FN N NICKNAME PHOTO BDAY ANNIVERSARY GENDER ADR LABEL TEL EMAIL IMPP LANG TZ GEO "
    "TITLE ROLE LOGO "
    "ORG MEMBER RELATED CATEGORIES NOTE PRODID REV SOUND UID CLIENTPIDMAP URL KEY FBURL CALADRURI CALURI "
    "AGENT CLASS "
    "SORT-STRING MAILER NAME PROFILE SOURCE KIND XML HOBBY INTEREST EXPERTISE DEPARTMENT DEATHDATE BIRTHPLACE"
)
QUOTED_PRINTABLE = re.compile(r"QUOTED-PRINTABLE", re.I)
PARAMETER = re.compile(r";((?:[^\";]|\"[^\"]*\")*)")
ESCAPE = re.compile(r"\\([nN,;:\"\\])")
FIELD_END = re.compile(r"(?<!\\)((?:\\\\)*);")
ITEM_END = re.compile(r"(?<!\\)((?:\\\\)*),")
BARE_ENCODINGS = {"QUOTED-PRINTABLE": "QUOTED-PRINTABLE", "BASE64": "BASE64", "8BIT": "8BIT", "7BIT": "7BIT"}


@dataclass(slots=True)
class Property:
    """`name` in capitals, `types` in lower case, `params` by capital name, `value` decoded but still
    escaped."""

    name: str
    value: str
    group: str = ""
    types: list[str] = field(default_factory=list)
    params: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The value as one text."""
        return unescaped(self.value).strip()

    @property
    def fields(self) -> list[str]:
        """The parts of a structured value (N, ADR, ORG)."""
        return [unescaped(part).strip() for part in _cut(FIELD_END, self.value)]

    @property
    def items(self) -> list[str]:
        """The members of a list (CATEGORIES, NICKNAME)."""
        return [item for part in _cut(ITEM_END, self.value) if (item := unescaped(part).strip())]


def unescaped(text: str) -> str:
    """`\\n`, `\\,`, `\\;` and `\\\\` resolved."""
    return ESCAPE.sub(lambda found: "\n" if found[1] in "nN" else found[1], text) if "\\" in text else text


def unfolded(lines: Iterable[str]) -> Iterator[str]:
    """Logical lines: folds and soft breaks joined, and stray lines (a break nobody escaped) given to the line
    above."""
    held: str | None = None
    for line in lines:
        line = line.rstrip("\r\n")
        if held is None:
            held = line
        elif held.endswith("=") and _is_quoted_printable(held):
            held = held[:-1] + line.lstrip(" \t")
        elif line.startswith((" ", "\t")):
            held += line[1:]
        elif line and not _is_property(line):
            held += ("=0A" if _is_quoted_printable(held) else "\\n") + line
        elif line:
            yield held
            held = line
    if held is not None:
        yield held


def parsed(line: str, codec: str) -> Property | None:
    """One logical line taken apart, its value decoded; None when it is no property."""
    match = HEAD.fullmatch(line) or LOOSE_HEAD.fullmatch(line)
    if not match:
        return None
    group, name, parameters, value = match.groups()
    found = Property(name.upper(), value, (group or "").lower())
    for parameter in PARAMETER.findall(parameters):
        _take_parameter(found, parameter.strip())
    found.value = _decoded(found, codec)
    return found


def _take_parameter(found: Property, parameter: str) -> None:
    key, sign, value = parameter.partition("=")
    key, value = key.strip().upper(), value.strip().strip('"')
    if not sign:
        if key in BARE_ENCODINGS:
            found.params["ENCODING"] = BARE_ENCODINGS[key]
        elif key:
            found.types.append(key.lower())
    elif key == "TYPE":
        found.types.extend(one.strip().lower() for one in value.split(",") if one.strip())
    elif key == "PREF":
        found.types.append("pref")
    else:
        found.params[key] = value


def _decoded(found: Property, codec: str) -> str:
    encoding = found.params.get("ENCODING", "").upper()
    charset = found.params.get("CHARSET", "")
    if encoding == "QUOTED-PRINTABLE":
        return _quoted(found.value, charset, codec)
    if encoding in {"B", "BASE64"} and found.name not in {"PHOTO", "LOGO", "SOUND", "KEY"}:
        try:
            return _in_charset(b64decode(found.value.replace(" ", ""), validate=True), charset)
        except (binascii.Error, ValueError):
            return found.value
    if charset and not found.value.isascii() and codec not in {"utf-8", "utf-8-sig"}:
        return _in_charset(found.value.encode(codec, "surrogateescape"), charset)
    return found.value


def _quoted(value: str, charset: str, codec: str) -> str:
    """Separators stay; the breaks and signs that were quoted are escaped so that they remain text."""
    pieces = [_in_charset(quopri.decodestring(piece.encode(_byte_codec(codec), "surrogateescape")), charset)
              for piece in value.split(";")]  # fmt: skip
    return ";".join(re.sub(r"\r\n|\r|\n", r"\\n", piece) for piece in pieces)


def _byte_codec(codec: str) -> str:
    return "utf-8" if codec.startswith("utf") else codec


def _in_charset(data: bytes, charset: str) -> str:
    for name in (charset, "utf-8", "cp1252"):
        try:
            return data.decode(name) if name else data.decode("utf-8")
        except (LookupError, UnicodeDecodeError):
            continue
    return data.decode("latin-1")


def _is_quoted_printable(line: str) -> bool:
    return bool(QUOTED_PRINTABLE.search(line.partition(":")[0]))


def _is_property(line: str) -> bool:
    match = HEAD.fullmatch(line) or LOOSE_HEAD.fullmatch(line)
    if not match:
        return False
    return match[2].upper() in KNOWN or match[2][:2].upper() == "X-" or bool(match[1])


def _cut(pattern: re.Pattern[str], text: str) -> list[str]:
    if "\\" not in text:
        return text.split(";" if pattern is FIELD_END else ",")
    parts, at = [], 0
    for match in pattern.finditer(text):
        parts.append(text[at : match.end() - 1])
        at = match.end()
    return [*parts, text[at:]]
