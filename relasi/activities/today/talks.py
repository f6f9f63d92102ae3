"""Who waits for an answer, and what could not be sent."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from relasi.activities.today import Action, TodayItem, register
from relasi.channels.models import Medium
from relasi.conversations.models import Conversation, Delivery
from relasi.kit.ui import formats

SHOWN = 12
CAP = 100
LATE = timedelta(hours=4)
ICONS = {
    "email": "mail", "whatsapp": "brand-whatsapp", "sms": "message", "phone": "phone",
    "chat": "message-circle", "messenger": "message-circle", "instagram": "message-circle",
}  # fmt: skip


@register
def waiting(user: Any, now: datetime) -> Iterable[TodayItem]:
    """The reader's own talks in which the customer wrote last, the longest wait first. What a web form
    brought stands on Today as the lead it became.
    """
    if not user.rights.scope("conversation", "view"):
        return []
    rows = Conversation.objects.visible_to(user).waiting().filter(owner=user)
    rows = rows.exclude(channel=Medium.FORM).select_related("party")
    return [_item(talk, now) for talk in rows.order_by("waiting_since", "id")[:SHOWN]]


@register
def not_sent(user: Any, now: datetime) -> Iterable[TodayItem]:
    """What the reader wrote lately and nobody got, or perhaps nobody got."""
    if not user.rights.scope("delivery", "view"):
        return []
    states = (Delivery.State.FAILED, Delivery.State.UNCERTAIN)
    rows = Delivery.objects.filter(by=user, state__in=states, due_at__gte=now - timedelta(days=7))
    count = len(rows.filter(mailing=None).order_by().values_list("pk")[:CAP])
    if not count:
        return []
    text = ngettext("%(n)d message did not arrive", "%(n)d messages did not arrive", count) % {"n": count}
    url = reverse("resource_list", args=["deliveries"])
    return [
        TodayItem(
            key="not-sent", rank=12, icon="mail-x", tone="red", title=text,
            reason=_("Look why, and send again or call"), url=url,
            actions=(Action(label=_("Look"), url=url, how="link", is_primary=True),),
        )
    ]  # fmt: skip


def _item(talk: Conversation, now: datetime) -> TodayItem:
    url = reverse("go_to", args=["conversation", talk.pk])
    since = talk.waiting_since or now
    said = {"channel": talk.get_channel_display(), "wait": formats.ago(since, now)}
    return TodayItem(
        key=f"talk-{talk.pk}",
        rank=8 if now - since > LATE else 14,
        icon=ICONS.get(talk.channel, "message-circle"),
        tone="red" if now - since > LATE else "amber",
        title=f"{talk.who}: {talk.preview}"[:160],
        reason=_("Waits for an answer on %(channel)s, %(wait)s") % said,
        url=url,
        at=since,
        actions=(Action(label=_("Answer"), url=url, how="link", is_primary=True),),
    )
