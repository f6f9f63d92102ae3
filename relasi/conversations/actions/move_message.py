"""A message that got into the wrong thread is put right."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from relasi.conversations import writing
from relasi.conversations.models import Conversation, Message
from relasi.conversations.writing import preview_of
from relasi.kit.events.writing import emit


@transaction.atomic
def move_message(*, message: Message, to: Conversation | None, by: Any) -> Conversation:
    """Into another conversation, or into a new one of the same customer; both tell of it. Returns where it is
    now.
    """
    source = Conversation._default_manager.select_for_update().get(pk=message.conversation_id)
    target = to or writing.start(
        by=by, channel=message.channel, party=source.party, account=source.account, address=source.address,
        address_name=source.address_name, subject=message.subject, owner=source.owner,
    )  # fmt: skip
    Message._default_manager.filter(pk=message.pk).update(conversation=target, party=target.party)
    for talk in (source, target):
        stand_where_said(talk)
        changes = {"conversation": [source.pk, target.pk]}
        emit(
            "message_moved",
            talk,
            by=by,
            party_id=talk.party_id,
            changes=changes,
            note=preview_of(message)[:200],
        )
    return target


def stand_where_said(talk: Conversation) -> None:
    """Write anew what a conversation knows of its messages."""
    said = talk.messages.exclude(direction=Message.Direction.NOTE).order_by("-at", "-id")
    last = said.first()
    last_in = said.filter(direction=Message.Direction.IN).first()
    last_out = said.filter(direction=Message.Direction.OUT).exclude(state=Message.State.DRAFT).first()
    waits = talk.is_open and last_in is not None and (last_out is None or last_in.at > last_out.at)
    fields: dict[str, Any] = {
        "messages_count": talk.messages.count(),
        "last_at": last.at if last else talk.last_at,
        "preview": preview_of(last) if last else "",
        "last_in_at": last_in.at if last_in else None,
        "last_out_at": last_out.at if last_out else None,
        "waiting_since": (talk.waiting_since or last_in.at) if waits and last_in else None,
    }
    Conversation._default_manager.filter(pk=talk.pk).update(**fields)
