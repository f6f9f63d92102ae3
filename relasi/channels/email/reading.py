"""What a mail that came in means: a message, or news about one of ours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from relasi.channels import raw
from relasi.channels.email import authentication, quoting
from relasi.channels.email.mailbox import Mailbox
from relasi.channels.email.refusals import KINDS
from relasi.channels.interface import File, Incoming, News, Progress, ProgressState
from relasi.channels.models import Account, Intake
from relasi.lib import mail as reader
from relasi.lib.mail import Mail
from relasi.lib.mail.automatic import why_automatic
from relasi.lib.mail.bounces import REPORTS, read_bounce
from relasi.lib.mail.complaints import read_complaint
from relasi.lib.mail.headers import Headers
from relasi.lib.mail.mailboxes import normal_address
from relasi.lib.mail.reports import blocks_in, original_id, typed
from relasi.lib.mail.threads import answered_ids, reply_token
from relasi.lib.wording import mark as _

COMPLAINED = _("The recipient reported the mail as unwanted.")
ARRIVED: dict[str, ProgressState] = {"delivered": "delivered", "expanded": "delivered", "relayed": "sent"}
SLACK = timedelta(days=1)  # by which clocks of senders may run ahead
OLDEST = timedelta(days=365 * 5)
RECIPIENTS = ("original-recipient", "final-recipient")


def read(account: Account, intake: Intake) -> Iterator[News]:
    """A mail nobody can make anything of is still an Incoming; nothing here refuses one."""
    mail = reader.read(raw.current(intake))
    mailbox = Mailbox(account)
    news: list[News] = [] if intake.meta.get("from_us") else list(_about_ours(mail, intake.at))
    yield from news or [_message(mail, intake, mailbox)]


def _about_ours(mail: Mail, at: datetime) -> Iterator[Progress]:
    complaint = read_complaint(mail)
    if complaint and complaint.is_unwelcome:
        for recipient in complaint.recipients or ("",):
            yield Progress(
                external_id=complaint.original_id,
                state="failed",
                recipient=recipient,
                at=at,
                code=complaint.kind,
                words=COMPLAINED,
                bounce="complaint",
            )
        return
    bounce = read_bounce(mail)
    for failure in bounce.failures if bounce else ():
        yield Progress(
            external_id=bounce.original_id if bounce else "",
            state="failed",
            recipient=failure.recipient,
            at=at,
            code=failure.status,
            words=KINDS[failure.kind],
            values={"answer": failure.words},
            bounce=failure.kind.value,
        )
    yield from _arrivals(mail, at)
    yield from _openings(mail, at)


def _arrivals(mail: Mail, at: datetime) -> Iterator[Progress]:
    """Delivery reports of success (RFC 3464), which come when they are asked for."""
    for block in (block for report in REPORTS for block in blocks_in(mail, report)):
        state = ARRIVED.get(block.first("action").partition(" ")[0].lower())
        if state and (recipient := _recipient(block)):
            yield Progress(
                external_id=original_id(mail),
                state=state,
                recipient=recipient,
                at=at,
                code=block.first("status"),
            )


def _openings(mail: Mail, at: datetime) -> Iterator[Progress]:
    """Receipts of reading (RFC 8098)."""
    for block in blocks_in(mail, "message/disposition-notification"):
        if "displayed" in block.first("disposition").lower() and (recipient := _recipient(block)):
            about = block.first("original-message-id").strip("<> ") or original_id(mail)
            yield Progress(external_id=about, state="read", recipient=recipient, at=at)


def _recipient(block: Headers) -> str:
    named = (normal_address(typed(block.first(name))) for name in RECIPIENTS)
    return next(filter(None, named), "")


def _message(mail: Mail, intake: Intake, mailbox: Mailbox) -> Incoming:
    from_us = bool(intake.meta.get("from_us"))
    text, quoted = quoting.cut(mail.text)
    automatic = why_automatic(mail, own=() if from_us else {mailbox.address})
    sender = mail.sender if mail.sender.address else next(iter(mail.answer_to), mail.sender)
    return Incoming(
        external_id=intake.external_id or mail.message_id or intake.sha256,
        sender=sender.address,
        sender_name=sender.name,
        to=_addresses(mail.to),
        cc=_addresses(mail.cc),
        at=_at(mail, intake),
        subject=mail.subject,
        text=text,
        html=mail.html,
        quoted=quoted,
        files=tuple(
            File(one.name, one.content_type, one.content, one.content_id, one.is_inline)
            for one in mail.attachments
        ),
        answers=answered_ids(mail),
        thread=_token(mail, mailbox),
        automatic=automatic.reason if automatic else "",
        from_us=from_us,
        extra=_extra(mail, intake, mailbox, automatic.kind.value if automatic else ""),
    )


def _extra(mail: Mail, intake: Intake, mailbox: Mailbox, automatic: str) -> dict[str, object]:
    found = authentication.verdicts(mail, mailbox)
    warnings = [authentication.WARNING] if found.get("dmarc") == "fail" else []
    reply_to = [one for one in _addresses(mail.reply_to) if one != mail.sender.address]
    everything: dict[str, object] = {
        "authentication": found,
        "warnings": warnings,
        "problems": list(mail.problems),
        "reply_to": reply_to,
        "automatic_kind": automatic,
        "list_unsubscribe": list(mail.list_unsubscribe),
        "folder": intake.meta.get("folder", ""),
        "message_id": mail.message_id,
    }
    return {name: value for name, value in everything.items() if value}


def _addresses(mailboxes: Iterable[reader.Mailbox]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.address for one in mailboxes if one.address))


def _token(mail: Mail, mailbox: Mailbox) -> str:
    domain = mailbox.address.rpartition("@")[2]
    inboxes = dict.fromkeys((mailbox.text("reply_inbox").lower(), mailbox.address, f"balas@{domain}"))
    return next(filter(None, (reply_token(mail, inbox=inbox) for inbox in inboxes if inbox)), "")


def _at(mail: Mail, intake: Intake) -> datetime:
    """When it was sent, as far as that can be believed; else when our server got it."""
    arrived = parse_datetime(str(intake.meta.get("arrived", ""))) or intake.at
    arrived = timezone.make_aware(arrived) if timezone.is_naive(arrived) else arrived
    if mail.sent_at and arrived - OLDEST < mail.sent_at < arrived + SLACK:
        return mail.sent_at
    return arrived
