"""A conversation as one reads it: what was said, noted, called and done, in the order it happened."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.dateparse import parse_datetime
from django.utils.html import linebreaks, urlize
from django.utils.translation import gettext_lazy as _
from markupsafe import Markup

from relasi.conversations.models import Conversation, Delivery, Message
from relasi.kit.events.models import Event
from relasi.kit.records.models import Attachment
from relasi.kit.resources import commenting
from relasi.kit.resources.paging import PageError

SHOWN = 40
DESIGNED = re.compile(r"<(table|img|style|font|center|mj-)|\sstyle\s*=|\sbgcolor\s*=", re.I)

EVENTS: dict[str, tuple[Any, str]] = {
    "assigned": (_("assigned it"), "user-check"),
    "taken": (_("took it"), "user-check"),
    "snoozed": (_("snoozed it"), "clock-pause"),
    "closed": (_("closed it"), "circle-check"),
    "reopened": (_("opened it again"), "rotate"),
    "marked_spam": (_("marked it as spam"), "ban"),
    "linked": (_("said whose it is"), "user-check"),
    "tagged": (_("changed the labels"), "tag"),
    "message_moved": (_("moved a message"), "arrows-exchange"),
    "called_back": (_("called a message back"), "arrow-back-up"),
}
"""What colleagues did to it, after their name; everything else stands in the history."""

TICKS: dict[str, tuple[str, str]] = {
    "waiting": ("clock", "grey"), "sending": ("loader", "grey"), "sent": ("check", "grey"),
    "delivered": ("checks", "grey"), "read": ("checks", "blue"), "failed": ("alert-circle", "red"),
    "uncertain": ("question-mark", "amber"), "stopped": ("ban", "red"), "draft": ("pencil", "grey"),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Line:
    """One thing of the thread: `message` or `event`."""

    at: datetime
    kind: str
    id: int
    message: Any = None
    files: list[Attachment] = field(default_factory=list)
    body: Markup = Markup("")
    is_designed: bool = False
    due_at: datetime | None = None
    reason: str = ""
    words: Any = ""
    icon: str = ""


@dataclass(frozen=True)
class Thread:
    """`before` is the mark of what came earlier, empty at the beginning."""

    lines: list[Line]
    before: str = ""
    last_id: int = 0


def thread_of(talk: Conversation, *, before: str = "", after_id: int = 0) -> Thread:
    """The newest forty messages (below the mark `before`, or all above number `after_id`), oldest first, with
    what was done in between. Four queries. Raises PageError.
    """
    rows = Message._default_manager.filter(conversation=talk).exclude(state=Message.State.DRAFT)
    if before:
        rows = rows.filter(_below(before))
    if after_id:
        rows = rows.filter(pk__gt=after_id)
    found = list(rows.select_related("author", "call").order_by("-at", "-id")[: SHOWN + 1])
    more, found = len(found) > SHOWN, found[:SHOWN]
    said = lines_of(found)
    done = [] if after_id else _events(talk, found[-1].at if more else None, before)
    mark = f"{found[-1].at.isoformat()}_{found[-1].pk}" if more else ""
    lines = sorted([*said, *done], key=lambda line: (line.at, line.id))
    return Thread(lines, mark, max((one.pk for one in found), default=after_id))


def lines_of(messages: list[Message]) -> list[Line]:
    """Messages with their files and how they fared. Two queries for any number."""
    ids = [message.pk for message in messages]
    files: dict[int, list[Attachment]] = defaultdict(list)
    for file in Attachment._default_manager.filter(noun="message", record_id__in=ids).order_by("id"):
        files[file.record_id].append(file)
    fared = {row.message_id: row for row in Delivery._default_manager.filter(message__in=ids).order_by("id")}
    return [_line(message, files[message.pk], fared.get(message.pk)) for message in messages]


def _line(message: Message, files: list[Attachment], delivery: Delivery | None) -> Line:
    inline = set(message.inline.values())
    return Line(
        at=message.at,
        kind="note" if message.is_note else "call" if hasattr(message, "call") else "message",
        id=message.pk,
        message=message,
        files=[file for file in files if file.pk not in inline],
        body=body_of(message),
        is_designed=is_designed(message),
        due_at=delivery.due_at if delivery and message.state == Message.State.WAITING else None,
        reason=message.problem or (delivery.reason if delivery else ""),
    )


def is_designed(message: Message) -> bool:
    """Whether its HTML says more than its text does, so that it is shown as it was laid out."""
    return message.channel == "email" and bool(message.html) and bool(DESIGNED.search(message.html))


def body_of(message: Message) -> Markup:
    """The text for a page: what our editor wrote keeps its bold and lists, all else is plain with links."""
    if message.html and (message.is_note or not message.is_inbound) and not is_designed(message):
        return Markup(commenting.clean(message.html))  # noqa: S704 - cleaned right here
    return paragraphs(message.text)


def paragraphs(text: str) -> Markup:
    """Plain text with its lines, and addresses that can be followed in a tab of their own."""
    linked = linebreaks(urlize(text, nofollow=True, autoescape=True))
    apart = linked.replace("<a ", '<a target="_blank" ').replace(
        'rel="nofollow"', 'rel="nofollow noopener noreferrer"'
    )
    return Markup(apart)  # noqa: S704 - urlize escaped it


def _events(talk: Conversation, since: datetime | None, before: str) -> list[Line]:
    rows = Event.objects.filter(noun="conversation", record_id=talk.pk, verb__in=EVENTS)
    if since:
        rows = rows.filter(at__gte=since)
    if before:
        rows = rows.filter(at__lt=_read(before)[0])
    return [
        Line(at=event.at, kind="event", id=event.pk, words=_told(event), icon=EVENTS[event.verb][1])
        for event in rows.order_by("-id")[: 2 * SHOWN]
    ]


def _told(event: Event) -> str:
    who = event.actor_name or str(_("The system"))
    return f"{who} {EVENTS[event.verb][0]}"


def _below(mark: str) -> Q:
    at, number = _read(mark)
    return Q(at__lt=at) | Q(at=at, id__lt=number)


def _read(mark: str) -> tuple[datetime, int]:
    at, _dot, number = mark.rpartition("_")
    try:
        moment = parse_datetime(at)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or not number.isdecimal() or len(number) > 18:
        raise PageError(str(_("This page mark does not fit the list.")))
    return moment, int(number)
