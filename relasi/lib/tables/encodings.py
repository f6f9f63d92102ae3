"""In which encoding was a text file written?"""

from __future__ import annotations

import codecs
import re
from typing import BinaryIO

from charset_normalizer import from_bytes

from relasi.lib.tables.table import TableError
from relasi.lib.wording import mark as _

BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CHUNK = 1 << 20
SAMPLE = 64 * 1024
MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
HIGH = re.compile(rb"[\x80-\xff]")
UNUSED_IN_1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
CONTROLS_IN_1252 = re.compile(rb"[\x80-\x9f]")
CANDIDATES = [
    "cp1252", "mac_roman", "cp1250", "cp1251", "cp850", "cp437", "big5", "gb18030", "shift_jis", "euc_kr",
    "cp1254",
    "cp1256", "iso8859_2", "koi8_r",
]  # fmt: skip
FEW = 0.1  # share of signs beyond ASCII up to which Latin script is taken for granted


def detect(file: BinaryIO) -> str:
    """The codec of `file`, which is read through and rewound: a BOM, else UTF-8 where it is valid, else the
    best guess.

    Bytes are never lost by a wrong guess: readers decode with `surrogateescape` and report what did not fit.
    """
    head = file.read(4096)
    file.seek(0)
    for mark, name in BOMS:
        if head.startswith(mark):
            return name
    if wide := _without_bom(head):
        return wide
    sample = _first_trouble(file)
    file.seek(0)
    return "utf-8" if sample is None else _guess(sample)


def checked(encoding: str) -> str:
    """The codec a person chose, if there is one. Raises TableError."""
    try:
        return codecs.lookup(encoding).name
    except LookupError as error:
        raise TableError(_("“%(name)s” is not an encoding we know."), name=encoding) from error


def _without_bom(head: bytes) -> str:
    """UTF-16 without its mark shows as zeros in every second byte."""
    even, odd = head[0::2], head[1::2]
    if len(odd) < 4:
        return ""
    if odd.count(0) > 0.6 * len(odd) and even.count(0) < 0.2 * len(even):
        return "utf-16-le"
    if even.count(0) > 0.6 * len(even) and odd.count(0) < 0.2 * len(odd):
        return "utf-16-be"
    return ""


def _first_trouble(file: BinaryIO) -> bytes | None:
    """None for valid UTF-8, else a sample around the first bytes that are not."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    before = b""
    while chunk := file.read(CHUNK):
        try:
            if not chunk.isascii() or decoder.getstate()[0]:
                decoder.decode(chunk)
        except UnicodeDecodeError as error:
            around = max(error.start + len(before) - SAMPLE // 2, 0)
            return (before + chunk + file.read(SAMPLE))[around : around + 2 * SAMPLE]
        before = chunk[-SAMPLE:]
    return before if decoder.getstate()[0] else None


def _guess(sample: bytes) -> str:
    high = len(HIGH.findall(sample))
    in_utf8 = sum(len(found) for found in MULTIBYTE.findall(sample))
    if in_utf8 >= 0.8 * high:
        return "utf-8"  # a few broken places in a UTF-8 file
    if high < FEW * len(sample) and not CONTROLS_IN_1252.search(sample):
        return "cp1252"
    best = from_bytes(sample, cp_isolation=CANDIDATES, threshold=0.5).best()
    if best:
        return str(best.encoding)
    return "latin_1" if UNUSED_IN_1252.search(sample) else "cp1252"
