"""To which talk does a mail belong?"""

from __future__ import annotations

import re

from relasi.lib.mail.mailboxes import mailboxes
from relasi.lib.mail.message import Mail
from relasi.lib.mail.problems import Notes
from relasi.lib.text import fold

PREFIX = re.compile(
    r"\s*(?:\[\s*(?:ext|external|eksternal|extern)\s*\]|(?:re|res|aw|antw|sv|vs|vb|bls|balas|balasan|jawab"
    r"|fw|fwd|wg|trs|teruskan|diteruskan|terusan|rv|回复|回覆|答复|答覆|转发|轉寄)"
    r"\s*(?:\[\d{1,3}\]|\(\d{1,3}\)|\^\d{1,3})?\s*[:：])\s*",
    re.I,
)
FORWARDED = re.compile(r"\s*\(fwd\)\s*$", re.I)
TOKEN = re.compile(r"[A-Za-z0-9_-]{6,80}")
DELIVERED_TO = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-forwarded-to")


def bare_subject(subject: str) -> str:
    """`"Re: FW[2]: Bls: Polis"` → `"Polis"`: without what mail programs put before it, however often."""
    rest = FORWARDED.sub("", subject)
    at = 0
    while found := PREFIX.match(rest, at):
        at = found.end()
    return " ".join(rest[at:].split())


def subject_key(subject: str) -> str:
    """The same for all mails of one talk; empty where the subject says nothing."""
    return fold(bare_subject(subject))


def answered_ids(mail: Mail) -> tuple[str, ...]:
    """Ids of mails that this one answers, the surest first: those it names, then its line from the end."""
    named = (*mail.in_reply_to, *reversed(mail.references))
    return tuple(one for one in dict.fromkeys(named) if one != mail.message_id)


def reply_token(mail: Mail, *, inbox: str) -> str:
    """The token in `balas+TOKEN@contoh.id` of a mail to the `inbox` `balas@contoh.id`, else nothing."""
    everybody = [mailbox.address for mailbox in (*mail.to, *mail.cc)]
    for name in DELIVERED_TO:
        everybody += [mailbox.address for mailbox in mailboxes(", ".join(mail.all(name)), Notes())]
    return next(filter(None, (token_in(address, inbox=inbox) for address in everybody)), "")


def token_in(address: str, *, inbox: str) -> str:
    """The token behind the plus of `address` when it is otherwise `inbox`; always in lower case."""
    user, _at, host = inbox.lower().rpartition("@")
    local, _at, at_host = address.lower().rpartition("@")
    before, plus, token = local.partition("+")
    if plus and (before, at_host) == (user, host) and TOKEN.fullmatch(token):
        return token
    return ""
