"""The inbox: folders of conversations, a page of one at a time, and what stands on each line.

Rows are paged by the moment a folder is sorted by and the number, so that a page costs the same anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from relasi.channels.models import Account, Medium
from relasi.conversations.models import Conversation, Message, Seen
from relasi.conversations.models.conversation import EPOCH, ConversationQuerySet
from relasi.kit.records.models import Tag, Tagging
from relasi.kit.resources.listing import load_tags
from relasi.kit.resources.paging import PageError
from relasi.parties.models import Party

PAGE = 40
MOST_COUNTED = 99
LABELS = 12
Status = Conversation.Status
Rows = ConversationQuerySet

ICONS: dict[str, str] = {
    "email": "mail", "whatsapp": "brand-whatsapp", "sms": "message", "phone": "phone",
    "chat": "message-circle",
    "messenger": "messages", "instagram": "camera", "form": "clipboard-list", "visit": "map-pin",
}  # fmt: skip
"""The icon of each channel."""

SLOW, TOO_SLOW = timedelta(hours=1), timedelta(hours=4)
"""From when a customer who waits is shown in amber, and in red."""


@dataclass(frozen=True, kw_only=True)
class Folder:
    """`rows(conversations, user)` narrows; `by` is the moment it is sorted by, the oldest first where
    `is_rising`.
    """

    name: str
    label: Any
    icon: str
    rows: Callable[[Rows, Any], Rows]
    by: str = "last_at"
    is_rising: bool = False
    is_counted: bool = True


def _mine(rows: Rows, user: Any) -> Rows:
    return rows.open().filter(owner=user)


def _team(rows: Rows, user: Any) -> Rows:
    teams = user.rights._team_ids
    return rows.open().filter(Q(owner__in=user.rights._colleague_ids) | Q(team__in=teams))


def _sent(rows: Rows, user: Any) -> Rows:
    ours_last = Q(last_in_at=None) | Q(last_out_at__gte=F("last_in_at"))
    return rows.exclude(status=Status.SPAM).filter(ours_last, last_out_at__isnull=False)


def _with_messages(**wanted: Any) -> Exists:
    return Exists(Message._default_manager.filter(conversation=OuterRef("pk"), **wanted))


def _scheduled(rows: Rows, user: Any) -> Rows:
    return rows.filter(_with_messages(direction="out", state=Message.State.WAITING))


def _failed(rows: Rows, user: Any) -> Rows:
    states = (Message.State.FAILED, Message.State.UNCERTAIN)
    return rows.exclude(status=Status.SPAM).filter(_with_messages(direction="out", state__in=states))


FOLDERS = (
    Folder(name="mine", label=gettext_lazy("Mine"), icon="user", rows=_mine),
    Folder(
        name="unassigned", label=gettext_lazy("Unassigned"), icon="user-off",
        rows=lambda rows, user: rows.open().unassigned(),
    ),
    Folder(name="team", label=gettext_lazy("My team"), icon="users", rows=_team),
    Folder(name="open", label=gettext_lazy("All open"), icon="inbox", rows=lambda rows, user: rows.open()),
    Folder(
        name="waiting", label=gettext_lazy("Longest waiting"), icon="hourglass",
        rows=lambda rows, user: rows.waiting(), by="waiting_since", is_rising=True,
    ),
    Folder(
        name="snoozed", label=gettext_lazy("Snoozed"), icon="clock-pause",
        rows=lambda rows, user: rows.filter(status=Status.SNOOZED, snoozed_until__isnull=False),
        by="snoozed_until", is_rising=True,
    ),
    Folder(name="sent", label=gettext_lazy("Sent"), icon="send", rows=_sent, is_counted=False),
    Folder(name="scheduled", label=gettext_lazy("Scheduled"), icon="calendar-time", rows=_scheduled),
    Folder(name="failed", label=gettext_lazy("Not delivered"), icon="alert-triangle", rows=_failed),
    Folder(
        name="closed", label=gettext_lazy("Closed"), icon="circle-check",
        rows=lambda rows, user: rows.filter(status=Status.CLOSED), is_counted=False,
    ),
    Folder(
        name="spam", label=gettext_lazy("Spam"), icon="ban",
        rows=lambda rows, user: rows.filter(status=Status.SPAM), is_counted=False,
    ),
)  # fmt: skip
_BY_NAME = {folder.name: folder for folder in FOLDERS}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What an address of the inbox asks for."""

    folder: Folder
    channel: str = ""
    label: int = 0
    account: int = 0
    words: str = ""

    @classmethod
    def read(cls, given: Any) -> Asked:
        """From the query of a request; what is no folder, channel or number is left out."""
        folder = _BY_NAME.get(given.get("folder", ""), _BY_NAME["open"] if _narrows(given) else FOLDERS[0])
        channel = given.get("channel", "")
        return cls(
            folder=folder, channel=channel if channel in Medium.values else "",
            label=_number(given.get("label", "")), account=_number(given.get("account", "")),
            words=" ".join(given.get("q", "").split())[:80],
        )  # fmt: skip

    def query(self, **changed: Any) -> dict[str, Any]:
        """The same as the query of an address, without what is empty."""
        said = {
            "folder": self.folder.name, "channel": self.channel, "label": self.label, "account": self.account,
            "q": self.words, **changed,
        }  # fmt: skip
        return {name: value for name, value in said.items() if value}


def _narrows(given: Any) -> bool:
    return any(given.get(name) for name in ("q", "channel", "label", "account"))


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0


@dataclass(frozen=True, kw_only=True)
class Line:
    """A conversation as the list shows it. `party` only where the reader may see the customer."""

    talk: Conversation
    party: Party | None
    is_unread: bool
    waits: str
    tone: str

    @property
    def who(self) -> str:
        return str(self.party) if self.party else self.talk.address_name or self.talk.address or _("Unknown")


