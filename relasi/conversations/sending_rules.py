"""The company's rules of sending as its tables hold them, read once for each process and change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django.db.models import Count, Max, Value

from relasi.conversations.models import RestDay, SendingCap, SendingHours
from relasi.lib.contact import DEFAULT_RULES, Cap, Channel, Purpose, Rules, Window
from relasi.lib.contact.rules import Way

TABLES = (SendingHours, SendingCap, RestDay)
Stamp = tuple[tuple[Any, ...], ...]


@dataclass(frozen=True, slots=True)
class Calendar:
    """Rest days by province; those of "" are everybody's."""

    days: Mapping[str, Mapping[date, str]]

    @property
    def is_regional(self) -> bool:
        return any(province for province in self.days)

    def of(self, province: str) -> Mapping[date, str]:
        """Those of a customer who lives there."""
        return self.days.get(province) or self.days.get("", {})


@dataclass(frozen=True, slots=True)
class Sending:
    rules: Rules
    calendar: Calendar


_read: list[tuple[Stamp, Sending]] = []


def current() -> Sending:
    """The rules and rest days in force. One small query, as long as nothing has changed."""
    stamp = _stamp()
    if not _read or _read[0][0] != stamp:
        _read[:] = [(stamp, Sending(_rules(), _calendar()))]
    return _read[0][1]


def _stamp() -> Stamp:
    """Changes with every row that is added, changed or taken away."""
    first, *others = (
        model._default_manager.order_by()
        .values(table=Value(number))
        .annotate(rows=Count("id"), last=Max("id"), at=Max("updated_at"))
        .values_list("table", "rows", "last", "at")
        for number, model in enumerate(TABLES)
    )
    return tuple(sorted(first.union(*others, all=True), key=lambda row: row[0]))


def _rules() -> Rules:
    """Without any hours at all, those we ship: a table that was emptied forbids nothing by accident."""
    windows: dict[Way, list[Window]] = defaultdict(list)
    for row in SendingHours._default_manager.all():
        windows[_way(row)].append(_window(row))
    if not windows:
        return DEFAULT_RULES
    caps = [_cap(row) for row in SendingCap._default_manager.all()]
    return Rules({way: tuple(rows) for way, rows in windows.items()}, tuple(caps), stops=DEFAULT_RULES.stops)


def _way(row: SendingHours) -> Way:
    return cast(Purpose, row.purpose), cast(Channel, row.channel)


def _window(row: SendingHours) -> Window:
    weekdays = frozenset(int(sign) for sign in row.weekdays)
    return Window(weekdays, row.opens_at, row.closes_at, row.rests_on_holidays, row.source)


def _cap(row: SendingCap) -> Cap:
    return Cap(row.most, row.days, cast(Purpose, row.purpose) or None, cast(Channel, row.channel) or None)


def _calendar() -> Calendar:
    days: dict[str, dict[date, str]] = defaultdict(dict)
    for row in RestDay._default_manager.order_by("day", "id"):
        days[row.province].setdefault(row.day, row.name)
    everywhere = dict(days.pop("", {}))
    regional = {province: {**everywhere, **own} for province, own in days.items()}
    return Calendar({"": everywhere, **regional})
