"""The arithmetic of free times."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from relasi.activities.booking.free import Host, Wanted, fairest, starts_of

JAKARTA, JAYAPURA, NEW_YORK = map(ZoneInfo, ("Asia/Jakarta", "Asia/Jayapura", "America/New_York"))
MORNING = {0: ((time(9), time(12)),)}  # Mondays
MONDAY = date(2026, 8, 10)


def at(hour: int, minute: int = 0, zone: ZoneInfo = JAKARTA, day: date = MONDAY) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)


def wanted(minutes: int = 60, **more: object) -> Wanted:
    told = {
        "length": timedelta(minutes=minutes), "before": timedelta(0), "after": timedelta(0),
        "earliest": at(0), "latest": at(23, 59), **more,
    }  # fmt: skip
    return Wanted(**told)  # type: ignore[arg-type]


def clock(host: Host, what: Wanted, zone: ZoneInfo = JAKARTA) -> list[str]:
    return [f"{start.astimezone(zone):%H:%M}" for start in starts_of(host, what)]


def host(**more: object) -> Host:
    return Host(**{"id": 1, "zone": JAKARTA, "hours": MORNING, **more})  # type: ignore[arg-type]


def test_times_begin_every_half_hour_and_end_within_the_hours() -> None:
    assert clock(host(), wanted()) == ["09:00", "09:30", "10:00", "10:30", "11:00"]


def test_short_ones_begin_every_quarter() -> None:
    assert clock(host(hours={0: ((time(9), time(10)),)}), wanted(15)) == ["09:00", "09:15", "09:30", "09:45"]


def test_what_is_taken_is_left_out() -> None:
    assert clock(host(taken=[(at(9, 30), at(10, 30))]), wanted()) == ["10:30", "11:00"]


def test_what_only_touches_is_no_clash() -> None:
    assert clock(host(taken=[(at(10), at(11))]), wanted()) == ["09:00", "11:00"]


@pytest.mark.parametrize(
    ("buffer", "free"), [("before", ["09:00", "11:30"]), ("after", ["09:00", "11:00", "11:30"])]
)
def test_what_stays_free_around_it_must_be_free(buffer: str, free: list[str]) -> None:
    what = wanted(30, **{buffer: timedelta(minutes=30)})
    assert [one for one in clock(host(taken=[(at(10), at(11))]), what) if one not in ("09:30",)] == free


def test_hours_are_of_the_hosts_own_clock() -> None:
    assert clock(host(zone=JAYAPURA), wanted())[0] == "07:00"


def test_hours_keep_their_place_when_the_clocks_change() -> None:
    sundays = {6: ((time(9), time(10)),)}
    first, last = (at(0, zone=NEW_YORK, day=day) for day in (date(2026, 10, 25), date(2026, 11, 2)))
    found = list(starts_of(host(zone=NEW_YORK, hours=sundays), wanted(earliest=first, latest=last)))
    assert [f"{start:%d %H:%M}" for start in found] == ["25 13:00", "01 14:00"]


def test_nothing_is_offered_before_the_notice_and_beyond_the_horizon() -> None:
    assert clock(host(), wanted(earliest=at(10), latest=at(11))) == ["10:00", "10:30"]


def test_a_day_off_has_no_times() -> None:
    assert clock(host(closed=frozenset({MONDAY})), wanted()) == []


def test_a_day_that_is_full_has_no_times() -> None:
    assert clock(host(booked=[at(8)]), wanted(most_a_day=1)) == []


def test_the_fairest_has_the_fewest_bookings() -> None:
    chosen = fairest([host(id=1, lately=3), host(id=2, lately=1), host(id=3, lately=1)])
    assert chosen and chosen.id == 2
