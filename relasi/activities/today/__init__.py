"""Today: what a person should do now, ranked, each with its reason and one action in place.

Apps add items by `register(source)`: `source(user, now)` answers with items in a fixed number of queries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

MOST = 50  # items a source gives at most


@dataclass(frozen=True, kw_only=True)
class Action:
    """A button beside an item: `url` is posted to with `values`, followed when `how` is "link", asked in a
    dialog when it is "dialog"."""

    label: Any
    url: str
    icon: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    how: str = "post"
    is_primary: bool = False


@dataclass(frozen=True, kw_only=True)
class TodayItem:
    """`rank`: 0 first, 100 last; then by `at`, what is equally due by `weight`, the heaviest
    first. `reason` says why it is here; `key` is its id on the page."""

    key: str
    rank: int
    icon: str
    title: Any
    reason: Any
    url: str = ""
    tone: str = "grey"
    at: datetime | None = None
    detail: Any = ""
    party: Any = None
    weight: Any = 0
    actions: tuple[Action, ...] = ()

    @property
    def group(self) -> str:
        """now, today or soon: the headings of the page."""
        return "now" if self.rank < 30 else "today" if self.rank < 60 else "soon"


TodaySource = Callable[[Any, datetime], Iterable[TodayItem]]
_sources: list[TodaySource] = []


def register(source: TodaySource) -> TodaySource:
    """Add a source of items; harmless when repeated."""
    if source not in _sources:
        _sources.append(source)
    return source


def items_for(user: Any, now: datetime | None = None) -> list[TodayItem]:
    """Everything for this reader, most urgent first."""
    now = now or timezone.now()
    late = datetime.max.replace(tzinfo=now.tzinfo)
    found = [item for source in _sources for item in source(user, now)]
    return sorted(found, key=lambda item: (item.rank, item.at or late, -item.weight, item.key))


def day_of(now: datetime) -> tuple[datetime, datetime]:
    """The reader's day: from midnight to the next midnight."""
    midnight = timezone.make_aware(datetime.combine(timezone.localtime(now).date(), time()))
    return midnight, midnight + timedelta(days=1)


def due_count(user: Any) -> int | None:
    """How many of the reader's tasks are due by tonight; None for none. One query."""
    from relasi.activities.models import Activity

    if not user.is_authenticated or not user.rights.scope("activity", "view"):
        return None
    _start, tonight = day_of(timezone.now())
    rows = Activity.objects.visible_to(user).filter(owner=user).due_before(tonight).order_by()
    return len(rows.values_list("pk")[:100]) or None
