"""Relative dates of the filter language: `this month`, `last 30 days`, `-30d`, `2026-08`."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from relasi.lib.wording import InputError
from relasi.lib.wording import mark as _

MONDAY = 0
UNITS = {"d": "day", "w": "week", "m": "month", "q": "quarter", "y": "year"}
INDONESIAN = {
    "hari ini": "today", "kemarin": "yesterday", "besok": "tomorrow", "minggu ini": "this week",
    "bulan ini": "this month", "kuartal ini": "this quarter", "triwulan ini": "this quarter",
    "tahun ini": "this year",
    "minggu lalu": "last week", "bulan lalu": "last month", "kuartal lalu": "last quarter",
    "tahun lalu": "last year",
    "minggu depan": "next week", "bulan depan": "next month", "kuartal depan": "next quarter",
    "tahun depan": "next year",
}  # fmt: skip
INDONESIAN_UNITS = {"hari": "day", "minggu": "week", "bulan": "month", "kuartal": "quarter", "tahun": "year"}
INDONESIAN_SPAN = re.compile(r"(\d+) (hari|minggu|bulan|kuartal|tahun) (terakhir|ke depan)")

NAMED = re.compile(r"(this|last|next) (day|week|month|quarter|year)")
SPAN = re.compile(r"(last|past|next) (\d{1,4}) (day|week|month|quarter|year)s?")
OFFSET = re.compile(r"([+-])(\d{1,4})([dwmqy])")
WHOLE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?|-?q([1-4]))?")
RANGE = re.compile(r"(\S.*?)\s*(?:\.\.|…| to | s/?d )\s*(\S.*)")


class PeriodError(InputError):
    """The text names no period of time."""


class Period(NamedTuple):
    """Days from `start` up to, but without, `end`."""

    start: date
    end: date

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.start <= day < self.end

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.start).days


def resolve(text: str, today: date, *, week_starts: int = MONDAY) -> Period:
    """The days meant by `text`, seen from `today`; `week_starts` is 0 for Monday to 6 for Sunday.

    `last 30 days` ends with today, `next 7 days` begins tomorrow; `-30d` and `+2w` are single days; `2026`,
    `2026-08`,
    `2026-q3`, `2026-08-17` are themselves; `a .. b` runs from the start of a to the end of b. Raises
    PeriodError.
    """
    phrase = " ".join(text.lower().split())
    try:
        found = _single(phrase, today, week_starts) or _range(phrase, today, week_starts)
    except (ValueError, OverflowError) as error:
        if isinstance(error, PeriodError):
            raise
        raise PeriodError(_("“%(text)s” is not a date that exists."), text=text) from error
    if found is None:
        raise PeriodError(_("“%(text)s” is not a period, such as “this month” or “last 30 days”."), text=text)
    return found


def period_of(unit: str, day: date, *, week_starts: int = MONDAY) -> Period:
    """The whole day, week, month, quarter or year around `day`."""
    start = _start_of(unit, day, week_starts)
    return Period(start, start + _step(unit))


def next_anniversary(of: date, today: date) -> date:
    """The next return of a birthday or anniversary, today included; 29 February is kept on 28 in common
    years."""
    this_year = in_year(of.month, of.day, today.year)
    return this_year if this_year >= today else in_year(of.month, of.day, today.year + 1)


def in_year(month: int, day: int, year: int) -> date:
    """That day in `year`, 28 for 29 February in common years."""
    try:
        return date(year, month, day)
    except ValueError:
        if (month, day) == (2, 29):
            return date(year, 2, 28)
        raise


def days_until(of: date, today: date) -> int:
    """Days to the next anniversary of `of`; 0 when it is today."""
    return (next_anniversary(of, today) - today).days


def age(born_on: date, today: date) -> int:
    """Completed years; somebody born on 29 February is a year older on 28 in common years."""
    had_birthday = in_year(born_on.month, born_on.day, today.year) <= today
    return today.year - born_on.year - (not had_birthday)


def _single(phrase: str, today: date, week_starts: int) -> Period | None:
    english = _in_english(phrase)
    return (
        _word(english, today)
        or _named(english, today, week_starts)
        or _span(english, today)
        or _offset(english, today)
        or _whole(english)
    )


def _in_english(phrase: str) -> str:
    if match := INDONESIAN_SPAN.fullmatch(phrase):
        side = "last" if match[3] == "terakhir" else "next"
        return f"{side} {match[1]} {INDONESIAN_UNITS[match[2]]}s"
    return INDONESIAN.get(phrase, phrase)


def _word(phrase: str, today: date) -> Period | None:
    away = {"yesterday": -1, "today": 0, "tomorrow": 1}.get(phrase)
    return None if away is None else _one(today + timedelta(days=away))


def _named(phrase: str, today: date, week_starts: int) -> Period | None:
    match = NAMED.fullmatch(phrase)
    if not match:
        return None
    start = _start_of(match[2], today, week_starts)
    away = {"last": -1, "this": 0, "next": 1}[match[1]]
    return Period(start + _step(match[2], away), start + _step(match[2], away + 1))


def _span(phrase: str, today: date) -> Period | None:
    match = SPAN.fullmatch(phrase)
    if not match:
        return None
    tomorrow, count = today + timedelta(days=1), int(match[2])
    if match[1] == "next":
        return Period(tomorrow, tomorrow + _step(match[3], count))
    return Period(tomorrow - _step(match[3], count), tomorrow)


def _offset(phrase: str, today: date) -> Period | None:
    match = OFFSET.fullmatch(phrase)
    return _one(today + _step(UNITS[match[3]], int(match[1] + match[2]))) if match else None


def _whole(phrase: str) -> Period | None:
    match = WHOLE.fullmatch(phrase)
    if not match:
        return None
    year, month, day, quarter = match.groups()
    if day:
        return _one(date(int(year), int(month), int(day)))
    if month:
        return period_of("month", date(int(year), int(month), 1))
    if quarter:
        return period_of("quarter", date(int(year), 3 * int(quarter), 1))
    return period_of("year", date(int(year), 1, 1))


def _range(phrase: str, today: date, week_starts: int) -> Period | None:
    match = RANGE.fullmatch(phrase)
    if not match:
        return None
    first, last = (_single(side, today, week_starts) for side in match.groups())
    if first is None or last is None:
        return None
    if last.end <= first.start:
        raise PeriodError(_("“%(text)s” ends before it begins."), text=phrase)
    return Period(first.start, last.end)


def _start_of(unit: str, day: date, week_starts: int) -> date:
    if unit == "week":
        return day - timedelta(days=(day.weekday() - week_starts) % 7)
    if unit == "quarter":
        return date(day.year, day.month - (day.month - 1) % 3, 1)
    return {"day": day, "month": day.replace(day=1), "year": day.replace(month=1, day=1)}[unit]


def _step(unit: str, count: int = 1) -> relativedelta:
    if unit == "quarter":
        return relativedelta(months=3 * count)
    return {
        "day": relativedelta(days=count),
        "week": relativedelta(weeks=count),
        "month": relativedelta(months=count),
        "year": relativedelta(years=count),
    }[unit]


def _one(day: date) -> Period:
    return Period(day, day + timedelta(days=1))
