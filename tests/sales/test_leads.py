"""Leads: captured, weighed, given, answered, given up, brought back, made into deals."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from relasi.activities.models import Call
from relasi.activities.timeline import timeline_of
from relasi.activities.today import items_for
from relasi.catalog.models import Product
from relasi.kit.events.models import Event
from relasi.parties.actions.find_or_make_party import Known
from relasi.parties.models import Party, Relation
from relasi.sales import lead_jobs
from relasi.sales.actions.capture_lead import Giving, capture_lead
from relasi.sales.actions.convert_lead import convert_lead
from relasi.sales.explaining import told
from relasi.sales.models import (
    AssignmentRule,
    DayOff,
    Deal,
    Lead,
    ResponseTarget,
    ScoreRule,
    Shift,
    Territory,
    TerritorySeller,
)
from relasi.sales.rehearsing import rehearse
from tests.world import World

JAKARTA = ZoneInfo("Asia/Jakarta")
WEDNESDAY = datetime(2026, 8, 12, 10, 0, tzinfo=JAKARTA)
RANI = Known(name="Rani Maharani", phone="+6281299990001", city="Kota Surabaya")


@pytest.fixture(autouse=True)
def frozen() -> Any:
    with time_machine.travel(WEDNESDAY, tick=False), timezone.override(JAKARTA):
        yield


def lead_of(world: World, **fields: Any) -> Lead:
    return Lead.create(by=None, **{"party": world.budi, "need": "Dana pendidikan", **fields})


def rule(world: World, **fields: Any) -> AssignmentRule:
    made: AssignmentRule = AssignmentRule.create(by=world.ada, **{"name": "Rule", "is_live": True, **fields})
    return made


def stranger(**fields: Any) -> Lead:
    known = Known(**{"name": "Orang Baru", "phone": "+6281277770000", **fields})
    return capture_lead(known=known, by=None).lead


# capture and matching


def test_a_new_name_becomes_a_party_and_a_lead_about_it(world: World) -> None:
    captured = capture_lead(known=RANI, by=None, need="Asuransi mobil")
    assert captured.is_new and captured.lead.party == captured.party
    assert captured.party.phone == "+6281299990001"


def test_a_known_phone_and_a_like_name_is_the_party_there_is(world: World) -> None:
    captured = capture_lead(known=Known(name="Budi Santosa", phone="+6281211112222"), by=None)
    assert (captured.party.pk, captured.is_new) == (world.budi.pk, False)
    assert set(captured.lead.matched_by.split(", ")) >= {"phone"}


def test_a_name_alone_is_nobody_there_is(world: World) -> None:
    assert capture_lead(known=Known(name="Budi Santoso"), by=None).party != world.budi


def test_a_known_phone_with_another_name_is_somebody_else(world: World) -> None:
    assert capture_lead(known=Known(name="Wawan Kurniawan", phone="+6281211112222"), by=None).is_new


def test_what_a_stranger_says_does_not_overwrite_the_party(world: World) -> None:
    known = Known(name="Budi Santoso", phone="+6281211112222", email="thief@evil.example", city="Medan")
    capture_lead(known=known, by=None)
    world.budi.refresh_from_db()
    assert (world.budi.email, world.budi.city) == ("budi@santoso.example", "Jakarta Selatan")


def test_a_customer_somebody_looks_after_is_not_handed_to_the_owner_of_a_card(world: World) -> None:
    known = Known(name="Joko Susilo", phone="+6281344445555")
    lead = capture_lead(known=known, by=None, giving=Giving(to=world.bob)).lead
    assert lead.owner == world.citra


def test_the_referrer_is_related_to_whom_they_brought(world: World) -> None:
    captured = capture_lead(known=RANI, by=None, referred_by=world.budi)
    assert Relation.objects.filter(source=world.budi, target=captured.party, type__key="referrer").exists()


def test_nobody_refers_themselves(world: World) -> None:
    known = Known(name="Budi Santoso", phone="+6281211112222")
    assert capture_lead(known=known, by=None, referred_by=world.budi).lead.referred_by is None


# score


def test_a_score_tells_its_reasons(world: World) -> None:
    ScoreRule.objects.all().delete()
    ScoreRule.create(by=world.ada, name="Lives in Jakarta", condition="city ~ Jakarta", points=30)
    ScoreRule.create(by=world.ada, name="Small sum", condition="estimated_value < 1000", points=-5)
    lead = lead_of(world, estimated_value=Decimal(500))
    assert lead.score == 25
    assert [part["words"] for part in lead.score_parts] == ["Lives in Jakarta", "Small sum"]


def test_a_change_of_the_lead_weighs_it_anew(world: World) -> None:
    ScoreRule.objects.all().delete()
    ScoreRule.create(by=world.ada, name="Worth it", condition="estimated_value >= 1000000", points=40)
    lead = lead_of(world)
    lead.change(by=world.bob, estimated_value=Decimal(2_000_000))
    lead.refresh_from_db()
    assert lead.score == 40


def test_a_changed_rule_weighs_the_open_leads_anew(world: World) -> None:
    lead = lead_of(world)
    ScoreRule.objects.all().delete()
    ScoreRule.create(by=world.ada, name="Everybody", condition="", points=7)
    lead_jobs.score_open_leads()
    lead.refresh_from_db()
    assert lead.score == 7


def test_a_condition_that_cannot_be_read_is_refused_beside_its_field(world: World) -> None:
    with pytest.raises(ValidationError) as refused:
        ScoreRule.create(by=world.ada, name="Nonsense", condition="shoe = 42", points=1)
    assert "condition" in refused.value.message_dict


def test_a_condition_asks_no_guarded_field_of_a_customer(world: World) -> None:
    with pytest.raises(ValidationError):
        ScoreRule.create(by=world.ada, name="Faith", condition="religion = islam", points=1)


# assignment


def test_a_customers_lead_goes_to_whoever_looks_after_them(world: World) -> None:
    lead = lead_of(world)
    assert lead.owner == world.bob
    assert "Bob Hutapea looks after this customer." in told(lead.assignments.get().reasons)


def test_leads_of_a_team_go_round(world: World) -> None:
    rule(world, pool="team", team=world.jakarta)
    owners = [stranger(name=f"Orang {n}", phone=f"+62812777700{n:02d}").owner for n in range(4)]
    assert [owner.name for owner in owners if owner] == ["Sari Lestari", "Bob Hutapea"] * 2


def test_a_territory_takes_its_leads_by_city(world: World) -> None:
    east = Territory.create(by=world.ada, name="Timur", condition="city ~ Surabaya")
    TerritorySeller.create(by=world.ada, territory=east, user=world.citra)
    rule(world, pool="territory")
    lead = capture_lead(known=RANI, by=None).lead
    assert (lead.territory, lead.owner) == (east, world.citra)
    assert "Citra Dewanti sells in the territory Timur." in told(lead.assignments.get().reasons)


def test_the_first_rule_by_order_decides(world: World) -> None:
    rule(world, name="All", pool="person", person=world.citra, order=30)
    rule(
        world,
        name="Large",
        condition="estimated_value >= 100000000",
        pool="person",
        person=world.sari,
        order=20,
    )
    known = Known(name="Pak Besar", phone="+6281266660000")
    large = capture_lead(known=known, by=None, estimated_value=Decimal(250_000_000)).lead
    assert (large.owner, stranger().owner) == (world.sari, world.citra)


def test_a_skill_is_asked_for(world: World) -> None:
    Shift.create(by=world.ada, user=world.sari, name="Pagi", skills="jiwa, mobil")
    Shift.create(by=world.ada, user=world.bob, name="Pagi", skills="kesehatan")
    rule(world, pool="team", team=world.jakarta, skill="Kesehatan")
    assert stranger().owner == world.bob


def test_nobody_off_shift_gets_a_lead(world: World) -> None:
    Shift.create(by=world.ada, user=world.sari, name="Sabtu", weekdays="6")
    rule(world, pool="team", team=world.jakarta)
    assert {stranger(phone=f"+62812777700{n:02d}", name=f"Orang {n}").owner for n in range(2)} == {world.bob}


def test_nobody_away_gets_a_lead(world: World) -> None:
    Shift.create(
        by=world.ada, user=world.sari, name="Cuti", away_from=date(2026, 8, 10), away_until=date(2026, 8, 14)
    )
    rule(world, pool="team", team=world.jakarta)
    assert stranger().owner == world.bob


def test_who_is_full_is_passed_over_and_the_reason_says_it(world: World) -> None:
    Shift.create(by=world.ada, user=world.bob, name="Pagi", capacity=1)
    rule(world, name="To Bob", pool="person", person=world.bob, order=20)
    rule(world, name="To Citra", pool="person", person=world.citra, order=30)
    first, second = stranger(), stranger(name="Orang Kedua", phone="+6281277770002")
    assert (first.owner, second.owner) == (world.bob, world.citra)
    reasons = told(second.assignments.get().reasons)
    assert "Rule “To Bob” fits, but everybody has as many open leads as they take." in reasons


def test_who_has_the_fewest_open_leads_is_chosen(world: World) -> None:
    lead_of(world)
    rule(world, pool="team", team=world.jakarta, pick="fewest")
    assert stranger().owner == world.sari


def test_a_lead_nobody_can_have_waits_with_its_reasons(world: World) -> None:
    lead = stranger()
    assert lead.owner is None
    assert "Nobody has it: it waits to be taken." in told(lead.assignments.get().reasons)


def test_the_new_owner_gets_to_see_the_customer(world: World) -> None:
    lead = lead_of(world)
    assert world.budi not in Party.objects.visible_to(world.citra)
    lead.assign(owner=world.citra, by=world.sari)
    world.citra.__dict__.pop("rights", None)
    assert world.budi in Party.objects.visible_to(world.citra)


def test_a_stranger_nobody_looks_after_becomes_the_owners(world: World) -> None:
    rule(world, pool="person", person=world.citra)
    lead = stranger()
    lead.party.refresh_from_db()
    assert lead.party.owner == world.citra


def test_going_live_changes_nothing_that_was_given(world: World) -> None:
    given, waiting = lead_of(world), stranger()
    draft = rule(world, pool="person", person=world.citra, order=1, is_live=False)
    draft.go_live(by=world.ada)
    for lead in (given, waiting):
        lead.refresh_from_db()
    assert (given.owner, waiting.owner) == (world.bob, None)
    assert stranger(name="Orang Lain", phone="+6281277770009").owner == world.citra


def test_a_rule_without_its_colleague_does_not_go_live(world: World) -> None:
    draft = rule(world, pool="person", is_live=False)
    with pytest.raises(ValidationError):
        draft.go_live(by=world.ada)


def test_a_waiting_lead_is_seen_and_taken_by_the_sellers_of_its_territory(world: World) -> None:
    east = Territory.create(by=world.ada, name="Timur", condition="city ~ Surabaya")
    TerritorySeller.create(by=world.ada, territory=east, user=world.citra)
    lead = capture_lead(known=RANI, by=None).lead
    assert lead in Lead.objects.visible_to(world.citra)
    assert lead not in Lead.objects.visible_to(world.bob)
    lead.take(by=world.citra)
    with pytest.raises(ValidationError):
        lead.take(by=world.bob)


# rehearsal


def test_a_rehearsal_shows_who_would_have_got_what_and_writes_nothing(world: World) -> None:
    lead_of(world)
    stranger()
    draft = rule(world, pool="person", person=world.citra, order=1, is_live=False)
    events = Event.objects.count()
    result = rehearse(rules=[draft], leads=Lead.objects.all())
    assert [(line.then, line.now) for line in result.lines] == [(world.bob, world.citra), (None, world.citra)]
    assert {str(who): (then, now) for who, then, now in result.totals} == {
        "Citra Dewanti": (0, 2), "Bob Hutapea": (1, 0), "None": (1, 0),
    }  # fmt: skip
    assert Event.objects.count() == events


def test_a_rehearsal_takes_turns_as_life_would(world: World) -> None:
    for n in range(4):
        stranger(name=f"Orang {n}", phone=f"+62812777700{n:02d}")
    draft = rule(world, pool="team", team=world.jakarta, is_live=False)
    result = rehearse(rules=[draft], leads=Lead.objects.all())
    assert [line.now.name for line in result.lines] == ["Sari Lestari", "Bob Hutapea"] * 2


# the clock


def test_the_clock_runs_in_opening_hours_only(world: World) -> None:
    with time_machine.travel(datetime(2026, 8, 14, 16, 30, tzinfo=JAKARTA), tick=False):
        lead = lead_of(world)
    assert timezone.localtime(lead.response_due_at) == datetime(2026, 8, 17, 8, 30, tzinfo=JAKARTA)


def test_the_clock_stands_still_on_a_day_off(world: World) -> None:
    DayOff.create(by=world.ada, name="Hari Kemerdekaan", on=date(2026, 8, 17))
    with time_machine.travel(datetime(2026, 8, 14, 16, 30, tzinfo=JAKARTA), tick=False):
        lead = lead_of(world)
    assert timezone.localtime(lead.response_due_at) == datetime(2026, 8, 18, 8, 30, tzinfo=JAKARTA)


def test_a_better_lead_is_due_sooner(world: World) -> None:
    ResponseTarget.create(by=world.ada, name="Rujukan", condition="channel = referral", minutes=15, order=1)
    assert lead_of(world, channel="referral").response_due_at == WEDNESDAY + timedelta(minutes=15)
    assert lead_of(world).response_due_at == WEDNESDAY + timedelta(minutes=60)


def test_a_call_with_the_customer_is_the_answer(world: World) -> None:
    lead = lead_of(world)
    with time_machine.travel(WEDNESDAY + timedelta(minutes=25), tick=False):
        Call.create(
            by=world.bob, owner=world.bob, party=world.budi, subject="Hello", direction="out",
            outcome="reached", starts_at=timezone.now(),
        )  # fmt: skip
    lead.refresh_from_db()
    assert (lead.status, lead.response_minutes, lead.attempts) == ("working", 25, 1)


def test_an_unanswered_lead_is_breached_when_its_time_is_over(world: World) -> None:
    lead = lead_of(world)
    later = WEDNESDAY + timedelta(hours=2)
    assert not lead.is_breached(WEDNESDAY) and lead.is_breached(later)
    assert lead in Lead.objects.breached(later) and lead not in Lead.objects.breached(WEDNESDAY)


def test_today_shows_the_clock_of_ones_leads(world: World) -> None:
    lead = lead_of(world)
    item = next(item for item in items_for(world.bob) if item.key == f"lead-{lead.pk}")
    assert item.reason == "60 minutes left to answer"
    assert f"lead-{lead.pk}" not in {item.key for item in items_for(world.citra)}


def test_the_owner_is_warned_once_before_the_time_is_over(world: World) -> None:
    lead_of(world)
    with time_machine.travel(WEDNESDAY + timedelta(minutes=50), tick=False):
        assert lead_jobs.warn_of_clocks() == 1
        lead_jobs.warn_of_clocks()
    from relasi.activities.models import Notification

    assert Notification.objects.filter(key__startswith="lead-clock:").count() == 1


# the end of a lead


def test_giving_up_needs_a_reason(world: World) -> None:
    with pytest.raises(ValidationError) as refused:
        lead_of(world).disqualify(disqualify_reason="", by=world.bob)
    assert "disqualify_reason" in refused.value.message_dict


def test_a_lead_comes_back_on_its_day_with_a_new_clock(world: World) -> None:
    lead = lead_of(world)
    lead.disqualify(disqualify_reason="not_now", recycle_on=date(2026, 9, 1), by=world.bob)
    with time_machine.travel(datetime(2026, 9, 1, 9, 0, tzinfo=JAKARTA), tick=False):
        lead_jobs.recycle_leads()
    lead.refresh_from_db()
    assert (lead.status, lead.recycled, lead.first_response_at) == ("new", 1, None)
    assert timezone.localtime(lead.response_due_at) == datetime(2026, 9, 1, 10, 0, tzinfo=JAKARTA)


def test_qualifying_twice_is_one_event(world: World) -> None:
    lead = lead_of(world)
    lead.qualify(by=world.bob)
    lead.qualify(by=world.bob)
    assert Event.objects.of(lead).filter(verb="qualified").count() == 1


def test_a_lead_becomes_one_deal_about_the_same_party(world: World) -> None:
    lead = lead_of(world, estimated_value=Decimal(12_000_000))
    deal = convert_lead(lead=lead, by=world.ada)
    assert convert_lead(lead=lead, by=world.ada) == deal
    lead.refresh_from_db()
    assert (deal.party, deal.amount, deal.owner) == (world.budi, Decimal(12_000_000), world.bob)
    assert (lead.status, lead.deal, Deal.objects.count()) == ("converted", deal, 1)


def test_the_product_of_a_lead_stands_on_the_deal_at_what_was_estimated(world: World) -> None:
    product = Product.create(by=world.ada, name="Asuransi kesehatan", kind="service")
    lead = lead_of(world, product=product, estimated_value=Decimal(12_000_000))
    deal = convert_lead(lead=lead, by=world.ada)
    assert [(line.product, line.price) for line in deal.lines.all()] == [(product, Decimal(12_000_000))]
    deal.refresh_from_db()
    assert deal.amount == Decimal(12_000_000)


def test_a_product_nobody_priced_stands_on_the_deal_without_a_price(world: World) -> None:
    product = Product.create(by=world.ada, name="Asuransi kesehatan", kind="service")
    deal = convert_lead(lead=lead_of(world, product=product), by=world.ada)
    assert deal.lines.get().price == 0


def test_a_given_up_lead_becomes_no_deal(world: World) -> None:
    lead = lead_of(world)
    lead.disqualify(disqualify_reason="spam", by=world.bob)
    with pytest.raises(ValidationError):
        convert_lead(lead=lead, by=world.ada)


def test_each_step_stands_on_the_customers_timeline(world: World) -> None:
    lead = lead_of(world)
    lead.qualify(by=world.bob)
    verbs = set(Event.objects.filter(party_id=world.budi.pk, noun="lead").values_list("verb", flat=True))
    assert {"created", "assigned", "qualified"} <= verbs
    lead.convert(by=world.bob)
    items = {item.title: item for item in timeline_of(world.budi, user=world.bob).items}
    assert {"Lead added", "Lead: assigned", "Lead: qualified", "Lead: became a deal"} <= items.keys()
    qualified = items["Lead: qualified"]
    assert (qualified.detail, qualified.url) == (str(lead), f"/go/lead/{lead.pk}/")
