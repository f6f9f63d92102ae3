"""What is said with customers reaches colleagues: those it is for, and the record's last activity."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from relasi.activities.last_activity import raise_last_activity
from relasi.activities.models import Notification, notify
from relasi.activities.rich import mentioned_ids
from relasi.activities.visibility import may_see
from relasi.conversations.models import Conversation, Message
from relasi.kit.access.models import User
from relasi.kit.events.models import Event
from relasi.kit.events.reactions import on


@on("conversation.received", "conversation.replied", now=True)
def keep_last_activity(event: Event) -> None:
    if event.party_id:
        raise_last_activity([event.party_id], event.at)


@on("conversation.received")
def tell_owner(event: Event) -> None:
    """Whose talk it is, once for each wait of the customer."""
    talk = Conversation._default_manager.filter(pk=event.record_id).select_related("party").first()
    if talk is None or talk.owner_id is None or talk.waiting_since is None:
        return
    text = _("%(who)s wrote: %(what)s") % {"who": talk.who, "what": event.note or talk.preview}
    key = f"talk:{talk.pk}:{talk.waiting_since:%Y%m%dT%H%M%S}"
    _notify([talk.owner_id], Notification.Kind.OTHER, key, text, event)


@on("conversation.assigned")
def tell_assigned(event: Event) -> None:
    owner = event.changes.get("owner_id", [None, None])[1]
    if owner and owner != event.actor_id:
        _notify([owner], Notification.Kind.ASSIGNED, f"assigned:{event.pk}", event.title, event)


@on("conversation.noted")
def tell_mentioned(event: Event) -> None:
    """Whoever is named in an internal note, as far as they may see the talk."""
    pk = event.changes.get("message", [None, None])[1]
    note = Message._default_manager.filter(pk=pk, direction=Message.Direction.NOTE).first()
    named = mentioned_ids(note.html) if note else []
    people = User.objects.active().filter(pk__in=named).exclude(pk=event.actor_id)
    allowed = [user.pk for user in people if may_see(user, "conversation", event.record_id)]
    _notify(allowed, Notification.Kind.MENTION, f"mention:message:{pk}", event.title, event)


def _notify(users: list[Any], kind: str, key: str, text: str, event: Event) -> None:
    if users:
        url = reverse("go_to", args=["conversation", event.record_id])
        notify(users=users, kind=kind, key=key, text=text, url=url, actor_name=event.actor_name, at=event.at)
