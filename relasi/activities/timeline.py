"""One timeline per customer: activities, what changed, comments and files, merged by time, a page at a time.

Every source answers with its newest items below a mark; the newest of all make the page. The number of
queries does not depend on how much there is.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from markupsafe import Markup

from relasi.kit.resources.paging import PageError
from relasi.parties.models import Party, Relation

PAGE = 30
RELATIVES = 100
TOGETHER = timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True)
class Item:
    """One line. Neighbours of one `group` are told as one; `party` is set for a relation's item."""

    at: datetime
    id: int
    kind: str
    icon: str
    title: str
    body: Markup = Markup("")
    detail: str = ""
    actor: str = ""
    url: str = ""
    tone: str = "grey"
    party_id: int | None = None
    party: Party | None = None
    group: str = ""
    record: Any = None
    lines: tuple[Markup, ...] = ()
    source: int = 0
    is_planned: bool = False

    @property
    def place(self) -> tuple[datetime, int, int]:
        return (self.at, -self.source, self.id)


@dataclass(frozen=True)
class Mark:
    """Where a page ended: the time, source and id of its last item."""

    at: datetime
    source: int
    id: int

    @classmethod
    def read(cls, text: str) -> Mark:
        """Raises PageError for what is not one of ours."""
        try:
            at, source, pk = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            moment = parse_datetime(at)
            if moment is None or moment.tzinfo is None:
                raise ValueError
            return cls(moment, int(source), int(pk))
        except (ValueError, TypeError, OverflowError, RecursionError) as error:
            raise PageError(_("This page mark does not fit the timeline.")) from error

    def written(self) -> str:
        body = json.dumps([self.at.isoformat(), self.source, self.id])
        return base64.urlsafe_b64encode(body.encode()).decode().rstrip("=")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a source is asked: of whom, for whom, which kinds, below which mark, how many."""

    party_ids: tuple[int, ...]
    user: Any
    kinds: frozenset[str]
    limit: int
    mark: Mark | None = None
    rank: int = 0

    def newest(self, rows: QuerySet[Any], at: str = "at") -> list[Any]:
        """The newest rows below the mark, by the column `at` and then by id."""
        if self.mark:
            rows = rows.filter(self._below(at))
        return list(rows.order_by(f"-{at}", "-id")[: self.limit + 1])

    def _below(self, at: str) -> Q:
        mark = self.mark
        assert mark is not None
        if self.rank < mark.source:
            return Q(**{f"{at}__lt": mark.at})
        if self.rank > mark.source:
            return Q(**{f"{at}__lte": mark.at})
        earlier = Q(**{f"{at}__lt": mark.at}) | Q(**{at: mark.at, "id__lt": mark.id})
        return Q(**{f"{at}__lte": mark.at}) & earlier


@dataclass(frozen=True, kw_only=True)
class Source:
    """Something that happens to customers. `kinds` maps the kinds of its items to (label, icon), a chip each.

    `fetch(asked)` answers with the items below the mark, newest first, as many as asked and one more, also
    those the reader may not see; `visible(items, user)` leaves those out. `asked.newest(rows)` pages.
    """

    name: str
    kinds: dict[str, tuple[Any, str]]
    fetch: Callable[[Asked], list[Item]]
    visible: Callable[[list[Item], Any], list[Item]] | None = None
    order: int = 50


@dataclass(frozen=True, kw_only=True)
class Chip:
    """A filter of the timeline."""

    kind: str
    label: Any
    icon: str


@dataclass(frozen=True, kw_only=True)
class TimelinePage:
    items: list[Item]
    next: str | None
    chips: list[Chip] = field(default_factory=list)


_sources: list[Source] = []


def register_source(source: Source) -> Source:
    """Add a source; higher apps do this in their `resources.py`. Harmless when repeated."""
    if source.name not in {known.name for known in _sources}:
        _sources.append(source)
        _sources.sort(key=lambda known: known.order)
    return source


def chips() -> list[Chip]:
    """Every kind of item there is, in order."""
    found: dict[str, Chip] = {}
    for source in _sources:
        for kind, (label, icon) in source.kinds.items():
            found.setdefault(kind, Chip(kind=kind, label=label, icon=icon))
    return list(found.values())


def timeline_of(
    party: Party,
    *,
    user: Any,
    kinds: Iterable[str] = (),
    with_relations: bool = False,
    before: str = "",
    limit: int = PAGE,
) -> TimelinePage:
    """A page of what happened with a customer the reader may see, newest first. Raises PageError.

    With relations: also what happened with family, household and staff, as far as the reader may see those.
    """
    relatives = relatives_of(party, user=user) if with_relations else {}
    asked = Asked(
        party_ids=(party.pk, *relatives),
        user=user,
        kinds=frozenset(kinds) or frozenset(chip.kind for chip in chips()),
        limit=limit,
        mark=Mark.read(before) if before else None,
    )
    found = sorted(_fetched(asked), key=lambda item: item.place, reverse=True)
    page = found[:limit]
    last = page[-1] if page else None
    following = Mark(last.at, last.source, last.id).written() if last and len(found) > limit else None
    shown = _shown(page, user)
    named = [replace(item, party=relatives.get(item.party_id or 0)) for item in shown]
    return TimelinePage(items=told_together(named), next=following, chips=chips())


def relatives_of(party: Party, *, user: Any) -> dict[int, Party]:
    """Family, household and staff that the reader may see; at most a hundred, the liveliest first."""
    related = Relation._default_manager.filter(Q(source=party.pk) | Q(target=party.pk))
    related = related.filter(Q(type__is_family=True) | Q(type__has_share=True) | Q(type__has_role=True))
    pairs = list(related.values_list("source_id", "target_id")[:RELATIVES])
    ids = {pk for pair in pairs for pk in pair} | {party.household_id or 0}
    household = Q(household_id=party.household_id) if party.household_id else Q(pk__in=[])
    reach = Q(pk__in=ids) | household | Q(household_id=party.pk) | Q(company_id=party.pk)
    rows = Party.objects.visible_to(user).filter(reach, archived_at__isnull=True).exclude(pk=party.pk)
    return {row.pk: row for row in rows.order_by("-last_activity_at", "id")[:RELATIVES]}


def told_together(items: Sequence[Item]) -> list[Item]:
    """Neighbours of one group within a quarter of an hour become one line with the bodies of all."""
    told: list[Item] = []
    for item in items:
        last = told[-1] if told else None
        if last and item.group and item.group == last.group and last.at - item.at < TOGETHER:
            told[-1] = replace(last, lines=(*last.lines, *item.lines))
        else:
            told.append(item)
    return told


def _fetched(asked: Asked) -> list[Item]:
    found: list[Item] = []
    for rank, source in enumerate(_sources):
        if asked.kinds & source.kinds.keys():
            found += [replace(item, source=rank) for item in source.fetch(replace(asked, rank=rank))]
    return found


def _shown(items: list[Item], user: Any) -> list[Item]:
    """Without what the reader may not see, in the same order; sources add what needs the reader's rights."""
    shown: dict[tuple[int, int], Item] = {}
    for rank, source in enumerate(_sources):
        own = [item for item in items if item.source == rank]
        if own and source.visible:
            own = source.visible(own, user)
        shown |= {(item.source, item.id): item for item in own}
    places = ((item.source, item.id) for item in items)
    return [shown[place] for place in places if place in shown]
