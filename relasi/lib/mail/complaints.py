"""Complaints about our mails: feedback reports in the Abuse Reporting Format (RFC 5965)."""

from __future__ import annotations

from dataclasses import dataclass

from relasi.lib.mail.mailboxes import mailboxes
from relasi.lib.mail.message import Mail
from relasi.lib.mail.problems import Notes
from relasi.lib.mail.reports import blocks_in, original_id, returned_headers

NO_COMPLAINT = frozenset({"not-spam", "auth-failure", "dmarc"})


@dataclass(frozen=True, slots=True)
class Complaint:
    """`kind` as the report names it: `abuse`, `fraud`, `virus`, `opt-out`, `not-spam`, `other` and so on.

    `recipients` are who complains, as far as the report tells; many providers hide them.
    """

    kind: str
    recipients: tuple[str, ...]
    original_id: str
    reported_by: str

    @property
    def is_unwelcome(self) -> bool:
        """Must they hear from us no more?"""
        return self.kind not in NO_COMPLAINT


def read_complaint(mail: Mail) -> Complaint | None:
    """The complaint in `mail`, or None when it is none."""
    blocks = blocks_in(mail, "message/feedback-report")
    if not blocks:
        return None
    report = blocks[0]
    return Complaint(
        kind=report.first("feedback-type").lower() or "other",
        recipients=_recipients(mail, report.all("original-rcpt-to") + report.all("removal-recipient")),
        original_id=original_id(mail),
        reported_by=report.first("user-agent"),
    )


def _recipients(mail: Mail, named: list[str]) -> tuple[str, ...]:
    """Those the report names, else those to whom the mail went."""
    for value in (", ".join(named), returned_headers(mail).first("to")):
        found = tuple(mailbox.address for mailbox in mailboxes(value, Notes()))
        if found:
            return found
    return ()
