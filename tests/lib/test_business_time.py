"""Working time: minutes of it between two moments, and the moment after so many."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relasi.lib.business_time import WorkingTime, joined

JAKARTA = ZoneInfo("Asia/Jakarta")
OFFICE = {day: ((time(8), time(12)), (time(13), time(17))) for day in range(5)}
HOURS = WorkingTime(OFFICE, JAKARTA, frozenset({date(2026, 8, 17)}))


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 8, day, hour, minute, tzinfo=JAKARTA)


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        (at(12, 9), 60, at(12, 10)),
        (at(12, 11, 30), 60, at(12, 13, 30)),
        (at(12, 6), 30, at(12, 8, 30)),
        (at(14, 16, 30), 60, at(18, 8, 30)),
        (at(15, 10), 1, at(18, 8, 1)),
        (at(12, 8), 480, at(12, 17)),
        (at(12, 8), 960, at(13, 17)),
    ],
)
def test_the_moment_after_so_many_minutes(start: datetime, minutes: int, end: datetime) -> None:
    assert HOURS.after(start, minutes) == end


def test_a_company_that_never_opens_has_no_due_time() -> None:
    assert WorkingTime({0: ()}, JAKARTA).after(at(12, 9), 5) is None


def test_without_hours_it_is_always_open() -> None:
    always = WorkingTime({}, JAKARTA)
    assert always.after(at(15, 23), 90) == at(16, 0, 30)
    assert always.minutes_between(at(15, 23), at(16, 0, 30)) == 90


def test_lunch_nights_and_holidays_are_no_work() -> None:
    assert HOURS.minutes_between(at(14, 11), at(18, 9)) == 60 + 4 * 60 + 60


def test_open_now() -> None:
    assert HOURS.is_open(at(12, 9)) and not HOURS.is_open(at(12, 12, 30)) and not HOURS.is_open(at(17, 9))


def test_overlapping_spans_count_once() -> None:
    assert joined([(time(9), time(12)), (time(8), time(10))]) == [(time(8), time(12))]


def test_an_hour_lost_to_summer_time_is_no_work() -> None:
    night = WorkingTime({6: ((time(0), time(6)),)}, ZoneInfo("Europe/Amsterdam"))
    start = datetime(2026, 3, 28, 20, tzinfo=UTC)
    assert night.minutes_between(start, start + timedelta(days=1)) == 5 * 60


@given(st.integers(0, 20_000), st.integers(1, 5_000))
def test_both_ways_agree(offset: int, minutes: int) -> None:
    start = at(1, 0) + timedelta(minutes=offset)
    end = HOURS.after(start, minutes)
    assert end is not None
    assert HOURS.minutes_between(start, end) == minutes