@dataclass(frozen=True)
class Page:
    lines: list[Line] = field(default_factory=list)
    next: str = ""


def rows_of(asked: Asked, user: Any) -> Rows:
    """What the folder holds for this reader, unsorted."""
    rows: Rows = asked.folder.rows(Conversation.objects.visible_to(user), user)
    if asked.channel:
        rows = rows.filter(channel=asked.channel)
    if asked.account:
        rows = rows.filter(account_id=asked.account)
    if asked.label:
        tagged = Tagging._default_manager.filter(noun="conversation", tag_id=asked.label)
        rows = rows.filter(pk__in=tagged.values("record_id"))
    return rows.filter(_holding(asked.words, user)) if asked.words else rows


def _holding(words: str, user: Any) -> Q:
    known = Party.objects.visible_to(user).filter(name__icontains=words).order_by()
    own = Q()
    for name in ("subject", "preview", "address", "address_name"):
        own |= Q(**{f"{name}__icontains": words})
    return own | Q(party__in=known.values("pk"))


def page_of(asked: Asked, user: Any, *, after: str = "", now: datetime | None = None) -> Page:
    """Forty lines behind the mark `after`. Six queries, however many there are. Raises PageError."""
    folder = asked.folder
    rows = rows_of(asked, user)
    if after:
        rows = rows.filter(_behind(folder, after))
    order = [folder.by, "id"] if folder.is_rising else [f"-{folder.by}", "-id"]
    found = list(rows.select_related("owner", "account").order_by(*order)[: PAGE + 1])
    more, found = len(found) > PAGE, found[:PAGE]
    return Page(lines_of(found, user, now=now), _mark(folder, found[-1]) if more else "")


def lines_of(talks: Sequence[Conversation], user: Any, *, now: datetime | None = None) -> list[Line]:
    """What the list shows of each. Three queries for any number."""
    if not talks:
        return []
    moment = now or timezone.now()
    load_tags(list(talks))
    parties = Party.objects.visible_to(user).in_bulk({talk.party_id for talk in talks if talk.party_id})
    seen = dict(Seen.objects.filter(user=user, conversation__in=talks).values_list("conversation_id", "at"))
    return [
        Line(
            talk=talk,
            party=parties.get(talk.party_id),
            is_unread=is_unread(talk, seen.get(talk.pk)),
            waits=lasting(moment - talk.waiting_since) if talk.waiting_since else "",
            tone=tone_of(moment - talk.waiting_since) if talk.waiting_since else "",
        )
        for talk in talks
    ]


def is_unread(talk: Conversation, seen_at: datetime | None) -> bool:
    """Something came in since the reader had it open."""
    return talk.last_in_at is not None and talk.last_in_at > (seen_at or EPOCH)


def tone_of(waited: timedelta) -> str:
    return "red" if waited >= TOO_SLOW else "amber" if waited >= SLOW else "green"


def lasting(waited: timedelta) -> str:
    """12 min, 3 h, 2 d."""
    minutes = max(0, int(waited.total_seconds() // 60))
    if minutes < 60:
        return _("%(n)s min") % {"n": max(1, minutes)}
    if minutes < 60 * 24:
        return _("%(n)s h") % {"n": minutes // 60}
    return ngettext("%(n)s day", "%(n)s days", minutes // 1440) % {"n": minutes // 1440}


def counts(user: Any) -> dict[str, int]:
    """How many conversations each counted folder holds, one more than ninety-nine at most."""
    return {
        folder.name: _capped(rows_of(Asked(folder=folder), user)) for folder in FOLDERS if folder.is_counted
    }


def for_me(user: Any) -> int:
    """How many customers wait for the reader or for anybody: the number in the menu."""
    rows = Conversation.objects.visible_to(user).waiting().filter(Q(owner=user) | Q(owner=None))
    return _capped(rows)


def _capped(rows: Rows) -> int:
    return rows.order_by()[: MOST_COUNTED + 1].count()


def labels() -> list[Tag]:
    """The tags conversations carry, by name."""
    used = Tagging._default_manager.filter(noun="conversation").values("tag")
    return list(Tag._default_manager.filter(pk__in=used).order_by("name")[:LABELS])


def accounts_of(user: Any) -> list[Account]:
    """The doors the reader may know of: shared ones and the own."""
    teams = user.rights._team_ids if user.team_id else []
    shared = Q(owner=None) & (Q(team=None) | Q(team__in=teams))
    rows = Account._default_manager.filter(archived_at=None).filter(shared | Q(owner=user))
    return list(rows.order_by("channel", "name")[:20])


def _behind(folder: Folder, after: str) -> Q:
    at, _dot, number = after.rpartition("_")
    try:
        moment = parse_datetime(at)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or not number.isdecimal() or len(number) > 18:
        raise PageError(_("This page mark does not fit the list."))
    way = "gt" if folder.is_rising else "lt"
    return Q(**{f"{folder.by}__{way}": moment}) | Q(**{folder.by: moment, f"id__{way}": int(number)})


def _mark(folder: Folder, last: Conversation) -> str:
    return f"{getattr(last, folder.by).isoformat()}_{last.pk}"


def read(talk: Conversation, *, by: Any) -> None:
    """The reader has seen it as far as it goes now."""
    Seen.objects.update_or_create(conversation=talk, user=by, defaults={"at": timezone.now()})


def unread(talk: Conversation, *, by: Any) -> None:
    """As if the reader had never opened it."""
    Seen.objects.filter(conversation=talk, user=by).delete()
