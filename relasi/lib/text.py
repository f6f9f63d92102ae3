"""Text: folding, slugs, plain text out of HTML, shortening, and cells that no spreadsheet will run."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from html import unescape

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
NO_ACCENT = str.maketrans({
    "ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "ð": "d", "þ": "th",
    "’": "'", "‘": "'", "`": "'",
})  # fmt: skip
BREAK_BEFORE = frozenset({"br", "li", "tr"})
BREAK_AROUND = frozenset({
    "p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "table", "ul", "ol", "section", "article",
    "header", "footer", "hr", "pre",
})  # fmt: skip
UNSEEN = frozenset({"script", "style", "title", "template", "noscript"})
TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)|<[!?/]")
LONGEST_TAG = 10_000


def fold(text: str) -> str:
    """For comparing: no case, no accents, single spaces. `"  Éva  ŁUKASZ "` → `"eva lukasz"`."""
    if text.isascii():
        return " ".join(text.lower().split())
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return " ".join(bare.translate(NO_ACCENT).split())


def slug(text: str, *, longest: int = 60) -> str:
    """For addresses of pages: `"Nasabah Baru (2026)"` → `"nasabah-baru-2026"`; may be empty."""
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")[:longest].rstrip("-")


def shorten(text: str, longest: int, *, end: str = "…") -> str:
    """`text` in at most `longest` signs, cut between words where there is a gap, with `end` when cut."""
    text = " ".join(text.split())
    if len(text) <= longest:
        return text
    room = max(longest - len(end), 0)
    cut = text[: room + 1].rpartition(" ")[0] if " " in text[: room + 1] else ""
    return (cut.rstrip(" ,;:.-") or text[:room]) + end[:longest]


def plain(html: str) -> str:
    """What a person would read of `html`: lines for blocks, no scripts or styles, entities resolved.

    The result is text, not safe HTML: it is escaped where it is shown. One pass; hostile input is no slower.
    """
    lines = (" ".join(line.split()) for line in unescape("".join(_read(html))).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _read(html: str) -> Iterator[str]:
    """The pieces of text, with line breaks where tags make them."""
    at = 0
    while found := TAG.search(html, at):
        yield re.sub(r"\s+", " ", html[at : found.start()])
        name = (found[2] or "").lower()
        if name in BREAK_AROUND or (name in BREAK_BEFORE and not found[1]):
            yield "\n"
        elif name in {"td", "th"}:
            yield " "
        at = _end_of_tag(html, found)
        if name in UNSEEN and not found[1]:
            closing = re.compile(rf"</{name}", re.I).search(html, at)
            at = closing.start() if closing else len(html)
    yield re.sub(r"\s+", " ", html[at:])


def _end_of_tag(html: str, found: re.Match[str]) -> int:
    """Behind the `>` that ends the tag or comment; one that never ends takes the rest, as in a browser."""
    start = found.start()
    if html.startswith("<!--", start):
        end = html.find("-->", start + 4)
        return end + 3 if end >= 0 else len(html)
    end = html.find(">", start, start + LONGEST_TAG)
    for quote in "\"'":
        if end >= 0 and html.count(quote, start, end) % 2:
            closing = html.find(quote, end, start + LONGEST_TAG)
            end = html.find(">", closing, start + LONGEST_TAG) if closing >= 0 else end
    return end + 1 if end >= 0 else len(html)


def safe_cell(text: str) -> str:
    """`text` for a spreadsheet cell, with an apostrophe before what would run as a formula.

    A text that begins with apostrophes before such a sign gets one more, so that `unsafe_cell` always takes
    back
    exactly what was given. Source of the signs: OWASP, CSV Injection.
    """
    return "'" + text if text.lstrip("'").startswith(FORMULA_STARTS) else text


def unsafe_cell(text: str) -> str:
    """The opposite of `safe_cell`."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(FORMULA_STARTS) else text
