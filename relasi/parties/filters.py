"""Filters of parties that are not columns: referrals brought, birthdays, province, relations."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from relasi.kit.resources.declaration import Filter
from relasi.kit.resources.filtering import FilterError
from relasi.kit.resources.values import plain_words
from relasi.lib import periods
from relasi.parties.identity import number_filter
from relasi.parties.models import Address, Relation

COMPARE = {"=": "", "<": "__lt", "<=": "__lte", ">": "__gt", ">=": "__gte"}


def _referrals(operator: str, values: list[Any], _user: Any) -> Q:
    number, compared = _number(values), COMPARE.get(operator)
    if compared is None:
        raise FilterError(_("Numbers are compared with = < <= > >=."))
    sources = (
        Relation.objects.filter(type__key="referrer")
        .order_by()
        .values("source")
        .annotate(brought=Count("pk"))
    )
    has = {"=": number == 0, "<": number > 0, "<=": True, ">": number < 0, ">=": number <= 0}[operator]
    found = Q(pk__in=sources.filter(**{f"brought{compared}": number}).values("source"))
    return found | ~Q(pk__in=sources.values("source")) if has else found


def _number(values: list[Any]) -> int:
    text = str(values[0]) if values else ""
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise FilterError(_("“%(value)s” is not a number.") % {"value": text})
    return int(text)


def _birthday(operator: str, values: list[Any], _user: Any) -> Q:
    """`birthday = this week`: the day of the year, whatever the year of birth."""
    if operator in ("empty", "not empty"):
        return Q(birthday_key=None) if operator == "empty" else ~Q(birthday_key=None)
    if operator not in ("=", "in"):
        raise FilterError(_("Birthdays are asked for as birthday = this week."))
    keys: set[int] = set()
    for value in values:
        try:
            period = periods.resolve(str(value), timezone.localdate())
        except periods.PeriodError as error:
            raise FilterError(plain_words(error)) from error
        keys |= {key for day in _days(period) for key in _keys(day)}
    return Q(birthday_key__in=sorted(keys))


def _days(period: periods.Period) -> list[date]:
    return [period.start + timedelta(days=number) for number in range(min(period.days, 366))]


def _keys(day: date) -> list[int]:
    """29 February is kept on the 28th in other years."""
    key = day.month * 100 + day.day
    return [key, 229] if key == 228 and (day + timedelta(days=1)).month == 3 else [key]


def _province(operator: str, values: list[Any], _user: Any) -> Q:
    if operator in ("empty", "not empty"):
        has = Q(pk__in=Address.objects.exclude(province="").values("party"))
        return ~has if operator == "empty" else has
    lookup = "icontains" if "~" in operator else "iexact"
    wanted = Q()
    for value in values:
        wanted |= Q(**{f"province__{lookup}": str(value)})
    found = Q(pk__in=Address.objects.filter(wanted).values("party"))
    return ~found if operator.startswith(("!", "not")) else found


def _related(operator: str, values: list[Any], _user: Any) -> Q:
    """`relation = beneficiary`: has a relation of this kind, on either side."""
    keys = [str(value).lower() for value in values]
    rows = Relation.objects.all()
    if operator in ("=", "in", "!=", "not in"):
        rows = rows.filter(type__key__in=keys)
    elif operator not in ("empty", "not empty"):
        raise FilterError(_("Relations are asked for as relation = spouse."))
    found = Q(pk__in=rows.values("source")) | Q(pk__in=rows.values("target"))
    return ~found if operator in ("!=", "not in", "empty") else found


REFERRALS = Filter(name="referrals", label=gettext_lazy("Customers brought"), query=_referrals, kind="number")
BIRTHDAY = Filter(name="birthday", label=gettext_lazy("Birthday"), query=_birthday, kind="date")
PROVINCE = Filter(name="province", label=gettext_lazy("Province"), query=_province, kind="text")
RELATION = Filter(name="relation", label=gettext_lazy("Relation"), query=_related, kind="text")
NIK = number_filter("nik", gettext_lazy("NIK"))
NPWP = number_filter("npwp", gettext_lazy("NPWP"))
