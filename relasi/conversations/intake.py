"""What came in by any channel, told to the right talk and customer.

Called inside the transaction that marks the raw input as understood: all of it is kept, or none of it.
"""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from relasi.channels.interface import CallNews, Changed, Incoming, News, Progress
from relasi.channels.models import Account, Intake
from relasi.channels.receiving import receiver
from relasi.conversations import calls, consenting, outbox, writing
from relasi.conversations.addresses import normal_address
from relasi.conversations.matching import conversation_of, find_or_make, party_of
from relasi.conversations.models import Conversation, Message, Variant

MAKE = "make"  # the setting of an account that makes a customer of everybody who writes


@receiver
def take(account: Account, intake: Intake, news: News) -> None:
    """One piece of news. Harmless when repeated."""
    if isinstance(news, Incoming):
        take_message(account, intake, news)
    elif isinstance(news, Progress):
        outbox.note_progress(account, news)
    elif isinstance(news, CallNews):
        calls.take_call(account, intake, news)
    elif isinstance(news, Changed):
        _take_change(account, news)


def take_message(account: Account, intake: Intake, news: Incoming) -> Message | None:
    """Keep a message in its talk, in a new one when there is none; None when it is known already."""
    if news.external_id and _known(account, news):
        return None
    at = min(news.at or intake.at, timezone.now())
    talk = conversation_of(account, news, at) or _new_talk(account, news)
    if news.from_us:
        return _own(talk, intake, news, at)
    message = writing.receive(
        talk,
        sender=normal_address(account.channel, news.sender),
        sender_name=news.sender_name,
        at=at,
        files=news.files,
        automatic=news.automatic,
        to=list(news.to),
        cc=list(news.cc),
        subject=news.subject,
        text=news.text,
        quoted=news.quoted,
        html=news.html,
        external_id=news.external_id[:200],
        answers=next(iter(news.answers), "")[:200],
        intake=intake,
        extra=dict(news.extra),
    )
    consenting.heed(message)
    return message


def _known(account: Account, news: Incoming) -> bool:
    same = Message._default_manager.filter(external_id=news.external_id[:200], channel=account.channel)
    return bool(same.filter(conversation__account=account).exists())


def _new_talk(account: Account, news: Incoming) -> Conversation:
    other = (news.to[0] if news.to else "") if news.from_us else news.sender
    party = party_of(account.channel, other)
    if party is None and account.settings.get("new_senders") == MAKE and not news.automatic:
        party, _is_new = find_or_make(account.channel, other, news.sender_name)
    return writing.start(
        by=None,
        channel=account.channel,
        party=party,
        account=account,
        address=other,
        address_name="" if news.from_us else news.sender_name,
        subject=news.subject,
        thread=news.thread,
    )


def _own(talk: Conversation, intake: Intake, news: Incoming, at: Any) -> Message:
    """What a colleague sent past us (from the phone, from another mail program)."""
    message = Message(
        conversation=talk, party=talk.party, channel=talk.channel, direction=Message.Direction.OUT,
        state=Message.State.SENT, at=at, sender=news.sender[:254], sender_name=news.sender_name[:200],
        to=list(news.to), cc=list(news.cc), subject=news.subject, text=news.text, quoted=news.quoted,
        html=news.html, external_id=news.external_id[:200], intake=intake, extra=dict(news.extra),
    )  # fmt: skip
    writing.keep(message, files=news.files, by=None)
    writing.spoke(talk, message, by=None, verb="replied")
    return message


def _take_change(account: Account, news: Changed) -> None:
    """What the channel says of itself: an approved message was accepted, refused or paused."""
    if news.kind != "template":
        return
    rows = Variant._default_manager.filter(account=account, approved_name=news.key)
    language = str(news.values.get("language", ""))
    for variant in rows:
        if language in ("", variant.approved_language, variant.language):
            approval = str(news.values.get("status", "")).lower()
            known = approval if approval in Variant.Approval.values else variant.approval
            variant.change(
                by=None, verb="reviewed", approval=known, remark=str(news.values.get("reason", ""))[:300]
            )
