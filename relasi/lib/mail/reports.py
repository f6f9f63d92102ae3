"""What machines report about mails: their forms of `Name: value` lines, and the mail they speak of."""

from __future__ import annotations

import re

from relasi.lib.mail import headers
from relasi.lib.mail.headers import Headers
from relasi.lib.mail.message import Mail
from relasi.lib.mail.problems import Notes

RETURNED = ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global",
            "message/global-headers")  # fmt: skip
ID_IN_TEXT = re.compile(r"^[>\s]*Message-ID:\s*<([^<>\s]+)>", re.I | re.M)
MOST_BLOCKS = 1000


def blocks_in(mail: Mail, content_type: str) -> list[Headers]:
    """The blocks of lines in the first part of this type; empty where there is none."""
    content = next((one.content for one in mail.attachments if one.content_type == content_type), b"")
    pieces = re.split(rb"\r?\n[ \t]*\r?\n\s*", content.strip())[:MOST_BLOCKS]
    return [headers.split(piece, Notes())[0] for piece in pieces if piece]


def typed(value: str) -> str:
    """`rfc822; budi@contoh.id` → `budi@contoh.id`."""
    kind, semicolon, rest = value.partition(";")
    return rest.strip() if semicolon and " " not in kind.strip() else value.strip()


def returned_headers(mail: Mail) -> Headers:
    """The headers of the mail that came back with the report, as far as they are there."""
    content = next((one.content for one in mail.attachments if one.content_type in RETURNED), b"")
    return headers.split(content.lstrip(), Notes())[0]


def original_id(mail: Mail) -> str:
    """The id of the mail that the report is about, or nothing."""
    quoted = ID_IN_TEXT.search(mail.text)
    candidates = (
        *headers.ids(returned_headers(mail).first("message-id")),
        *((quoted[1],) if quoted else ()),
        *mail.in_reply_to,
        *reversed(mail.references),
    )
    return next(iter(candidates), "")
