"""What came with the letter: files, pictures, other mails."""

from __future__ import annotations

import re
from mimetypes import MimeTypes
from urllib.parse import unquote

from relasi.lib.mail import headers
from relasi.lib.mail.message import Attachment
from relasi.lib.mail.parts import Part
from relasi.lib.mail.problems import Notes
from relasi.lib.mail.words import decode_words
from relasi.lib.text import shorten

LONGEST_NAME = 150
ENDINGS = {"message/rfc822": ".eml", "text/rfc822-headers": ".txt", "message/delivery-status": ".txt",
           "message/feedback-report": ".txt", "text/calendar": ".ics", "application/pgp-signature": ".asc",
           "image/jpeg": ".jpg", "image/jpg": ".jpg", "text/plain": ".txt",
           "application/ms-tnef": ".dat"}  # fmt: skip
KNOWN = MimeTypes()
NOT_IN_NAMES = re.compile(r"[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
CONTENT_ID = re.compile(r"cid:([^\"'\s>)]+)", re.I)


def attachments_of(parts: tuple[Part, ...], html: str, notes: Notes) -> tuple[Attachment, ...]:
    """`parts` with their contents; those that `html` shows are inline."""
    shown = {unquote(found).lower() for found in CONTENT_ID.findall(html)}
    return tuple(_attachment(part, shown, notes) for part in parts)


def _attachment(part: Part, shown: set[str], notes: Notes) -> Attachment:
    content_id = part.headers.first("content-id").strip(' <>"')
    return Attachment(
        name=_name(part, notes),
        content_type=part.content_type,
        content=part.content(notes),
        content_id=content_id,
        is_inline=bool(content_id) and content_id.lower() in shown,
    )


def _name(part: Part, notes: Notes) -> str:
    """The name of the file alone, without any folder; one that says its type where there is none."""
    disposition = headers.parameters(part.headers.first("content-disposition"), notes)
    written = disposition.get("filename") or part.parameters.get("name") or ""
    name = NOT_IN_NAMES.sub("", re.split(r"[/\\]", written)[-1]).strip(" .")
    if name:
        return _short(name)
    ending = ENDINGS.get(part.content_type) or KNOWN.guess_extension(part.content_type) or ".bin"
    return _short((_subject(part, notes) or part.kind or "attachment") + ending)


def _subject(part: Part, notes: Notes) -> str:
    """What an attached mail is about."""
    if part.content_type != "message/rfc822":
        return ""
    inner, _body = headers.split(part.content(notes), Notes())
    return re.sub(r"[/\\:*?\"<>|]+", " ", decode_words(inner.first("subject"), Notes())).strip(" .")


def _short(name: str) -> str:
    stem, dot, ending = name.rpartition(".")
    if len(name) <= LONGEST_NAME or not dot or len(ending) > 10:
        return name[:LONGEST_NAME]
    return shorten(stem, LONGEST_NAME - len(ending) - 1, end="") + "." + ending
