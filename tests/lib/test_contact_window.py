"""May this message go to this customer now: every answer with its reason, and the first moment for later."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from relasi.lib.contact import DEFAULT_RULES, SOURCES, Asked, Cap, Consent, Rules, Sent, Window, may_send
from relasi.lib.contact.hours import next_opening
from relasi.lib.contact.words import CHANNELS, PURPOSES, ConsentState, Suppression
from relasi.lib.provinces import TIME_ZONES
from relasi.lib.wording import InputError
from tests.lib.contact_cases import CASES, HOLIDAYS, Case, ask

JAKARTA = ZoneInfo("Asia/Jakarta")
NEW_YORK = ZoneInfo("America/New_York")
MONDAY = datetime(2026, 2, 2, 10, tzinfo=JAKARTA)
OFFER = Asked("marketing", "email", JAKARTA, Consent("given"))
NIGHT = datetime(2026, 2, 2, 21, tzinfo=JAKARTA)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_table(case: Case) -> None:
    answer = may_send(case.asked, case.now)
    at = answer.at and answer.at.replace(tzinfo=None)
    assert (answer.verdict, answer.reason, at) == (case.verdict, case.reason, case.at), str(answer)
    assert answer.at is None or answer.at.tzinfo is case.asked.zone


def test_the_table_is_long_enough_to_matter() -> None:
    assert len(CASES) >= 200
    assert {case.verdict for case in CASES} == {"yes", "later", "no"}


def test_a_yes_is_true_and_everything_else_is_not() -> None:
    assert may_send(OFFER, MONDAY)
    assert not may_send(OFFER, NIGHT)


def test_an_answer_shows_every_check_it_made() -> None:
    asked = Asked(
        "marketing", "whatsapp", JAKARTA, Consent("withdrawn"), frozenset({"complaint", "do_not_call"}),
        sent=tuple(Sent(MONDAY - timedelta(hours=hours), "marketing", "sms") for hours in (1, 30, 60)),
    )  # fmt: skip
    answer = may_send(asked, NIGHT)
    assert [(check.rule, check.passed, check.reason) for check in answer.checks] == [
        ("suppression", False, "complaint"),
        ("suppression", False, "do_not_call"),
        ("consent", False, "consent_withdrawn"),
        ("cap", False, "cap_reached"),
        ("cap", False, "cap_reached"),
        ("whatsapp", False, "template_needed"),
        ("weekday", True, "weekday_fits"),
        ("holiday", True, "no_holiday"),
        ("hours", False, "outside_hours"),
    ]
    assert len(answer.failed) == 7
    assert all(str(check) for check in answer.checks)


def test_the_sentences_tell_the_customers_clock() -> None:
    sunday = datetime(2026, 3, 22, 3, tzinfo=UTC)
    asked = Asked(
        "marketing", "sms", ZoneInfo("Asia/Jayapura"), Consent("given", sunday), holidays=HOLIDAYS["Lebaran"]
    )
    assert [str(check) for check in may_send(asked, sunday).checks] == [
        "Nothing bars this address or number.",
        "The customer has consented since 2026-03-22 12:00 WIT.",
        "Messages sent: 0 of 1 allowed in 1 × 24 hours.",
        "Messages sent: 0 of 3 allowed in 7 × 24 hours.",
        "Messages of this kind do not go on this weekday. The next hours begin on 2026-03-25 08:00 WIT.",
        "Today is a holiday for the customer: Idul Fitri. The next hours begin on 2026-03-25 08:00 WIT.",
        "It is 12:00 for the customer: within the hours of sending.",
    ]


def test_a_full_cap_says_when_there_is_room() -> None:
    asked = Asked("marketing", "email", JAKARTA, Consent("given"), sent=(Sent(MONDAY, "marketing", "sms"),))
    assert str(may_send(asked, MONDAY + timedelta(hours=1))) == (
        "Messages sent or planned: 1; 1 are allowed in 1 × 24 hours. "
        "There is room again on 2026-02-03 10:00 WIB."
    )


def test_a_message_stops_counting_when_its_days_are_over() -> None:
    sent = (Sent(MONDAY, "marketing", "sms"), Sent(MONDAY, "service", "sms"))
    cap = Cap(1, 1, "marketing")
    moments = [MONDAY + timedelta(days=1, microseconds=early) for early in (-1, 0)]
    assert [cap.counted(sent, moment) for moment in moments] == [1, 0]


def test_free_text_that_would_come_too_late_is_told_to_be_a_template() -> None:
    asked = Asked(
        "marketing", "whatsapp", JAKARTA, Consent("given"), last_inbound=MONDAY - timedelta(hours=3)
    )
    answer = may_send(asked, NIGHT)
    assert str(answer) == (
        "This may go on 2026-02-03 08:00 WIB at the earliest, but WhatsApp takes free text only until "
        "2026-02-03 07:00 WIB: use a template."
    )


def test_the_reason_for_later_is_what_stands_in_the_way_longest() -> None:
    week = tuple(Sent(MONDAY - timedelta(days=days), "marketing", "email") for days in (2, 3, 4))
    answer = may_send(Asked("marketing", "email", JAKARTA, Consent("given"), sent=week), NIGHT)
    assert [check.reason for check in answer.failed] == ["cap_reached", "outside_hours"]
    assert answer.reason == "cap_reached"
    assert answer.at == datetime(2026, 2, 5, 10, tzinfo=JAKARTA)


def test_hours_that_are_closed_again_when_there_is_room_are_told_too() -> None:
    saturday = datetime(2026, 2, 7, 12, tzinfo=JAKARTA)
    offers = (Sent(saturday, "marketing", "sms"),)
    answer = may_send(Asked("marketing", "sms", JAKARTA, Consent("given"), sent=offers), saturday)
    assert (answer.reason, answer.at) == ("cap_reached", datetime(2026, 2, 9, 8, tzinfo=JAKARTA))
    assert str(answer.failed[-1]) == (
        "On 2026-02-08 12:00 WIB, when this is over, it is outside the hours of sending until "
        "2026-02-09 08:00 WIB."
    )


def test_a_planned_message_counts_for_the_cap_already() -> None:
    planned = (Sent(MONDAY + timedelta(hours=6), "marketing", "sms"),)
    answer = may_send(Asked("marketing", "email", JAKARTA, Consent("given"), sent=planned), MONDAY)
    assert (answer.reason, answer.at) == ("cap_reached", MONDAY + timedelta(hours=30))


def test_a_way_without_hours_is_closed() -> None:
    asked = Asked("service", "sms", JAKARTA, rules=Rules({}))
    assert (may_send(asked, MONDAY).verdict, may_send(asked, MONDAY).reason) == ("no", "no_hours")


def test_hours_that_never_open_are_a_no() -> None:
    rests = Window(frozenset({0}), rests_on_holidays=True)
    mondays = {date(2026, 2, 2) + timedelta(weeks=weeks): "Rest" for weeks in range(120)}
    asked = Asked("service", "sms", JAKARTA, holidays=mondays, rules=Rules({("service", "sms"): (rests,)}))
    assert may_send(asked, MONDAY).reason == "never_opens"


def test_hours_that_close_for_good_before_there_is_room_are_a_no() -> None:
    days = {date(2026, 2, 3) + timedelta(days=number): "Rest" for number in range(900)}
    rules = Rules({("service", "sms"): (Window(rests_on_holidays=True),)}, (Cap(1, 1),))
    asked = Asked(
        "service", "sms", JAKARTA, sent=(Sent(MONDAY, "service", "sms"),), holidays=days, rules=rules
    )
    answer = may_send(asked, NIGHT)
    assert (answer.verdict, answer.reason) == ("no", "never_opens")


def test_two_windows_leave_the_midday_prayer_alone() -> None:
    friday = frozenset({4})
    windows = (Window(friday, time(8), time(11, 30)), Window(friday, time(13), time(17)))
    asked = Asked("service", "sms", JAKARTA, rules=Rules({("service", "sms"): windows}))
    noon = datetime(2026, 2, 6, 12, tzinfo=JAKARTA)
    assert may_send(asked, noon).at == noon.replace(hour=13)
    assert may_send(asked, noon.replace(hour=18)).at == noon.replace(day=13, hour=8)


def test_an_emergency_line_works_on_a_holiday_in_its_own_hours_only() -> None:
    windows = (
        Window(opens=time(8), closes=time(20), rests_on_holidays=True),
        Window(opens=time(13), closes=time(15)),
    )
    asked = Asked(
        "service", "sms", JAKARTA, holidays={date(2026, 2, 2): "Rest"},
        rules=Rules({("service", "sms"): windows}),
    )  # fmt: skip
    answer = may_send(asked, MONDAY)
    assert (answer.reason, answer.at) == ("outside_hours", MONDAY.replace(hour=13))
    assert may_send(asked, MONDAY.replace(hour=14))


def test_hours_of_another_weekday_do_not_lift_a_holiday() -> None:
    windows = (Window(frozenset({0}), rests_on_holidays=True), Window(frozenset({1})))
    asked = Asked(
        "service", "sms", JAKARTA, holidays={date(2026, 2, 2): "Rest"},
        rules=Rules({("service", "sms"): windows}),
    )  # fmt: skip
    answer = may_send(asked, MONDAY)
    assert (answer.reason, answer.at) == ("holiday_rests", datetime(2026, 2, 3, tzinfo=JAKARTA))


def test_a_night_that_the_clock_skips_opens_a_week_later() -> None:
    windows = (Window(frozenset({6}), time(2, 10), time(2, 50)),)
    before = datetime(2026, 3, 7, 12, tzinfo=NEW_YORK)
    assert next_opening(windows, NEW_YORK, {}, before) == datetime(2026, 3, 15, 6, 10, tzinfo=UTC)


def test_an_hour_that_comes_twice_opens_twice() -> None:
    windows = (Window(frozenset({6}), time(1, 30), time(1, 45)),)
    first = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert next_opening(windows, NEW_YORK, {}, first - timedelta(hours=1)) == first
    assert next_opening(windows, NEW_YORK, {}, first + timedelta(minutes=15)) == first + timedelta(hours=1)


def test_a_midnight_that_the_clock_skips_begins_at_one() -> None:
    santiago = ZoneInfo("America/Santiago")
    opening = next_opening((Window(frozenset({6})),), santiago, {}, datetime(2026, 9, 4, 12, tzinfo=santiago))
    assert opening is not None
    assert opening.astimezone(santiago).replace(tzinfo=None) == datetime(2026, 9, 6, 1)


def test_a_friday_that_an_island_skipped_is_no_friday() -> None:
    apia = ZoneInfo("Pacific/Apia")
    fridays = (Window(frozenset({4}), time(9), time(10)),)
    after = datetime(2011, 12, 29, 12, tzinfo=apia)
    assert next_opening(fridays, apia, {}, after) == datetime(2012, 1, 5, 19, tzinfo=UTC)


def test_a_moment_needs_a_time_zone() -> None:
    naive = datetime(2026, 2, 2, 10)
    with pytest.raises(InputError, match="time zone"):
        may_send(OFFER, naive)
    with pytest.raises(InputError, match="time zone"):
        Asked("service", "whatsapp", JAKARTA, last_inbound=naive)


def test_hours_and_caps_that_contradict_themselves_are_refused() -> None:
    with pytest.raises(InputError, match="write a night as two"):
        Window(opens=time(22), closes=time(6))
    with pytest.raises(InputError, match="write a night as two"):
        Window(opens=time(8), closes=time(8))
    with pytest.raises(InputError, match="at least one"):
        Cap(0, 1)


def test_the_settings_shipped_cover_every_way_and_name_where_they_come_from() -> None:
    ways = {(purpose, channel) for purpose in PURPOSES for channel in CHANNELS}
    assert set(DEFAULT_RULES.windows) == ways
    assert set(DEFAULT_RULES.stops) == set(get_args(Suppression))
    assert {window.source for windows in DEFAULT_RULES.windows.values() for window in windows} <= set(SOURCES)
    assert "counsel" in SOURCES["offers"].text and "counsel" in SOURCES["collection"].text


ZONES = [*TIME_ZONES.values(), "America/New_York", "America/Santiago", "Australia/Lord_Howe", "UTC"]
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 31)).map(lambda one: one.replace(tzinfo=UTC))


@st.composite
def windows(draw: st.DrawFn) -> Window:
    opens, closes = draw(st.integers(0, 1438)), draw(st.integers(1, 1440))
    return Window(
        draw(st.frozensets(st.integers(0, 6), min_size=1)),
        time(*divmod(min(opens, closes - 1), 60)),
        None if closes == 1440 else time(*divmod(closes, 60)),
        rests_on_holidays=draw(st.booleans()),
    )


@st.composite
def questions(draw: st.DrawFn) -> tuple[Asked, datetime]:
    now = draw(MOMENTS)
    around = st.integers(-20 * 1440, 3 * 1440).map(lambda minutes: now + timedelta(minutes=minutes))
    way = draw(st.sampled_from(PURPOSES)), draw(st.sampled_from(CHANNELS))
    sent = st.builds(Sent, around, st.just(way[0]) | st.sampled_from(PURPOSES), st.sampled_from(CHANNELS))
    caps = st.builds(Cap, st.integers(1, 3), st.integers(1, 8), st.sampled_from([None, way[0]]))
    rested = draw(st.lists(st.integers(-1, 12), max_size=8))
    states = st.just("given") | st.sampled_from(get_args(ConsentState))
    rules = draw(
        st.just(DEFAULT_RULES)
        | st.builds(
            Rules,
            st.fixed_dictionaries({way: st.lists(windows(), min_size=1, max_size=3).map(tuple)}),
            st.lists(caps, max_size=3).map(tuple),
        )
    )
    asked = Asked(
        way[0], way[1], ZoneInfo(draw(st.sampled_from(ZONES))),
        draw(st.builds(Consent, states, st.none() | around)),
        draw(st.frozensets(st.sampled_from(get_args(Suppression)), max_size=1) | st.just(frozenset())),
        tuple(draw(st.lists(sent, max_size=6))),
        {now.date() + timedelta(days=days): "Rest" for days in rested},
        draw(st.none() | around.filter(lambda one: one <= now)),
        draw(st.booleans()),
        rules,
    )  # fmt: skip
    return asked, now


BEFORE_SUMMER_TIME = (
    Asked("marketing", "sms", NEW_YORK, Consent("given")), datetime(2026, 3, 7, 23, tzinfo=UTC)
)  # fmt: skip


@given(questions(), st.lists(st.floats(0, 1, exclude_max=True), min_size=1, max_size=12))
@example(BEFORE_SUMMER_TIME, [0.0, 0.5, 0.99])
@settings(max_examples=400, deadline=None)
def test_later_is_yes_then_and_not_before(question: tuple[Asked, datetime], parts: list[float]) -> None:
    asked, now = question
    answer = may_send(asked, now)
    if answer.verdict != "later":
        assert (answer.at is None) == (answer.verdict == "no")
        assert answer.at is None or answer.at.astimezone(UTC) == now
        return
    assert answer.at is not None and answer.at > now
    assert may_send(asked, answer.at).verdict == "yes"
    at = answer.at.astimezone(UTC)
    moments = [now + (at - now) * part for part in parts]
    for moment in [now, *moments, at - timedelta(microseconds=1)]:
        if now <= moment < at:
            before = may_send(asked, moment)
            assert before.at and (before.verdict, before.at.astimezone(UTC)) == ("later", at)


@given(questions())
@settings(max_examples=200, deadline=None)
def test_the_verdict_is_what_the_checks_say(question: tuple[Asked, datetime]) -> None:
    answer = may_send(*question)
    assert (answer.verdict == "yes") == (not answer.failed)
    if answer.verdict == "later":
        assert answer.at and max(check.until for check in answer.failed) == answer.at.astimezone(UTC)


@given(st.lists(windows(), min_size=1, max_size=3), st.sampled_from(ZONES), MOMENTS)
@settings(max_examples=300, deadline=None)
def test_an_opening_is_when_the_customers_clock_says_so(
    rows: list[Window], zone: str, moment: datetime
) -> None:
    opening = next_opening(rows, ZoneInfo(zone), {}, moment)
    assert opening is not None and opening >= moment
    local = opening.astimezone(ZoneInfo(zone))
    assert any(window.works_on(local.date(), {}) and window.holds(local.time()) for window in rows)


def test_a_line_of_the_table_reads_as_written() -> None:
    case = ask("marketing sms given", "WIB", "2026-02-02 21:00", "later outside_hours 2026-02-03 08:00")
    assert (case.asked.zone, case.at) == (JAKARTA, datetime(2026, 2, 3, 8))


def test_who_wrote_at_night_is_answered_at_night() -> None:
    jakarta = ZoneInfo("Asia/Jakarta")
    night = datetime(2026, 8, 11, 23, 30, tzinfo=jakarta)
    wrote = night - timedelta(minutes=5)
    asked = Asked("service", "whatsapp", jakarta, last_inbound=wrote, is_answer=True)
    assert may_send(asked, night).verdict == "yes"
    assert may_send(replace(asked, is_answer=False), night).verdict == "later"
    assert may_send(replace(asked, purpose="marketing"), night).verdict == "no"


def test_who_wants_no_service_messages_is_answered_all_the_same() -> None:
    asked = Asked("service", "email", JAKARTA, Consent("withdrawn"))
    assert may_send(asked, MONDAY).reason == "consent_withdrawn"
    assert may_send(replace(asked, is_answer=True), MONDAY)
    assert may_send(replace(asked, purpose="marketing", is_answer=True), MONDAY).reason == "consent_withdrawn"
