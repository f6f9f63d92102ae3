"""What somebody wrote now, and what their mail program repeated below or above it."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from mailparser_reply import EmailReplyParser

LANGUAGES = ("en", "de", "fr", "nl", "es", "it", "pt", "pl", "da", "sv", "ja", "zh", "ko")
LONGEST_FOR_LIBRARY = 4_000  # signs; its patterns are too slow for more
MOST_WROTE_LINES = 4
MOST_LINES = 5_000
LONGEST_LINE = 400

WROTE = re.compile(  # what stands above a quotation, on one line after joining
    r"^[\s>*_-]*(?:(?:on|pada|am|le|op|el|em|il|den)\b.{4,250}?\b(?:wrote|menulis|schrieb|a [ée]crit|schreef"
    r"|escribi[óo]|escreveu|ha scritto|skrev)\b.{0,80}?\s*:"
    r"|.{3,200}?<[^<>@\s]{1,80}@[^<>\s]{1,200}>.{0,80}?\b(?:wrote|menulis|schrieb)\s*:"
    r"|pada .{4,200}?,.{1,150}?\bmenulis\s*:)\s*$",
    re.I,
)
ORIGINAL = re.compile(
    r"^[\s>]*-{2,}\s*(?:original (?:message|appointment)|pesan (?:asli|sebelumnya)|urspr[üu]ngliche nachricht"
    r"|message d'origine|mensaje original|original-nachricht|reply message|balas pesan)\s*-{2,}\s*$",
    re.I,
)
FORWARD = re.compile(
    r"^[\s>]*-{2,}\s*(?:forwarded message|pesan (?:yang )?diteruskan|weitergeleitete nachricht)", re.I
)
RULE = re.compile(r"^\s*_{10,}\s*$")
FIELD = re.compile(
    r"^[\s>*]*(?P<name>from|dari|von|de|sent|dikirim|terkirim|date|tanggal|datum|gesendet"
    r"|envoy[ée]|to|kepada|untuk"
    r"|ke|an|cc|subject|perihal|subjek|hal|betreff|objet)\*?\s*:\*?\s*\S",
    re.I,
)
FIRST_FIELD = re.compile(r"^[\s>*]*(?:from|dari|von|de)\*?\s*:", re.I)
QUOTE = re.compile(r"^\s{0,3}[>|]")
PHONE_SIGNATURE = re.compile(
    r"^\s*(?:sent from (?:my |mail for |outlook)|dikirim dari |terkirim dari |get outlook for"
    r"|von meinem ).{0,80}$",
    re.I,
)


class Cut(NamedTuple):
    """The new and the repeated; together they lose nothing but blank lines."""

    text: str
    quoted: str


def cut(text: str) -> Cut:
    """`text` in two. Answers between quoted lines stay with their quotations; a forwarded mail is not cut."""
    lines = text.split("\n")
    at = _start(lines)
    if at is None:
        at = _by_library(lines)
    if at is None:
        return Cut(text.strip(), "")
    above, below = lines[:at], lines[at:]
    if not below:
        return Cut(text.strip(), "")
    if _text(above):
        return _kept(above, below) if _is_interleaved(below) else Cut(_text(above), _text(below))
    return _answer_below(below, text)


def _start(lines: list[str]) -> int | None:
    """The line at which the repetition begins; behind the last one where all of it is to be kept."""
    ends = {at for at, line in enumerate(lines[:MOST_LINES]) if line.rstrip().endswith(":")}
    for at, line in enumerate(lines[:MOST_LINES]):
        if len(line) > LONGEST_LINE or not line.strip():
            continue
        if FORWARD.match(line):
            return len(lines)
        if ORIGINAL.match(line) or _is_wrote(lines, at, ends) or _is_block(lines, at):
            return at
        if RULE.match(line) and _is_block(lines, _next_filled(lines, at)):
            return at
        if QUOTE.match(line) and all(QUOTE.match(one) or not one.strip() for one in lines[at:]):
            return at
    first = next((at for at, line in enumerate(lines) if line.strip()), len(lines))
    return first if first < len(lines) and QUOTE.match(lines[first]) else None


def _is_wrote(lines: list[str], at: int, ends: set[int]) -> bool:
    """`On … wrote:`, which programs break over up to four lines."""
    if ends.isdisjoint(range(at, at + MOST_WROTE_LINES)):
        return False
    joined = ""
    for line in lines[at : at + MOST_WROTE_LINES]:
        if not line.strip():
            return False
        joined = f"{joined} {line.strip()}"[:LONGEST_LINE]
        if line.rstrip().endswith(":"):
            return bool(WROTE.match(joined.strip()))
    return False


def _is_block(lines: list[str], at: int) -> bool:
    """`From: … Sent: … To: … Subject: …` as Outlook repeats them."""
    if not FIRST_FIELD.match(lines[at][:LONGEST_LINE] if at < len(lines) else ""):
        return False
    following = [line[:LONGEST_LINE] for line in lines[at : at + 8] if line.strip()]
    names = {found["name"].lower() for line in following if (found := FIELD.match(line))}
    return len(names) >= 3


def _next_filled(lines: list[str], at: int) -> int:
    return next((later for later in range(at + 1, len(lines)) if lines[later].strip()), at)


def _is_interleaved(below: list[str]) -> bool:
    """Did somebody write below or between the quoted lines?"""
    marks = [bool(QUOTE.match(line)) for line in below if line.strip()]
    if True not in marks:
        return False
    spoken = [line for line in _after_quotes(below) if not PHONE_SIGNATURE.match(line)]
    return bool("".join(spoken).strip())


def _after_quotes(below: list[str]) -> list[str]:
    """The lines without mark behind the first quoted one."""
    first = next(at for at, line in enumerate(below) if QUOTE.match(line))
    return [line for line in below[first:] if not QUOTE.match(line)]


def _kept(above: list[str], below: list[str]) -> Cut:
    """Answers between the quotations: only what is quoted behind the last answer goes."""
    last = max(at for at, line in enumerate(below) if line.strip() and not QUOTE.match(line))
    return Cut(_text([*above, *below[: last + 1]]), _text(below[last + 1 :]))


def _answer_below(below: list[str], text: str) -> Cut:
    """The quotation stands first: the answer is what follows, unless there are several of both."""
    blocks = re.findall("q+|a+", "".join("q" if QUOTE.match(line) else "a" for line in below if line.strip()))
    shape = [block[0] for block in blocks]
    if shape in (["q", "a"], ["a", "q", "a"]):
        end = max(at for at, line in enumerate(below) if QUOTE.match(line)) + 1
        return Cut(_text(below[end:]), _text(below[:end]))
    return Cut(text.strip(), "")


def _by_library(lines: list[str]) -> int | None:
    """Other languages. The library strips lines, so its cut is found again by counting them."""
    filled = [at for at, line in enumerate(lines) if line.strip()]
    bare = "\n\n".join(" ".join(lines[at].split()) for at in filled)
    if len(bare) > LONGEST_FOR_LIBRARY or not any(lines[at].rstrip().endswith(":") for at in filled):
        return None
    replies = _library().read(bare).replies
    if len(replies) < 2 or not replies[0].content.strip():
        return None
    wanted = len([line for line in replies[0].content.split("\n") if line.strip()])
    return filled[wanted] if wanted < len(filled) else None


@cache
def _library() -> EmailReplyParser:
    return EmailReplyParser(languages=list(LANGUAGES))


def _text(lines: list[str]) -> str:
    return "\n".join(lines).strip("\n").rstrip()
