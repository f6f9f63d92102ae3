"""May this go now? The facts come from the tables of a small company."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from relasi.conversations import contact, rest_days
from relasi.conversations.models import (
    Consent,
    Conversation,
    Delivery,
    RestDay,
    SendingCap,
    SendingHours,
    Suppression,
)  # fmt: skip
from relasi.parties.models import Address, Party
from tests.world import World

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 3, tzinfo=UTC)  # 10:00 in Jakarta
LONG_AGO = datetime(2026, 1, 5, tzinfo=UTC)
MAIL = "budi@santoso.example"


def _ask(party: Party | None, channel: str = "email", purpose: str = "marketing", **more: Any) -> Any:
    address = more.pop("address", MAIL if channel == "email" else "+6281211112222")
    now = more.pop("now", MONDAY)
    return contact.ask(channel=channel, purpose=purpose, address=address, party=party, now=now, **more)


def _agreed(party: Party, channel: str = "", at: datetime = LONG_AGO, state: str = "given") -> None:
    Consent.create(by=None, party=party, purpose="marketing", channel=channel, state=state, at=at)


def _went(party: Party, at: datetime, state: str = "sent", **more: Any) -> Delivery:
    fields = {"channel": "email", "purpose": "marketing", "address": MAIL, "due_at": at, **more}
    if state in ("sent", "delivered", "read"):
        fields.setdefault("sent_at", at)
    number = Delivery.objects.count()
    return Delivery.objects.create(key=f"t{number}", party=party, state=state, **fields)


def test_an_offer_needs_consent_and_says_so(world: World) -> None:
    answer = _ask(world.budi)
    assert (answer.verdict, answer.reason) == ("no", "consent_unknown")


def test_service_needs_none(world: World) -> None:
    assert _ask(world.budi, purpose="service")


def test_consent_for_all_ways_opens_each(world: World) -> None:
    _agreed(world.budi)
    assert _ask(world.budi) and _ask(world.budi, "whatsapp", is_template=True)


JAKARTA, MAKASSAR, JAYAPURA = "Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"
ADDRESSES = {"email": MAIL, "whatsapp": "+6281211112222", "sms": "+6281211112222", "phone": "+6281211112222"}
CASES = """
marketing email | WIB | 2026-03-17 17:59 | yes
marketing email | WIB | 2026-03-17 18:00 | later 2026-03-25 08:00
marketing email | WITA | 2026-03-17 18:00 | later 2026-03-25 08:00
marketing email | WIT | 2026-03-20 09:00 | later 2026-03-25 08:00
marketing sms | WIT | 2026-03-19 10:00 | later 2026-03-25 08:00
marketing sms | WITA | 2026-03-24 23:59 | later 2026-03-25 08:00
collection phone | WIB | 2026-03-17 19:59 | yes
collection phone | WIB | 2026-03-17 20:00 | later 2026-03-25 08:00
collection phone | WIT | 2026-03-23 12:00 | later 2026-03-25 08:00
service email | WIB | 2026-03-21 02:00 | yes
service sms | WITA | 2026-03-21 02:00 | later 2026-03-21 06:00
service phone | WITA | 2026-03-21 10:00 | later 2026-03-25 08:00
legal email | WIT | 2026-03-21 03:00 | yes
legal phone | WIB | 2026-03-19 00:00 | yes
marketing email | WITA | 2027-03-07 12:00 | later 2027-03-13 08:00
marketing email | WITA | 2027-03-08 09:00 | later 2027-03-13 08:00
collection whatsapp template | WITA | 2027-03-06 20:00 | later 2027-03-13 08:00
service whatsapp template | WITA | 2027-03-08 09:00 | yes
marketing email | WIB | 2028-02-26 18:00 | later 2028-02-29 08:00
marketing email | WIT | 2028-02-28 09:00 | later 2028-02-29 08:00
marketing email | WITA | 2028-02-29 08:00 | yes
marketing email | WIT | 2028-02-29 18:00 | later 2028-03-01 08:00
marketing email | WIB | 2026-12-31 18:00 | later 2027-01-02 08:00
marketing email | WIT | 2026-12-24 09:00 | later 2026-12-26 08:00
"""
LETTERS = {"WIB": JAKARTA, "WITA": MAKASSAR, "WIT": JAYAPURA}


@pytest.fixture
def days(db: None, settings: Any) -> None:
    """Rest days of the years the table is about."""
    settings.LANGUAGE_CODE = "id"
    for year in (2026, 2028):
        rest_days.lay(date(year, 6, 1))


@pytest.mark.parametrize("line", CASES.strip().splitlines())
def test_lebaran_with_joint_leave_nyepi_and_a_leap_day_on_three_clocks(
    world: World, days: None, line: str
) -> None:
    _check(world, line)


def _check(world: World, line: str) -> None:
    what, letters, when, expected = (part.strip() for part in line.split("|"))
    purpose, channel, *flags = what.split()
    Party.objects.filter(pk=world.budi.pk).update(time_zone=LETTERS[letters])
    world.budi.time_zone = LETTERS[letters]
    _agreed(world.budi)
    where = ZoneInfo(LETTERS[letters])
    moment = datetime.fromisoformat(when).replace(tzinfo=where)
    answer = contact.ask(
        channel=channel, purpose=purpose, address=ADDRESSES[channel], party=world.budi, now=moment,
        is_template="template" in flags,
    )  # fmt: skip
    verdict, _space, at = expected.partition(" ")
    assert answer.verdict == verdict
    assert not at or answer.at == datetime.fromisoformat(at).replace(tzinfo=where)


def test_the_newest_line_for_the_way_or_for_all_holds(world: World) -> None:
    _agreed(world.budi, "email")
    _agreed(world.budi, "", LONG_AGO + timedelta(days=1), "withdrawn")
    assert _ask(world.budi).reason == "consent_withdrawn"
    _agreed(world.budi, "email", LONG_AGO + timedelta(days=2))
    assert _ask(world.budi) and _ask(world.budi, "sms").reason == "consent_withdrawn"


def test_consent_for_another_purpose_opens_nothing(world: World) -> None:
    Consent.create(by=None, party=world.budi, purpose="service", state="given")
    assert _ask(world.budi).reason == "consent_unknown"


def test_a_stranger_without_record_may_get_service_only(world: World) -> None:
    assert _ask(None, purpose="service") and _ask(None).reason == "consent_unknown"


def test_what_a_merged_customer_said_counts(world: World) -> None:
    double = Party.objects.create(name="Budi", kind="person", merged_into=world.budi)
    _agreed(double)
    assert _ask(world.budi) and _ask(double)


def test_an_address_is_barred_however_it_is_written(world: World) -> None:
    Suppression.add(channel="email", address="Budi@Santoso.Example", reason="hard_bounce")
    assert _ask(world.budi, purpose="service", address=" BUDI@santoso.example").reason == "hard_bounce"
    Suppression.add(channel="phone", address="0812-1111-2222", reason="do_not_call")
    _agreed(world.budi)
    assert _ask(world.budi, "phone", address="+62 812 1111 2222").reason == "do_not_call"


def test_a_bar_without_a_way_is_for_every_way(world: World) -> None:
    Suppression.add(address="+6281211112222", reason="deceased")
    for channel in ("sms", "whatsapp", "phone"):
        assert _ask(world.budi, channel, purpose="service").reason == "deceased"


def test_a_bar_holds_until_its_day(world: World) -> None:
    Suppression.add(channel="email", address=MAIL, reason="hard_bounce", until=MONDAY + timedelta(days=1))
    assert _ask(world.budi, purpose="service").reason == "hard_bounce"
    assert _ask(world.budi, purpose="service", now=MONDAY + timedelta(days=2))


@pytest.mark.parametrize("state", ["sent", "delivered", "read", "uncertain", "sending", "waiting"])
def test_one_offer_a_day(world: World, state: str) -> None:
    _agreed(world.budi)
    _went(world.budi, MONDAY - timedelta(hours=2), state)
    answer = _ask(world.budi, "sms")
    assert (answer.verdict, answer.reason) == ("later", "cap_reached")
    assert answer.at == MONDAY + timedelta(hours=22)


@pytest.mark.parametrize("state", ["failed", "stopped", "cancelled"])
def test_what_never_arrived_does_not_count(world: World, state: str) -> None:
    _agreed(world.budi)
    _went(world.budi, MONDAY - timedelta(hours=2), state)
    assert _ask(world.budi)


def test_service_mails_do_not_count_for_offers(world: World) -> None:
    _agreed(world.budi)
    _went(world.budi, MONDAY - timedelta(hours=2), purpose="service")
    assert _ask(world.budi)


def test_three_offers_a_week(world: World) -> None:
    _agreed(world.budi)
    for days_ago in (2, 3, 5):
        _went(world.budi, MONDAY - timedelta(days=days_ago))
    assert _ask(world.budi).at == MONDAY + timedelta(days=2)


def test_an_offer_to_the_same_address_counts_whoever_it_was_for(world: World) -> None:
    _agreed(world.siti)
    _went(world.budi, MONDAY - timedelta(hours=2))
    assert _ask(world.siti).reason == "cap_reached"


def test_whatsapp_takes_free_text_for_a_day_after_the_customer_wrote(world: World) -> None:
    number = "+6281211112222"
    talk = Conversation.create(by=None, channel="whatsapp", party=world.budi, address=number)
    assert _ask(world.budi, "whatsapp", "service").reason == "template_needed"
    Conversation.objects.filter(pk=talk.pk).update(last_in_at=MONDAY - timedelta(hours=23))
    assert _ask(world.budi, "whatsapp", "service")
    Conversation.objects.filter(pk=talk.pk).update(last_in_at=MONDAY - timedelta(hours=24))
    assert _ask(world.budi, "whatsapp", "service").reason == "template_needed"
    assert _ask(world.budi, "whatsapp", "service", is_template=True)


def test_a_regional_holiday_is_for_those_who_live_there(world: World) -> None:
    for name in ("budi", "siti"):
        _agreed(getattr(world, name))
    RestDay.create(by=None, day=MONDAY.date(), name="Galungan", kind="regional", province="Bali")
    Address.create(by=None, party=world.budi, city="Denpasar", province="Bali")
    assert _ask(world.budi).reason == "holiday_rests"
    assert _ask(world.siti, address="siti@mail.example")


def test_national_holidays_are_kept_in_bali_too(world: World) -> None:
    _agreed(world.budi)
    RestDay.create(by=None, day=date(2026, 12, 24), name="Galungan", kind="regional", province="Bali")
    RestDay.create(by=None, day=MONDAY.date(), name="Own day")
    Address.create(by=None, party=world.budi, city="Denpasar", province="Bali")
    assert _ask(world.budi).reason == "holiday_rests"


def test_a_change_of_the_rules_holds_at_once(world: World) -> None:
    _agreed(world.budi)
    assert _ask(world.budi)
    SendingHours.objects.get(purpose="marketing", channel="email").change(by=world.ada, opens_at="10:30")
    assert _ask(world.budi).reason == "outside_hours"
    SendingCap.create(by=world.ada, most=1, days=30, channel="email", purpose="service")
    _went(world.budi, MONDAY - timedelta(days=20), purpose="service")
    assert _ask(world.budi, purpose="service").reason == "cap_reached"


def test_a_way_whose_hours_were_taken_away_is_closed(world: World) -> None:
    SendingHours.objects.get(purpose="service", channel="sms").remove(by=world.ada)
    assert _ask(world.budi, "sms", "service").reason == "no_hours"


def test_without_any_hours_the_shipped_ones_hold(world: World) -> None:
    SendingHours.objects.all().delete()
    _agreed(world.budi)
    assert _ask(world.budi, now=MONDAY.replace(hour=12)).reason == "outside_hours"


def test_of_offers_that_compete_the_one_due_first_goes(world: World) -> None:
    _agreed(world.budi)
    rows = [_went(world.budi, MONDAY - timedelta(minutes=minutes), "waiting") for minutes in (5, 30, 1)]
    assert [answer.verdict for answer in contact.ask_many(rows, MONDAY)] == ["later", "yes", "later"]


def test_an_offer_planned_for_next_week_waits_for_the_one_before_it_only(world: World) -> None:
    _agreed(world.budi)
    first = _went(world.budi, MONDAY, "waiting")
    _went(world.budi, MONDAY + timedelta(days=3), "waiting")
    assert contact.ask_many([first], MONDAY)[0]


def test_any_number_costs_the_same_queries(world: World) -> None:
    people = [Party.objects.create(name=f"P{number}", kind="person") for number in range(40)]
    RestDay.create(by=None, day=date(2026, 12, 24), name="Galungan", kind="regional", province="Bali")
    for person in people:
        _agreed(person)
    rows = [
        _went(person, MONDAY, "waiting", address=f"p{number}@mail.example")
        for number, person in enumerate(people)
    ]
    rows += [
        _went(person, MONDAY, "waiting", channel="whatsapp", purpose="service", address=f"+62812{number:07}")
        for number, person in enumerate(people)
    ]
    contact.ask_many(rows[:1], MONDAY)
    with CaptureQueriesContext(connection) as few:
        contact.ask_many([rows[0], rows[-1]], MONDAY)
    with CaptureQueriesContext(connection) as many:
        assert len(contact.ask_many(rows, MONDAY)) == 80
    assert len(many) == len(few) <= 10


def test_an_answer_is_kept_and_read_back_in_the_readers_language(world: World) -> None:
    kept = contact.told(_ask(world.budi))
    assert (kept["verdict"], kept["reason"]) == ("no", "consent_unknown")
    lines = contact.shown(json.loads(json.dumps(kept)))
    assert lines[0].text == "The customer has not consented to this." and not lines[0].passed
    assert [line.passed for line in lines[1:]].count(False) == 1


def test_an_answer_says_when_each_rule_passes(world: World) -> None:
    _agreed(world.budi)
    lines = contact.shown(contact.told(_ask(world.budi, now=MONDAY.replace(hour=12))))
    assert lines[0].until == MONDAY.replace(hour=1) + timedelta(days=1)


def test_who_wrote_at_night_is_answered_at_night(world: World) -> None:
    night = MONDAY.replace(hour=20)
    assert _ask(world.budi, "sms", "service", now=night).verdict == "later"
    assert _ask(world.budi, "sms", "service", now=night, is_answer=True)
