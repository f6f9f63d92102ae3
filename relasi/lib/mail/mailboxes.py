"""Names and addresses in `From`, `To` and their like (RFC 5322, 3.4), however they are written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from relasi.lib.mail import problems
from relasi.lib.mail.charsets import clean
from relasi.lib.mail.message import Mailbox
from relasi.lib.mail.problems import Notes
from relasi.lib.mail.words import decode_words

LONGEST_ADDRESS = 320
LONGEST_PIECE = 2000  # signs of a name with its address
ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]]+@[^\s@<>,;:\"()]+|\"[^\"]+\"@[^\s@<>,;:\"()]+")
GROUP = re.compile(r"^[^<>@\"(]*:")
CLOSING = {'"': '"', "(": ")", "<": ">"}
QUOTES = " \t\"'"


def mailboxes(value: str, notes: Notes) -> tuple[Mailbox, ...]:
    """Everybody in `value` who has an address, each once."""
    found: dict[str, Mailbox] = {}
    for piece in _pieces(value):
        mailbox = _read(piece, notes)
        if mailbox.address:
            found.setdefault(mailbox.address, mailbox)
        elif piece.strip(" <>\"';:"):
            notes.add(problems.BROKEN_ADDRESS)
    return tuple(found.values())


def first_mailbox(value: str, notes: Notes) -> Mailbox:
    """The first one with an address, else the first name that stands there alone."""
    found = mailboxes(value, Notes())
    return found[0] if found else _read(value, notes)


def normal_address(text: str) -> str:
    """`text` as an address in lower case, or nothing when it is none."""
    bare = unicodedata.normalize("NFC", text).strip(" \t<>'\"").removeprefix("mailto:").rstrip(".").lower()
    return bare if ADDRESS.fullmatch(bare) and len(bare) <= LONGEST_ADDRESS else ""


def _pieces(value: str) -> Iterator[str]:
    """`value` cut at commas and semicolons that are outside of quotes, comments and brackets."""
    start, inside, depth, skip = 0, "", 0, False
    for at, sign in enumerate(value):
        if skip:
            skip = False
        elif sign == "\\" and inside in {'"', "("}:
            skip = True
        elif inside:
            depth += (sign == "(") if inside == "(" else 0
            depth -= sign == CLOSING[inside]
            inside = inside if depth > 0 else ""
        elif sign in CLOSING and value.find(CLOSING[sign], at + 1) > 0:
            inside, depth = sign, 1
        elif sign in ",;":
            yield value[start:at]
            start = at + 1
    yield value[start:]


def _read(piece: str, notes: Notes) -> Mailbox:
    piece = GROUP.sub("", piece[:LONGEST_PIECE]).strip()
    before, bracket, behind = piece.rpartition("<")
    if bracket and (address := normal_address(behind.partition(">")[0])):
        return Mailbox(_name(before, notes), address)
    bare, comments = _comments(piece)
    found = ADDRESS.search(bare)
    address = normal_address(found[0]) if found else ""
    rest = bare.replace(found[0], "") if found else bare
    return Mailbox(_name(rest.strip(" <>\"'") or comments, notes), address)


def _comments(piece: str) -> tuple[str, str]:
    """`budi@x.id (Budi)` → `budi@x.id`, `Budi`."""
    found = re.findall(r"\(([^()]*)\)", piece)
    return re.sub(r"\([^()]*\)", " ", piece), " ".join(found)


def _name(text: str, notes: Notes) -> str:
    plain = decode_words(re.sub(r"\\(.)", r"\1", text.strip(QUOTES)), notes).strip(QUOTES)
    return " ".join(clean(plain, notes).split())
