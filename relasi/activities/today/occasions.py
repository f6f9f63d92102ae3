"""Birthdays and anniversaries of one's customers, their family and beneficiaries, in the coming week."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from relasi.activities.models import Activity
from relasi.activities.today import MOST, Action, TodayItem, register
from relasi.kit.ui import formats
from relasi.lib.periods import in_year
from relasi.parties.models import ImportantDate, Party, Relation

AHEAD = 7
SOME = 100  # asked after at a time
PAGES = {"person": "people", "company": "companies", "household": "households"}


@dataclass(frozen=True, kw_only=True)
class Occasion:
    """A day to greet. `through`: the customer whose family it is; `years` completed, 0 if unknown."""

    party: Party
    on: date
    label: str
    code: str
    years: int = 0
    through: Party | None = None
    how: str = ""


@register
def occasions(user: Any, now: datetime) -> Iterable[TodayItem]:
    """What was greeted already is left out. Six queries, two more for every hundred greeted."""
    today = timezone.localtime(now).date()
    days = {_key(today + timedelta(days=ahead)): today + timedelta(days=ahead) for ahead in range(AHEAD + 1)}
    if 228 in days and 301 in days and 229 not in days:
        days[229] = days[228]
    found = [*_anniversaries(user, days)]
    if user.rights.searchable(Party, "birth_on"):
        found += [*_own_birthdays(user, days), *_family_birthdays(user, days)]
    ranked = sorted(found, key=lambda one: (one.on, one.party.name))
    fresh: dict[tuple[int, str], Occasion] = {}
    for start in range(0, len(ranked), SOME):
        seen = _visible(user, ranked[start : start + SOME])
        greeted = _greeted(seen)
        fresh |= {(one.party.pk, one.code): one for one in seen if (one.party.pk, one.code) not in greeted}
        if len(fresh) >= MOST:
            break
    return [_item(one, today) for one in list(fresh.values())[:MOST]]


def _key(day: date) -> int:
    return day.month * 100 + day.day


def _own_birthdays(user: Any, days: dict[int, date]) -> Iterable[Occasion]:
    rows = Party._default_manager.filter(owner=user, archived_at__isnull=True, birthday_key__in=list(days))
    for party in rows[:500]:
        yield _birthday(party, days)


def _family_birthdays(user: Any, days: dict[int, date]) -> Iterable[Occasion]:
    """Those related to one's customers by family or as beneficiary, in either direction."""
    near = Q(type__is_family=True) | Q(type__has_share=True)
    rows = Relation._default_manager.filter(near).select_related("type", "source", "target")
    keys = list(days)
    for relation in rows.filter(
        source__owner=user, target__birthday_key__in=keys, target__archived_at__isnull=True
    )[:500]:
        yield _birthday(relation.target, days, through=relation.source, how=relation.type.shown_reverse)
    for relation in rows.filter(
        target__owner=user, source__birthday_key__in=keys, source__archived_at__isnull=True
    )[:500]:
        yield _birthday(relation.source, days, through=relation.target, how=relation.type.shown_name)


def _birthday(
    party: Party, days: dict[int, date], *, through: Party | None = None, how: str = ""
) -> Occasion:
    on = days[party.birthday_key or 0]
    years = on.year - party.birth_on.year if party.birth_on else 0
    return Occasion(
        party=party,
        on=on,
        label=_("Birthday"),
        code=f"birthday:{on.year}",
        years=years,
        through=through,
        how=how,
    )


def _anniversaries(user: Any, days: dict[int, date]) -> Iterable[Occasion]:
    rows = ImportantDate._default_manager.filter(party__owner=user, party__archived_at__isnull=True)
    for important in rows.filter(month_day__in=list(days)).select_related("party")[:500]:
        on = days[important.month_day]
        if not important.every_year and important.on.year != on.year:
            continue
        yield Occasion(
            party=important.party,
            on=in_year(on.month, on.day, on.year),
            label=str(important),
            code=f"date-{important.pk}:{on.year}",
            years=on.year - important.on.year,
        )


def _visible(user: Any, found: list[Occasion]) -> list[Occasion]:
    ids = {one.party.pk for one in found}
    allowed = (
        set(Party.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()
    )
    return [one for one in found if one.party.pk in allowed]


def _greeted(found: list[Occasion]) -> set[tuple[int, str]]:
    if not found:
        return set()
    rows = Activity._default_manager.filter(
        party__in={one.party.pk for one in found}, occasion__in={one.code for one in found}
    )
    return set(rows.values_list("party_id", "occasion"))


def _item(one: Occasion, today: date) -> TodayItem:
    ahead = (one.on - today).days
    return TodayItem(
        key=f"occasion-{one.party.pk}-{one.code.replace(':', '-')}",
        rank=26 if ahead == 0 else 62 + ahead,
        icon="cake" if one.code.startswith("birthday") else "gift",
        tone="pink",
        title=one.party.name,
        reason=_reason(one, ahead),
        detail=one.how,
        url=_page_of(one.party),
        at=timezone.make_aware(datetime.combine(one.on, datetime.min.time())),
        party=one.through,
        actions=tuple(_actions(one)),
    )


def _reason(one: Occasion, ahead: int) -> str:
    near = {0: _("today"), 1: _("tomorrow")}
    words = {"what": one.label, "when": near.get(ahead) or formats.date(one.on, "weekday")}
    if one.years > 0:
        words["years"] = ngettext("%(n)d year", "%(n)d years", one.years) % {"n": one.years}
        return _("%(what)s %(when)s: %(years)s") % words
    return _("%(what)s %(when)s") % words


def _actions(one: Occasion) -> Iterable[Action]:
    values = {"occasion": one.code, "what": one.label}
    yield Action(
        label=_("Greeted"),
        icon="check",
        url=reverse("today_greet", args=[one.party.pk]),
        values=values,
        is_primary=True,
    )
    if one.party.phone:
        text = (
            _("Happy birthday, %(name)s!")
            if one.code.startswith("birthday")
            else _("Congratulations, %(name)s!")
        )
        greeting = quote(text % {"name": one.party.nickname or one.party.given_name or one.party.name})
        number = one.party.phone.lstrip("+")
        yield Action(
            label="WhatsApp", icon="brand-whatsapp", url=f"https://wa.me/{number}?text={greeting}", how="link"
        )
    yield Action(
        label=_("Task"), icon="plus", url=reverse("today_remember", args=[one.party.pk]), values=values
    )


def _page_of(party: Party) -> str:
    return f"/{PAGES[party.kind]}/{party.pk}/"
