"""Dates as people write them, in Indonesian and English."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from relasi.lib.text import fold
from relasi.lib.wording import InputError
from relasi.lib.wording import mark as _

Order = Literal["dmy", "mdy"]

MONTHS = {
    name: number
    for number, names in enumerate((
        "januari january jan jän",
        "februari pebruari february feb peb",
        "maret march mar mrt mars",
        "april apr",
        "mei may",
        "juni june jun",
        "juli july jul",
        "agustus august agu ags agt aug agust",
        "september sept sep",
        "oktober october okt oct",
        "november nopember nov nop",
        "desember december des dec",
    ), start=1)
    for name in names.split()
}  # fmt: skip
EXCEL_EPOCH = date(1899, 12, 30)  # ECMA-376 part 1, 18.17.4.1, with Lotus's 29 February 1900 allowed for
SERIALS = range(61, 73051)  # 1 March 1900 to 31 December 2099

TIME_TAIL = re.compile(
    r"[ t]+\d{1,2}[:.]\d{2}([:.]\d{2}([.,]\d+)?)?\s*(am|pm|wib|wita|wit|z|utc|[+-]\d{2}:?\d{2})?$"
)
WEEKDAY = re.compile(
    r"^(senin|selasa|rabu|kamis|jum'?at|sabtu|minggu|ahad|mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun"
    r"|monday|tuesday|wednesday|thursday|friday|saturday|sunday)[,. ]+"
)
ISO = re.compile(r"(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})")
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
NUMBERS = re.compile(r"(\d{1,2})[-/. ]+(\d{1,2})[-/. ]+(\d{4}|\d{2})")
DAY_NAME = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[-/. ,]*([a-z]+)[-/. ,]*(\d{4}|'?\d{2})?")
NAME_DAY = re.compile(r"([a-z]+)[-/. ,]*(\d{1,2})(?:st|nd|rd|th)?(?:[-/. ,]+(\d{4}|'?\d{2}))?")
NO_YEAR = re.compile(r"-{2}(\d{2})-?(\d{2})")
SERIAL = re.compile(r"(\d{2,5})(?:\.\d+)?")


class DateError(InputError):
    """The text is no date, or a day that never was."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the year with or without its year, as birthdays are often known."""

    month: int
    day: int
    year: int | None = None

    @property
    def date(self) -> date | None:
        """The full date, where the year is known."""
        return date(self.year, self.month, self.day) if self.year else None

    def __str__(self) -> str:
        return (
            f"{self.year:04d}-{self.month:02d}-{self.day:02d}"
            if self.year
            else f"--{self.month:02d}-{self.day:02d}"
        )


def parse(text: str, *, order: Order = "dmy", today: date | None = None, serials: bool = False) -> date:
    """The date in `text`; a time behind it is left out.

    `order` decides `08/09/2026`; a part above 12 decides by itself. Two-digit years end
    ten years after `today`; without `today` 00–49 are 20xx. `serials` lets a bare number be a spreadsheet's
    count of
    days. Raises DateError.
    """
    day = parse_day(text, order=order, today=today, serials=serials)
    if day.date is None:
        raise DateError(_("“%(text)s” has no year."), text=text.strip())
    return day.date


def parse_day(text: str, *, order: Order = "dmy", today: date | None = None, serials: bool = False) -> Day:
    """As `parse`, but the year may be missing: `17 Agustus`, `--0817`, `--08-17`. Raises DateError."""
    return _parse_day(text, order, today, serials)


@lru_cache(maxsize=8192)
def _parse_day(text: str, order: Order, today: date | None, serials: bool) -> Day:
    tidy = TIME_TAIL.sub("", WEEKDAY.sub("", fold(text).lstrip("'")))
    try:
        found = (
            _by_numbers(tidy, order, today)
            or _by_name(tidy, today)
            or (_by_serial(tidy) if serials else None)
        )
        if found and (found.date or date(2000, found.month, found.day)):
            return found
    except ValueError as error:
        raise DateError(_("“%(text)s” is a day that does not exist."), text=text.strip()) from error
    raise DateError(_("“%(text)s” is not a date; write it as 17-08-1945."), text=text.strip())


def infer_order(samples: Iterable[str]) -> Order:
    """Day or month first in a column? A part above 12 decides, more such rows win; a tie is day first."""
    day_first = month_first = 0
    for sample in samples:
        match = NUMBERS.match(sample.strip())
        if match:
            day_first += int(match[1]) > 12
            month_first += int(match[2]) > 12
    return "mdy" if month_first > day_first else "dmy"


def is_ambiguous(samples: Iterable[str]) -> bool:
    """Does nothing in the column tell whether the day or the month comes first, though it matters?"""
    numbers = [match for sample in samples if (match := NUMBERS.match(sample.strip()))]
    decided = any(int(match[1]) > 12 or int(match[2]) > 12 for match in numbers)
    return not decided and any(match[1] != match[2] for match in numbers)


def looks_like_date(text: str) -> bool:
    """Would `parse_day` read it? Bare numbers are not counted as dates."""
    try:
        parse_day(text)
    except DateError:
        return False
    return True


def _by_numbers(text: str, order: Order, today: date | None) -> Day | None:
    if match := ISO.fullmatch(text) or COMPACT.fullmatch(text):
        return Day(int(match[2]), int(match[3]), int(match[1]))
    if match := NO_YEAR.fullmatch(text):
        return Day(int(match[1]), int(match[2]))
    if match := NUMBERS.fullmatch(text):
        first, second, year = int(match[1]), int(match[2]), _year(match[3], today)
        month_first = second > 12 or (order == "mdy" and first <= 12)
        return Day(first, second, year) if month_first else Day(second, first, year)
    return None


def _by_name(text: str, today: date | None) -> Day | None:
    if match := DAY_NAME.fullmatch(text):
        day, name, year = match.groups()
    elif match := NAME_DAY.fullmatch(text):
        name, day, year = match.groups()
    else:
        return None
    month = MONTHS.get(name)
    return Day(month, int(day), _year(year, today) if year else None) if month else None


def _by_serial(text: str) -> Day | None:
    match = SERIAL.fullmatch(text)
    if not match or int(match[1]) not in SERIALS:
        return None
    found = EXCEL_EPOCH + timedelta(days=int(match[1]))
    return Day(found.month, found.day, found.year)


def _year(digits: str, today: date | None) -> int:
    digits = digits.lstrip("'")
    if len(digits) == 4:
        return int(digits)
    latest = today.year + 10 if today else 2049
    year = latest - latest % 100 + int(digits)
    return year if year <= latest else year - 100
