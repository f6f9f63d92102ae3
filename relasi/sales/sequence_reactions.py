"""Who answers is left to people: the customer's sequences end."""

from __future__ import annotations

from relasi.conversations.models import Message
from relasi.kit.events.models import Event
from relasi.kit.events.reactions import on
from relasi.sales.models.sequence import Enrolment


@on("conversation.received", now=True)
def stop_on_reply(event: Event) -> None:
    """A word of the customer on any channel; what a machine answers does not count."""
    if event.party_id is None:
        return
    last = (
        Message._default_manager.filter(conversation=event.record_id, direction="in").order_by("-id").first()
    )
    if last is not None and last.automatic:
        return
    rows = Enrolment._default_manager.all().running().filter(party=event.party_id)
    for enrolment in rows.filter(sequence__stops_on_reply=True):
        enrolment.answer()
