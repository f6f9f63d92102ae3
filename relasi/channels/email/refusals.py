"""What a mail server answers when it does not take a mail, in sentences for people (RFC 5321, RFC 3463)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from relasi.channels.interface import Outcome
from relasi.lib.mail.verdicts import Kind, kind_of, status_in
from relasi.lib.text import shorten
from relasi.lib.wording import mark as _

USUAL_WAIT = timedelta(minutes=15)
LONGEST_ANSWER = 300  # signs of what the server said
SECONDS = re.compile(r"(\d{1,5})\s*(second|sec|detik|minute|min|menit)", re.I)
GREY = re.compile(r"gr[ae]y.?list", re.I)

WORDS = {
    "1.1": _("The address does not exist. The server said: %(answer)s"),
    "1.2": _("The domain of the address does not exist. The server said: %(answer)s"),
    "1.3": _("The address is written in a way the server does not understand: %(answer)s"),
    "1.6": _("The mailbox has moved and left no new address. The server said: %(answer)s"),
    "1.7": _("The server does not accept our sender address: %(answer)s"),
    "1.8": _("The server does not know the domain of our sender address: %(answer)s"),
    "1.10": _("The domain of the address takes no mail. The server said: %(answer)s"),
    "2.1": _("The mailbox is switched off. The server said: %(answer)s"),
    "2.2": _("The mailbox is full. The server said: %(answer)s"),
    "2.3": _("The mail is too large for the mailbox. The server said: %(answer)s"),
    "3.1": _("The mail system of the other side is full. The server said: %(answer)s"),
    "3.2": _("The other side takes no mail at the moment: %(answer)s"),
    "3.4": _("The mail is too large for the other side. The server said: %(answer)s"),
    "4.1": _("The server of the other side does not answer: %(answer)s"),
    "4.2": _("The connection to the other side was bad: %(answer)s"),
    "4.5": _("The server is too busy: %(answer)s"),
    "4.7": _("The mail could not be delivered in time: %(answer)s"),
    "5.3": _("The mail has too many recipients for the server: %(answer)s"),
    "5.4": _("The server did not accept a detail of the delivery: %(answer)s"),
    "6.3": _("The server could not translate the mail: %(answer)s"),
    "6.7": _("The server takes no addresses in other scripts: %(answer)s"),
    "7.0": _("The server refused the mail for its rules: %(answer)s"),
    "7.1": _("The server does not allow this mail: %(answer)s"),
    "7.8": _("User name or password of the mail account are wrong: %(answer)s"),
    "7.9": _("The server does not take this way of signing in: %(answer)s"),
    "7.23": _("Our domain does not allow this server to send for it (SPF): %(answer)s"),
    "7.25": _("The sending server has no name in the DNS: %(answer)s"),
    "7.26": _("Our mail is not signed as the other side asks (SPF, DKIM or DMARC): %(answer)s"),
    "7.27": _("Our sender domain takes no mail itself, so the server refuses it: %(answer)s"),
}  # fmt: skip
KINDS = {
    Kind.HARD: _("The server refused the address for good: %(answer)s"),
    Kind.FULL: WORDS["2.2"],
    Kind.POLICY: WORDS["7.0"],
    Kind.SOFT: _("The server does not take the mail at the moment: %(answer)s"),
}
REFUSED = _("The server refused the mail: %(answer)s")
GREYLISTED = _("The server asks to come again later, as it does with senders it does not know: %(answer)s")
LOST = _("The connection broke after the mail was handed over; whether it was taken is not known.")
NEVER_HANDED = _("The connection broke before the mail was handed over: %(answer)s")
PARTLY = _("The mail went out, but the server refused these further addresses: %(addresses)s")
UNWRITABLE = _("The mail holds letters that cannot be sent (%(why)s).")
NO_UTF8 = _("The mail server cannot send to addresses in other scripts.")
TOO_LARGE = _("The mail is larger than the mail server takes (%(limit)s bytes).")


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of the server: its three digits and its words, lines joined."""

    code: int
    text: str

    @property
    def status(self) -> str:
        """`5.1.1`, or nothing."""
        return status_in(self.text) or self._told()

    def _told(self) -> str:
        first = self.text.split(" ", 1)[0]
        return first if re.fullmatch(r"[245]\.\d{1,3}\.\d{1,3}", first) else ""

    @property
    def full_code(self) -> str:
        return f"{self.code} {self.status}".strip()

    @property
    def is_good(self) -> bool:
        return 200 <= self.code < 400


def outcome_of(key: str, message_id: str, reply: Reply) -> Outcome:
    """What a refusal means for the message: never, or later."""
    is_for_now = 400 <= reply.code < 500
    return Outcome(
        key=key,
        state="later" if is_for_now else "refused",
        external_id=message_id,
        code=reply.full_code,
        words=words_of(reply),
        values={"answer": answer_of(reply)},
        wait=_wait(reply) if is_for_now else None,
    )


def words_of(reply: Reply) -> str:
    if GREY.search(reply.text):
        return GREYLISTED
    detail = reply.status.partition(".")[2]
    kind = kind_of(reply.status, f"{reply.code} {reply.text}")
    if detail in WORDS and detail not in {"7.1", "7.0"}:
        return WORDS[detail]
    if detail in WORDS and kind is Kind.POLICY:
        return WORDS[detail]
    return KINDS[kind] if detail or kind is not Kind.HARD else REFUSED


def answer_of(reply: Reply) -> str:
    return shorten(" ".join(f"{reply.code} {reply.text}".split()), LONGEST_ANSWER)


def _wait(reply: Reply) -> timedelta:
    """As long as the server says, else what is usual for the reason."""
    if said := SECONDS.search(reply.text):
        unit = 60 if said[2].lower().startswith("m") else 1
        return min(max(timedelta(seconds=int(said[1]) * unit), timedelta(minutes=1)), timedelta(hours=12))
    if GREY.search(reply.text):
        return timedelta(minutes=6)
    return timedelta(hours=4) if reply.status.endswith(".2.2") else USUAL_WAIT
