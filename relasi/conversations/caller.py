"""What a colleague sees of a call: who it is, who looks after them, what is open, what was said last."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from relasi.conversations.models import Message, PhoneCall, Ring
from relasi.kit.resources.registry import resource_of
from relasi.lib.text import shorten
from relasi.parties.models import Party

LONGEST_SHOWN = timedelta(hours=12)  # a call whose end was never told leaves the screen then
MOST_SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class Hint:
    """One thing to know of a customer who calls: open tasks, a deal, a debt."""

    icon: str
    text: str
    tone: str = "grey"


Source = Callable[[Party, Any], Iterable[Hint]]
_sources: list[Source] = []


def hint(source: Source) -> Source:
    """Have `source(party, user)` add what the reader may see of the customer. Harmless when repeated."""
    if source not in _sources:
        _sources.append(source)
    return source


@dataclass(frozen=True, kw_only=True)
class Card:
    """A call as its colleague sees it. `party` only where the reader may see the customer; `looked_after_by`
    also where not, so that the call can be handed on.
    """

    call: PhoneCall
    party: Party | None = None
    url: str = ""
    looked_after_by: str = ""
    is_known: bool = False
    last_words: str = ""
    last_at: datetime | None = None
    hints: list[Hint] = field(default_factory=list)

    @property
    def mark(self) -> str:
        """Changes when the card has to be shown anew."""
        return mark_of(self.call)


def mark_of(call: PhoneCall) -> str:
    return f"{call.pk}.{call.version}"


def rings_of(user: Any) -> list[Ring]:
    """The calls on the screen of a colleague, the oldest first. One query by one index."""
    rows = Ring.objects.filter(user=user, left_at=None, at__gte=timezone.now() - LONGEST_SHOWN)
    return list(rows.select_related("call").order_by("at")[:MOST_SHOWN])


def call_that_rang(pk: int, user: Any) -> PhoneCall | None:
    """A call that rang for the reader, or was theirs."""
    ring = Ring.objects.filter(call=pk, user=user).select_related("call").first()
    return ring.call if ring else None


def leave_screen(call: PhoneCall, user: Any) -> None:
    Ring.objects.filter(call=call, user=user, left_at=None).update(left_at=timezone.now())


def card_of(call: PhoneCall, user: Any) -> Card:
    """What the reader may know of who calls."""
    if not call.party_id:
        return Card(call=call)
    known = Party._default_manager.select_related("owner").get(pk=call.party_id)
    keeper = str(known.owner) if known.owner and known.owner_id != user.pk else ""
    party = Party.objects.visible_to(user).filter(pk=call.party_id).select_related("owner").first()
    if party is None:
        return Card(call=call, is_known=True, looked_after_by=keeper)
    last = Message.objects.visible_to(user).said().filter(party=party).order_by("-at", "-id").first()
    resource = resource_of(party)
    return Card(
        call=call,
        party=party,
        url=f"/{resource.name}/{party.pk}/" if resource else "",
        looked_after_by=keeper,
        is_known=True,
        last_words=shorten(" ".join((last.text or last.subject).split()), 90) if last else "",
        last_at=last.at if last else None,
        hints=[found for source in _sources for found in source(party, user)],
    )
