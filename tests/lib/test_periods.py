from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relasi.lib.periods import PeriodError, age, days_until, next_anniversary, period_of, resolve

TODAY = date(2026, 8, 17)  # a Monday


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("today", (2026, 8, 17), (2026, 8, 18)),
        ("Yesterday", (2026, 8, 16), (2026, 8, 17)),
        ("tomorrow", (2026, 8, 18), (2026, 8, 19)),
        ("this week", (2026, 8, 17), (2026, 8, 24)),
        ("last month", (2026, 7, 1), (2026, 8, 1)),
        ("next month", (2026, 9, 1), (2026, 10, 1)),
        ("this quarter", (2026, 7, 1), (2026, 10, 1)),
        ("last quarter", (2026, 4, 1), (2026, 7, 1)),
        ("this year", (2026, 1, 1), (2027, 1, 1)),
        ("last 30 days", (2026, 7, 19), (2026, 8, 18)),
        ("next 7 days", (2026, 8, 18), (2026, 8, 25)),
        ("-30d", (2026, 7, 18), (2026, 7, 19)),
        ("+2w", (2026, 8, 31), (2026, 9, 1)),
        ("2026-08-17", (2026, 8, 17), (2026, 8, 18)),
        ("2026-08", (2026, 8, 1), (2026, 9, 1)),
        ("2026-Q3", (2026, 7, 1), (2026, 10, 1)),
        ("2025", (2025, 1, 1), (2026, 1, 1)),
        ("2026-01-01 .. 2026-01-31", (2026, 1, 1), (2026, 2, 1)),
        ("bulan ini", (2026, 8, 1), (2026, 9, 1)),
        ("30 hari terakhir", (2026, 7, 19), (2026, 8, 18)),
    ],
)
def test_periods_as_people_name_them(text, start, end):
    assert resolve(text, TODAY) == (date(*start), date(*end))


def test_a_week_may_begin_on_sunday():
    assert resolve("this week", TODAY, week_starts=6).start == date(2026, 8, 16)


def test_the_month_before_march_ends_in_february():
    assert resolve("-1m", date(2026, 3, 31)).start == date(2026, 2, 28)


@pytest.mark.parametrize(
    "text",
    ["", "someday", "2026-02-30", "last", "this fortnight", "2026-02-02 .. 2026-01-01", "today .. " * 999],
)
def test_other_words_are_refused(text):
    with pytest.raises(PeriodError):
        resolve(text, TODAY)


def test_a_birthday_today_is_the_next_one():
    assert next_anniversary(date(1945, 8, 17), TODAY) == TODAY
    assert days_until(date(1945, 8, 17), TODAY) == 0


def test_a_leap_day_is_kept_on_the_28th():
    assert next_anniversary(date(2000, 2, 29), date(2026, 1, 1)) == date(2026, 2, 28)
    assert next_anniversary(date(2000, 2, 29), date(2028, 1, 1)) == date(2028, 2, 29)


def test_age_counts_completed_years():
    assert (age(date(2000, 8, 18), TODAY), age(date(2000, 8, 17), TODAY)) == (25, 26)


DAYS = st.dates(min_value=date(1950, 1, 1), max_value=date(2090, 1, 1))


@given(DAYS, DAYS)
def test_the_next_anniversary_is_within_a_year(of, today):
    found = next_anniversary(of, today)
    assert today <= found <= today + timedelta(days=366)


@given(DAYS, st.sampled_from(["day", "week", "month", "quarter", "year"]), st.integers(0, 6))
def test_a_day_is_in_its_own_period(day, unit, week_starts):
    assert day in period_of(unit, day, week_starts=week_starts)


@given(DAYS, st.sampled_from(["week", "month", "quarter", "year"]))
def test_last_this_and_next_follow_without_gap(day, unit):
    last, this, following = (resolve(f"{which} {unit}", day) for which in ("last", "this", "next"))
    assert (last.end, this.end) == (this.start, following.start)


@given(st.text(max_size=20), DAYS)
def test_any_text_is_a_period_or_an_error(text, day):
    try:
        period = resolve(text, day)
    except PeriodError:
        return
    assert period.start < period.end
