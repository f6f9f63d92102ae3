"""Mails that came back: delivery reports (RFC 3464), and what servers write who never read it."""

from __future__ import annotations

from dataclasses import dataclass

from relasi.lib.mail import told
from relasi.lib.mail.headers import Headers
from relasi.lib.mail.mailboxes import normal_address
from relasi.lib.mail.message import Mail
from relasi.lib.mail.reports import blocks_in, original_id, typed
from relasi.lib.mail.verdicts import Kind, kind_of, status_in
from relasi.lib.text import shorten

REPORTS = ("message/delivery-status", "message/global-delivery-status")
RECIPIENTS = ("original-recipient", "final-recipient")  # as we wrote it before as the server made it
ARRIVED = frozenset({"delivered", "relayed", "expanded"})
LONGEST_WORDS = 1000


@dataclass(frozen=True, slots=True)
class Failure:
    """One recipient who was not reached; `status` as in RFC 3463 or empty, `words` what the server said."""

    recipient: str
    status: str
    kind: Kind
    words: str


@dataclass(frozen=True, slots=True)
class Bounce:
    """Who was not reached, and by which of our mails; `original_id` is empty where the report hides it."""

    failures: tuple[Failure, ...]
    original_id: str

    @property
    def recipients(self) -> tuple[str, ...]:
        """All who were not reached."""
        return tuple(failure.recipient for failure in self.failures)


def read_bounce(mail: Mail) -> Bounce | None:
    """The failures in `mail`, or None when nothing came back: another mail, or a receipt of delivery."""
    blocks = [block for report in REPORTS for block in blocks_in(mail, report)]
    reported = [block for block in blocks if any(block.first(name) for name in RECIPIENTS)]
    if reported and all(_action(block) in ARRIVED for block in reported):
        return None
    failures = [_reported(block, mail) for block in reported if _action(block) not in ARRIVED]
    known = [failure for failure in failures if failure.recipient] or _told(mail, has_report=bool(blocks))
    if not known:
        return None
    each = {failure.recipient: failure for failure in reversed(known)}
    return Bounce(tuple(reversed(each.values())), original_id(mail))


def _action(block: Headers) -> str:
    return block.first("action").partition(" ")[0].lower()


def _reported(block: Headers, mail: Mail) -> Failure:
    named = (normal_address(typed(block.first(name))) for name in RECIPIENTS)
    recipient = next(filter(None, named), "")
    words = typed(block.first("diagnostic-code")) or told.words_about(mail, recipient)
    status = status_in(block.first("status"))
    if not status or status.endswith(".0.0"):
        status = status_in(words) or status
    kind = Kind.SOFT if _action(block) == "delayed" else kind_of(status, words)
    return Failure(recipient, status, kind, shorten(words, LONGEST_WORDS))


def _told(mail: Mail, *, has_report: bool) -> list[Failure]:
    """From the text, where there is no report or one that names nobody."""
    if not has_report and not told.is_returned(mail):
        return []
    found = told.recipients_in(mail)
    return [_failure(recipient, words) for recipient, words in found.items()]


def _failure(recipient: str, words: str) -> Failure:
    status = status_in(words)
    return Failure(recipient, status, kind_of(status, words), shorten(words, LONGEST_WORDS))
