"""What was said with customers on the timeline: messages and calls in both directions, and mailings."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from relasi.activities.timeline import Asked, Item, Source, register_source
from relasi.conversations.inbox import ICONS
from relasi.conversations.models import Delivery, Message
from relasi.conversations.threads import paragraphs
from relasi.lib.text import shorten

LONGEST = 600
TONES = {"in": "green", "out": "blue", "note": "amber"}


def messages(asked: Asked) -> list[Item]:
    rows = Message.objects.visible_to(asked.user).filter(party__in=asked.party_ids)
    rows = rows.exclude(state=Message.State.DRAFT).defer("html", "quoted", "extra")
    return [_message(row) for row in asked.newest(rows.select_related("author"))]


def mailings(asked: Asked) -> list[Item]:
    """One thin line for each letter of a mailing that left us."""
    rows = Delivery.objects.visible_to(asked.user).filter(
        party__in=asked.party_ids, mailing__isnull=False, sent_at__isnull=False
    )
    return [_mailing(row) for row in asked.newest(rows.select_related("mailing"), at="sent_at")]


def _message(message: Message) -> Item:
    return Item(
        at=message.at,
        id=message.pk,
        kind="message",
        icon="notes" if message.is_note else ICONS.get(message.channel, "message"),
        title=_title(message),
        body=paragraphs(shorten(message.text, LONGEST)) if message.text else paragraphs(""),
        detail=str(message.get_state_display()) if message.direction == Message.Direction.OUT else "",
        actor=message.sender_name or message.sender,
        url=reverse("inbox_conversation", args=[message.conversation_id]),
        tone="red" if message.state == Message.State.FAILED else TONES[message.direction],
        party_id=message.party_id,
        record=message,
    )


def _title(message: Message) -> str:
    if message.is_note:
        return _("Internal note")
    way = str(message.get_channel_display())
    return f"{way}: {message.subject}" if message.subject else way


def _mailing(delivery: Delivery) -> Item:
    return Item(
        at=delivery.sent_at or delivery.due_at,
        id=delivery.pk,
        kind="mailing",
        icon="speakerphone",
        title=str(delivery.mailing),
        detail=str(delivery.get_state_display()),
        party_id=delivery.party_id,
        record=delivery,
    )


register_source(
    Source(
        name="messages", kinds={"message": (gettext_lazy("Messages"), "messages")}, fetch=messages, order=15
    )
)
register_source(
    Source(
        name="mailings",
        kinds={"mailing": (gettext_lazy("Mailings"), "speakerphone")},
        fetch=mailings,
        order=35,
    )
)
