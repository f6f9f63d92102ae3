from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relasi.lib.recurrence import LAST_DAY, Recurrence, RecurrenceError, from_rrule, to_rrule

START = date(2026, 1, 31)  # a Saturday


def test_every_third_day():
    assert Recurrence("day", 3).first(2, START) == [START, date(2026, 2, 3)]


def test_each_monday_and_thursday():
    assert Recurrence("week", weekdays=(3, 0)).first(3, START) == [
        date(2026, 2, 2),
        date(2026, 2, 5),
        date(2026, 2, 9),
    ]


def test_the_last_day_of_each_month():
    assert Recurrence("month", month_day=LAST_DAY).first(3, START) == [
        START,
        date(2026, 2, 28),
        date(2026, 3, 31),
    ]


def test_the_31st_falls_on_the_last_day_of_shorter_months():
    assert Recurrence("month").first(4, START)[1:] == [
        date(2026, 2, 28),
        date(2026, 3, 31),
        date(2026, 4, 30),
    ]


def test_a_leap_day_returns_on_the_28th():
    assert Recurrence("year").first(2, date(2024, 2, 29)) == [date(2024, 2, 29), date(2025, 2, 28)]


def test_it_ends_after_its_times():
    assert list(Recurrence("day", times=2).days(START)) == [START, date(2026, 2, 1)]


def test_it_ends_on_its_last_day():
    assert Recurrence("day", until=date(2026, 2, 1)).next_after(date(2026, 2, 1), START) is None


def test_the_next_one_is_later_than_the_day_given():
    assert Recurrence("week").next_after(START, START) == date(2026, 2, 7)


@pytest.mark.parametrize(
    "parts",
    [
        {"every": "day", "interval": 0}, {"every": "day", "weekdays": (1,)}, {"every": "week",
        "month_day": 3},
        {"every": "month", "month_day": 32}, {"every": "day", "times": 1, "until": START},
        {"every": "day", "times": 0},
    ],
)  # fmt: skip
def test_rules_that_contradict_themselves_are_refused(parts):
    with pytest.raises(RecurrenceError):
        Recurrence(**parts)


def test_a_rule_as_text():
    rule = Recurrence("week", 2, weekdays=(0, 3), times=10)
    assert to_rrule(rule) == "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;COUNT=10"


@pytest.mark.parametrize(
    "text", ["", "FREQ=HOURLY", "FREQ=MONTHLY;BYDAY=2MO", "FREQ=YEARLY;BYMONTH=3", "x", "FREQ=DAILY;COUNT=a"]
)
def test_rules_beyond_ours_are_refused(text):
    with pytest.raises(RecurrenceError):
        from_rrule(text)


ENDS = st.fixed_dictionaries({}, optional={"until": st.dates()}) | st.fixed_dictionaries(
    {"times": st.integers(1, 99)}
)
EVERY = st.sampled_from(["day", "week", "month", "year"])
MONTH_DAYS = st.sampled_from([LAST_DAY, *range(1, 32)])
RULES = st.one_of(
    st.builds(lambda every, gap, end: Recurrence(every, gap, **end), EVERY, st.integers(1, 30), ENDS),
    st.builds(
        lambda days, end: Recurrence("week", weekdays=tuple(days), **end), st.sets(st.integers(0, 6)), ENDS
    ),
    st.builds(lambda day, end: Recurrence("month", month_day=day, **end), MONTH_DAYS, ENDS),
)


@given(RULES)
def test_text_gives_the_rule_back(rule):
    assert from_rrule("RRULE:" + to_rrule(rule)) == rule


@given(RULES, st.dates(date(2000, 1, 1), date(2030, 1, 1)))
def test_days_come_in_order_and_next_after_agrees(rule, start):
    days = rule.first(4, start)
    assert days == sorted(set(days))
    for day, following in zip(days, days[1:], strict=False):
        assert rule.next_after(day, start) == following
