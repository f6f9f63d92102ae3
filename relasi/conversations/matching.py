"""Whose is an address, and to which talk does a message belong?"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from relasi.channels.interface import Incoming
from relasi.channels.models import Account
from relasi.conversations.addresses import BY_NUMBER, normal_address
from relasi.conversations.models import Conversation, Message
from relasi.lib.mail.threads import subject_key
from relasi.parties.models import ContactPoint, Party, Person

SAME_SUBJECT = timedelta(days=60)  # so long an answer without the ids of what it answers finds its talk
SAME_TALK = timedelta(days=1)  # so long after it was closed a talk goes on
Status = Conversation.Status


def party_of(channel: str, address: str) -> Party | None:
    """The customer who is reached there; of several the one that was last active."""
    value = normal_address(channel, address)
    if not value:
        return None
    kind = ContactPoint.Kind.PHONE if channel in BY_NUMBER else ContactPoint.Kind.EMAIL
    if channel not in (*BY_NUMBER, "email"):
        return _by_talk(channel, value)
    points = ContactPoint._default_manager.filter(kind=kind, value=value, party__merged_into=None)
    found = points.order_by("party__archived_at", "-party__last_activity_at", "party_id").select_related(
        "party"
    )
    point = found.first()
    return point.party.current() if point else None


def _by_talk(channel: str, address: str) -> Party | None:
    """On channels whose addresses stand on no customer: whose it was the last time."""
    rows = Conversation._default_manager.filter(channel=channel, address=address, party__isnull=False)
    last = rows.order_by("-last_at").select_related("party").first()
    return last.party.current() if last and last.party else None


@transaction.atomic
def find_or_make(channel: str, address: str, name: str, *, by: Any = None) -> tuple[Party, bool]:
    """The customer at that address, or a new one; (the customer, whether it is new)."""
    found = party_of(channel, address)
    if found:
        return found, False
    value = normal_address(channel, address)
    fields = {"phone": value} if channel in BY_NUMBER else {"email": value} if channel == "email" else {}
    title = name.strip() or value
    try:
        with transaction.atomic():
            person: Party = Person.create(by=by, kind="person", name=title[:200], source=channel, **fields)
    except ValidationError:
        person = Person.create(by=by, kind="person", name=title[:200], source=channel)
    return person, True


def conversation_of(account: Account, incoming: Incoming, at: datetime) -> Conversation | None:
    """The talk a message belongs to, by the surest sign there is; None for a new one."""
    talks = Conversation._default_manager.filter(channel=account.channel)
    if incoming.thread:
        named = Q(account=account, thread=incoming.thread) | Q(code=incoming.thread)
        found: Conversation | None = talks.filter(named).first()
        if found:
            return found
    if incoming.answers and (answered := _answered(account, incoming.answers)):
        return answered
    address = normal_address(account.channel, incoming.sender)
    same = talks.filter(account=account, address=address).exclude(status=Status.SPAM)
    if account.channel == "email":
        return _same_subject(same, incoming.subject, at)
    if incoming.thread:
        return None
    going_on = Q(status__in=(Status.OPEN, Status.SNOOZED)) | Q(closed_at__gte=at - SAME_TALK)
    running: Conversation | None = same.filter(going_on).order_by("-last_at").first()
    return running


def _answered(account: Account, ids: tuple[str, ...]) -> Conversation | None:
    rows = Message._default_manager.filter(external_id__in=ids[:50], channel=account.channel)
    found = {row.external_id: row.conversation for row in rows.select_related("conversation")}
    return next((found[one] for one in ids if one in found), None)


def _same_subject(rows: Any, subject: str, at: datetime) -> Conversation | None:
    key = subject_key(subject)[:200]
    if not key:
        return None
    found: Conversation | None = (
        rows.filter(subject_key=key, last_at__gte=at - SAME_SUBJECT).order_by("-last_at").first()
    )
    return found
