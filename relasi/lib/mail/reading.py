"""From the bytes of a mail to what it says."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from relasi.lib.mail import headers, problems
from relasi.lib.mail.attachments import attachments_of
from relasi.lib.mail.bodies import body_of
from relasi.lib.mail.headers import Headers
from relasi.lib.mail.mailboxes import first_mailbox, mailboxes
from relasi.lib.mail.message import Mail, Mailbox
from relasi.lib.mail.parts import Cutter
from relasi.lib.mail.problems import Notes
from relasi.lib.mail.words import decode_words

ONCE = ("from", "subject", "date", "message-id", "reply-to", "content-type")  # RFC 5322, 3.6
YEARS = range(1971, 9999)
WAYS_OUT = ("https://", "http://", "mailto:")


def read(raw: bytes) -> Mail:
    """`raw` as a mail. Raises for no bytes at all: what is broken is repaired and told in `problems`."""
    notes = Notes()
    root = Cutter(notes).cut(_lines(raw, notes))
    found = root.headers
    _check(found, raw, notes)
    body = body_of(root, notes)
    return Mail(
        raw=raw,
        message_id=next(iter(headers.ids(found.first("message-id"))), found.first("message-id").strip("<> ")),
        in_reply_to=headers.ids(" ".join(found.all("in-reply-to"))),
        references=headers.ids(" ".join(found.all("references"))),
        subject=decode_words(found.first("subject"), notes),
        sent_at=_sent_at(found.first("date"), notes),
        sender=_sender(found, notes),
        reply_to=_everybody(found, "reply-to", notes),
        to=_everybody(found, "to", notes),
        cc=_everybody(found, "cc", notes),
        text=body.readable,
        html=body.html,
        attachments=attachments_of(body.others, body.html, notes),
        list_unsubscribe=_ways_out(found),
        headers=tuple((name, decode_words(value, Notes())) for name, value in found.pairs),
        problems=tuple(notes),
    )


def _lines(raw: bytes, notes: Notes) -> bytes:
    """`raw` from its first line on, in lines that end as they do today."""
    if b"\n" not in raw and b"\r" in raw:
        notes.add(problems.LONE_CR)
        raw = raw.replace(b"\r", b"\n")
    return raw.lstrip(b"\r\n")


def _check(found: Headers, raw: bytes, notes: Notes) -> None:
    if not raw.strip():
        notes.add(problems.EMPTY)
    elif not found.pairs:
        notes.add(problems.NO_HEADERS)
    if any(len(set(found.all(name))) > 1 for name in ONCE):
        notes.add(problems.DUPLICATE_HEADER)


def _sender(found: Headers, notes: Notes) -> Mailbox:
    """Who wrote it, else who sent it in the writer's stead."""
    writer = first_mailbox(found.first("from"), notes)
    if writer.address:
        return writer
    notes.add(problems.NO_SENDER)
    sender = first_mailbox(found.first("sender"), notes)
    return sender if sender.address else writer


def _everybody(found: Headers, name: str, notes: Notes) -> tuple[Mailbox, ...]:
    return mailboxes(", ".join(found.all(name)), notes)


def _sent_at(value: str, notes: Notes) -> datetime | None:
    """In UTC, where a date without a zone is taken to be, too."""
    if not value:
        notes.add(problems.NO_DATE)
        return None
    try:
        moment = parsedate_to_datetime(value[:100])
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
        if moment.year in YEARS:
            return moment.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        pass
    notes.add(problems.BROKEN_DATE)
    return None


def _ways_out(found: Headers) -> tuple[str, ...]:
    """Addresses that end a subscription (RFC 2369), as given; never to be opened without asking."""
    ways = re.findall(r"<\s*([^<>]+?)\s*>", " ".join(found.all("list-unsubscribe")))
    return tuple(way for way in ("".join(one.split()) for one in ways) if way.lower().startswith(WAYS_OUT))
