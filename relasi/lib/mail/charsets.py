"""Bytes of a mail into text, whatever encoding they claim to be in."""

from __future__ import annotations

import codecs
import re
from io import BytesIO

from relasi.lib.mail import problems
from relasi.lib.mail.problems import Notes
from relasi.lib.tables import encodings

WIDER = {  # what senders really use where they name the smaller one, as browsers read it (WHATWG Encoding)
    "iso8859-1": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "euc_kr": "cp949", "shift_jis": "cp932",
    "iso8859-9": "cp1254",
}  # fmt: skip
NOT_FOR_MAIL = frozenset({"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined"})
ALIASES = {"utf8mb4": "utf-8", "unicode-1-1-utf-7": "utf-7", "iso-8859-8-i": "iso8859-8", "cp-850": "cp850"}
CLAIMED_BY_HABIT = frozenset({"iso8859-1", "cp1252"})  # also over UTF-8, which hardly any such text resembles
NO_CHARSET = frozenset({"", "us-ascii", "ascii", "default", "unknown-8bit", "x-unknown", "binary", "7bit"})
FEW = 0.02  # share of signs that may be wrong before the named encoding is given up
HIGH, PAIR = re.compile(rb"[\x80-\xff]"), re.compile(rb"[\x80-\xff]{2}")
SELDOM = 0.1  # pairs among the letters beyond ASCII
BYTES_TO_GUESS_FROM = 4096


def decode(data: bytes, charset: str, notes: Notes) -> str:
    """The text of `data`: in the encoding it names, else in UTF-8 where that fits, else in the likeliest."""
    codec = codec_of(charset)
    if not codec and charset.strip().lower() not in NO_CHARSET:
        notes.add(problems.UNKNOWN_CHARSET)
    for name in _candidates(codec):
        text = _strictly(data, name)
        if text is not None:
            if codec and name not in {codec, WIDER.get(codec)} and not data.isascii():
                notes.add(problems.WRONG_CHARSET)
            return clean(text, notes)
    notes.add(problems.WRONG_CHARSET)
    return clean(_roughly(data, codec), notes)


def _candidates(codec: str) -> tuple[str, ...]:
    if codec in CLAIMED_BY_HABIT:
        return "utf-8", "cp1252", codec
    return tuple(dict.fromkeys((WIDER.get(codec, codec or "utf-8"), codec or "utf-8", "utf-8")))


def codec_of(charset: str) -> str:
    """The codec that `charset` names, or nothing."""
    name = charset.strip(" \t\"'<>").lower()
    if name in NO_CHARSET or not name.isascii() or len(name) > 40 or "\0" in name:
        return ""
    try:
        codec = codecs.lookup(ALIASES.get(name, name)).name
        b"".decode(codec)
    except (LookupError, ValueError):
        return ""
    return "" if codec.replace("_", "-") in NOT_FOR_MAIL else codec


def clean(text: str, notes: Notes) -> str:
    """`text` that any database takes: no NULs, no halves of characters, `\\n` between lines."""
    if "\0" in text:
        notes.add(problems.NULS)
        text = text.replace("\0", "")
    text = text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
    return text.encode("utf-8", "replace").decode("utf-8")


def _strictly(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (ValueError, LookupError):
        return None


def _roughly(data: bytes, codec: str) -> str:
    text = data.decode(codec or "utf-8", "replace")
    if codec and text.count("\ufffd") <= max(FEW * len(text), 1):
        return text
    if _looks_western(data) and (western := _strictly(data, "cp1252")) is not None:
        return western
    start = max(next((at for at, byte in enumerate(data) if byte > 127), 0) - BYTES_TO_GUESS_FROM // 4, 0)
    sample = data[start : start + BYTES_TO_GUESS_FROM]
    return data.decode(encodings.detect(BytesIO(sample)), "replace")


def _looks_western(data: bytes) -> bool:
    """Single letters with accents between plain ones; other scripts come in runs."""
    sample = data[: 16 * BYTES_TO_GUESS_FROM]
    return len(PAIR.findall(sample)) <= SELDOM * len(HIGH.findall(sample))
