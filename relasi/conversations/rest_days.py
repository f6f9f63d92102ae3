"""National holidays and days of joint leave, laid for the years around today from the `holidays` package.

Whatever the company added, changed or took away stays as it has it. A day that was only reckoned and is
moved by a later version of the package moves here too.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.conf import settings
from django.db import connections, transaction
from django.utils import timezone

from relasi.conversations.models import LaidDay, RestDay

Kind = RestDay.Kind
CATEGORIES = (("public", Kind.NATIONAL), ("government", Kind.JOINT_LEAVE))
LANGUAGES = {"id": "id", "en": "en_US"}


def years_around(today: date) -> range:
    """From the year before to the second after."""
    return range(today.year - 1, today.year + 3)


def shipped(years: Iterable[int]) -> dict[str, tuple[date, str, str]]:
    """(day, name, kind) by key, for Indonesia."""
    import holidays  # slow to import, and wanted once a day

    language = LANGUAGES.get(settings.LANGUAGE_CODE[:2], "id")
    return {
        f"{day} {kind}": (day, name[:120], str(kind))
        for category, kind in CATEGORIES
        for day, name in holidays.country_holidays(
            "ID", years=list(years), categories=(category,), language=language
        ).items()
    }


@transaction.atomic
def lay(today: date | None = None) -> int:
    """Bring the shipped days up to date. Returns how many were added, moved or renamed."""
    years = years_around(today or timezone.localdate())
    wanted = shipped(years)
    known = set(LaidDay._default_manager.filter(key__in=wanted).values_list("key", flat=True))
    return _add({key: wanted[key] for key in wanted.keys() - known}) + _follow(wanted, years)


def _add(new: dict[str, tuple[date, str, str]]) -> int:
    if not new:
        return 0
    RestDay._default_manager.bulk_create(
        [RestDay(day=day, name=name, kind=kind, laid_as=key) for key, (day, name, kind) in new.items()],
        ignore_conflicts=True,
    )
    LaidDay._default_manager.bulk_create([LaidDay(key=key) for key in new], ignore_conflicts=True)
    return len(new)


def _follow(wanted: dict[str, tuple[date, str, str]], years: range) -> int:
    """Days nobody touched since they were laid: gone from the package, or called otherwise."""
    untouched = RestDay._default_manager.filter(
        version=1, day__year__gte=years[0], day__year__lte=years[-1]
    ).exclude(laid_as="")
    changed = 0
    for row in untouched:
        if row.laid_as not in wanted:
            LaidDay._default_manager.filter(key=row.laid_as).delete()
            row.delete()
            changed += 1
        elif row.name != wanted[row.laid_as][1]:
            _rename(row, wanted[row.laid_as][1])
            changed += 1
    return changed


def _rename(row: RestDay, name: str) -> None:
    """As laid: the version stays 1, so that the next change of the package is followed too."""
    taken = RestDay._default_manager.filter(day=row.day, name=name, province=row.province)
    if not taken.exists():
        RestDay._default_manager.filter(pk=row.pk).update(name=name, updated_at=timezone.now())


def after_migrate(*, using: str = "default", apps: Any = None, **_said: Any) -> None:
    """Also after an upgrade; not on the way back to a time before these tables."""
    if RestDay._meta.db_table in connections[using].introspection.table_names():
        lay()
