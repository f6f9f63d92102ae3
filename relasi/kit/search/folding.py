"""How text becomes the words of the index, and how a query is read."""

from __future__ import annotations

import re
import zlib
from functools import lru_cache

from relasi.lib import names
from relasi.lib.text import fold

LONGEST_BODY = 4000
MOST_WORDS = 8
YI, YI_SIGNS = 0xA000, 1165
QUOTES = re.compile(r"['’`´\"]")
BREAKS = re.compile(r"[^\w@.\-]+")
EDGES = "._-@"
PHONE = re.compile(r"(?<![\w.])(?:\+|0)\(?\d[\d\s().\-]{5,18}\d(?!\w)")
TYPED_NUMBER = re.compile(r"\+?[\d\s().\-]+")


def words_of(text: str) -> list[str]:
    """The folded words of a text: `"Éva O'Neil, S.E."` → `["eva", "oneil", "s.e"]`."""
    parts = BREAKS.split(fold(QUOTES.sub("", text)))
    return [word for part in parts if (word := part.strip(EDGES))]


def body_of(noun: str, title: str, more: str) -> str:
    """The searched text: every word once, spelling keys of the title's words, both forms of phones."""
    words = words_of(title)
    found = dict.fromkeys(words)
    found.update(dict.fromkeys(spelt(word) for word in words))
    if more:
        found.update(dict.fromkeys(words_of(more)))
    for number in PHONE.findall(f"{title} {more}"):
        found.update(dict.fromkeys(phone_forms(number)))
    found.pop("", None)
    return f"{mark_of(noun)}  {'  '.join(found)}"[:LONGEST_BODY] + "  "


def phone_forms(number: str) -> tuple[str, ...]:
    """The digits of a phone as dialled at home and from abroad: `+62812…` → `62812…`, `0812…`."""
    digits = re.sub(r"\D", "", number)
    if digits.startswith("62"):
        return digits, "0" + digits[2:]
    if digits.startswith("0"):
        return digits, "62" + digits[1:]
    return (digits,)


@lru_cache(maxsize=200_000)
def spelt(word: str) -> str:
    """The spelling under which old and new forms of a name meet: `soekarno` → `sukarno`; codes stay."""
    if not word.isalpha() or len(word) < 3:
        return word
    key = names.key(word).replace(" ", "")
    return key if len(key) > 2 else word


@lru_cache(maxsize=1000)
def mark_of(noun: str) -> str:
    """Three signs that stand for a noun, so that the index itself can narrow to it.

    Letters, so that PostgreSQL indexes them, of the Yi script, which no word of ours has.
    """
    number = zlib.crc32(noun.encode())
    return "".join(chr(YI + number // YI_SIGNS**place % YI_SIGNS) for place in range(3))


def queries_of(text: str) -> list[list[str]]:
    """Readings of what was typed, best first: a number with gaps is first taken as one, then as its parts."""
    words = list(dict.fromkeys(words_of(text)))[:MOST_WORDS]
    readings = [words] if words else []
    digits = re.sub(r"\D", "", text)
    if len(digits) >= 5 and [digits] != words and TYPED_NUMBER.fullmatch(text.strip()):
        readings.insert(0, [digits])
    return readings
