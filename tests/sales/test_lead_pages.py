"""Pages about leads: the queue, the rehearsal, the natural market, names after a close; and the API."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from relasi.activities.models import Activity
from relasi.activities.today import items_for
from relasi.kit.access.models import User
from relasi.kit.jobs.worker import Worker
from relasi.parties.actions.find_or_make_party import Known
from relasi.parties.models import Party, Relation
from relasi.sales.actions.capture_lead import capture_lead
from relasi.sales.models import (
    AssignmentRule,
    Card,
    Deal,
    ExitCriterion,
    Lead,
    MarketName,
    ReferralAsk,
    Territory,
    TerritorySeller,
)
from tests.fingerprint import fingerprint
from tests.round_trip import taken_back
from tests.world import World

SignIn = Callable[[User], Client]


@pytest.fixture
def lead(world: World) -> Lead:
    made: Lead = Lead.create(by=None, party=world.budi, need="Dana pendidikan")
    return made


def do(browser: Client, lead: Lead, verb: str, **data: Any) -> int:
    return int(browser.post(f"/leads/queue/{lead.pk}/{verb}/", data).status_code)


def test_the_queue_shows_the_next_lead_with_its_reasons(lead: Lead, world: World, sign_in: SignIn) -> None:
    page = sign_in(world.bob).get("/leads/queue/").content.decode()
    assert "Dana pendidikan" in page and "Bob Hutapea looks after this customer." in page


def test_giving_up_is_no_step_of_the_way(lead: Lead, world: World, sign_in: SignIn) -> None:
    def steps() -> list[str]:
        page = sign_in(world.bob).get(f"/leads/{lead.pk}/").content.decode()
        return re.findall(r'class="step-label">([^<]+)<', page)

    assert steps()[-1] == "Became a deal"
    lead.disqualify(disqualify_reason="spam", by=world.bob)
    assert steps()[-1] == "Disqualified"


def test_reached_logs_a_call_and_stops_the_clock(lead: Lead, world: World, sign_in: SignIn) -> None:
    assert do(sign_in(world.bob), lead, "reached") == 302
    lead.refresh_from_db()
    call = Activity.objects.get(kind="call")
    assert (lead.status, lead.attempts, call.outcome, call.party) == ("working", 1, "reached", world.budi)


def test_not_reached_comes_back_in_two_hours(lead: Lead, world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.bob)
    do(browser, lead, "not_reached")
    lead.refresh_from_db()
    assert lead.status == "new" and lead.attempts == 1 and lead.next_at > timezone.now()
    assert "Dana pendidikan" not in browser.get("/leads/queue/").content.decode()


def test_giving_up_without_a_reason_is_refused(lead: Lead, world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.bob)
    do(browser, lead, "disqualify")
    lead.refresh_from_db()
    assert lead.status == "new"
    do(browser, lead, "disqualify", disqualify_reason="no_need", recycle_on="2099-01-01")
    lead.refresh_from_db()
    assert (lead.status, str(lead.recycle_on)) == ("disqualified", "2099-01-01")


def test_a_lead_is_made_a_deal_from_the_queue(lead: Lead, world: World, sign_in: SignIn) -> None:
    answer = sign_in(world.bob).post(f"/leads/queue/{lead.pk}/convert/")
    deal = Deal.objects.get()
    assert (deal.party, answer.url) == (world.budi, f"/deals/{deal.pk}/")


@pytest.mark.parametrize("who", ["citra", "eko", "mira"])
@pytest.mark.parametrize(
    "verb", ["reached", "not_reached", "qualify", "convert", "disqualify", "put_off", "take"]
)
def test_nobody_works_on_the_leads_of_others(
    lead: Lead, world: World, sign_in: SignIn, who: str, verb: str
) -> None:
    browser = sign_in(getattr(world, who))
    before = fingerprint()
    assert do(browser, lead, verb, disqualify_reason="spam", hours="24") in {403, 404}
    assert fingerprint() == before


def test_a_waiting_lead_of_another_territory_cannot_be_taken(world: World, sign_in: SignIn) -> None:
    known = Known(name="Orang Baru", phone="+6281277770000", city="Kota Surabaya")
    waiting = capture_lead(known=known, by=None).lead
    assert do(sign_in(world.bob), waiting, "take") == 404
    east = Territory.create(by=world.ada, name="Timur", condition="city ~ Surabaya")
    TerritorySeller.create(by=world.ada, territory=east, user=world.citra)
    waiting.change(by=world.ada, territory=east)
    assert do(sign_in(world.citra), waiting, "take") == 302
    waiting.refresh_from_db()
    assert waiting.owner == world.citra


def test_the_queue_costs_the_same_for_few_and_many(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.bob)

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert browser.get("/leads/queue/").status_code == 200
        return len(seen)

    for number in range(2):
        Lead.create(by=None, party=world.budi, need=f"Need {number}")
    queries()
    few = queries()
    for number in range(9):
        Lead.create(by=None, party=world.budi, need=f"More {number}")
    assert queries() == few


# the rehearsal


def test_a_rehearsal_is_shown_and_writes_nothing(lead: Lead, world: World, sign_in: SignIn) -> None:
    draft = AssignmentRule.create(by=world.ada, name="To Citra", pool="person", person=world.citra)
    browser = sign_in(world.sari)
    before = fingerprint()
    page = browser.get(f"/leads/rehearsal/?period=this month&rule={draft.pk}&go=1").content.decode()
    assert "1 lead, 1 would go to somebody else" in page and "The rule names Citra Dewanti." in page
    assert fingerprint() == before


@pytest.mark.parametrize("who", ["bob", "mira", "eko", "dewi"])
def test_only_who_sets_rules_rehearses(world: World, sign_in: SignIn, who: str) -> None:
    assert sign_in(getattr(world, who)).get("/leads/rehearsal/").status_code == 403


def test_a_period_nobody_understands_is_said(world: World, sign_in: SignIn) -> None:
    assert sign_in(world.ada).get("/leads/rehearsal/?period=blah&go=1").status_code == 422


# the natural market


def test_a_name_goes_on_the_list_as_a_party(world: World, sign_in: SignIn) -> None:
    data = {
        "name": "Om Herman", "phone": "0812 5555 0001", "circle": "family", "need": "Pensiun",
        "estimated_value": "5 jt", "next_step": "Silaturahmi", "next_on": "2099-01-05",
    }  # fmt: skip
    assert sign_in(world.bob).post("/natural-market/", data).status_code == 302
    listed = MarketName.objects.get()
    assert (listed.owner, listed.party.owner, listed.circle) == (world.bob, world.bob, "family")
    assert listed.estimated_value == 5_000_000 and listed.party.phone == "+6281255550001"


def test_a_known_name_is_the_party_there_is(world: World, sign_in: SignIn) -> None:
    sign_in(world.bob).post("/natural-market/", {"name": "Budi Santoso", "phone": "0812 1111 2222"})
    assert MarketName.objects.get().party == world.budi


def test_nobody_is_listed_twice(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.bob)
    codes = [
        browser.post("/natural-market/", {"name": "Budi Santoso", "phone": "081211112222"}).status_code
        for _ in range(2)
    ]
    assert (codes, MarketName.objects.count()) == ([302, 422], 1)


def test_a_colleagues_customer_is_not_taken_over_by_a_list(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.bob)
    before = fingerprint()
    answer = browser.post("/natural-market/", {"name": "Joko Susilo", "phone": "0813 4444 5555"})
    assert (
        answer.status_code == 422
        and "Citra Dewanti looks after this person already." in answer.content.decode()
    )
    assert fingerprint() == before


@pytest.mark.parametrize("field", ["phone", "next_on", "estimated_value", "name"])
def test_bad_input_is_said_beside_the_field(world: World, sign_in: SignIn, field: str) -> None:
    data = {"name": "Om Herman", field: "" if field == "name" else "xx"}
    answer = sign_in(world.bob).post("/natural-market/", data)
    assert answer.status_code == 422 and f'id="f-{field}-error"' in answer.content.decode()
    assert MarketName.objects.count() == 0


def test_a_name_becomes_one_lead(world: World) -> None:
    listed = MarketName.create(by=world.bob, party=world.budi, owner=world.bob, need="Pensiun")
    assert listed.make_lead(by=world.bob) == listed.make_lead(by=world.bob)
    assert (Lead.objects.get().channel, Lead.objects.get().owner) == ("natural_market", world.bob)


# who else should I talk to?


@pytest.fixture
def ask(world: World) -> ReferralAsk:
    deal = Deal.create(by=world.bob, party=world.budi, owner=world.bob, name="Polis jiwa", amount=100)
    for criterion in ExitCriterion.objects.filter(stage__pipeline=deal.pipeline):
        deal.meet(criterion, by=world.bob)
    deal.win(by=world.bob)
    Worker().run_until_empty()
    made: ReferralAsk = ReferralAsk.objects.get()
    return made


def test_each_close_asks_for_names(ask: ReferralAsk, world: World) -> None:
    item = next(item for item in items_for(world.bob) if item.key == f"ask-{ask.pk}")
    assert item.title == "Ask Budi Santoso: who else should I talk to?"


def test_the_names_go_on_the_list_with_who_gave_them(ask: ReferralAsk, world: World, sign_in: SignIn) -> None:
    data = {"name-0": "Tante Ida", "phone-0": "0812 5555 0002", "name-1": "Pak Yos", "answer": "names"}
    assert sign_in(world.bob).post(f"/referral-asks/{ask.pk}/names/", data).status_code == 302
    ask.refresh_from_db()
    listed = MarketName.objects.order_by("name")
    assert (ask.answer, ask.names_given) == ("names", 2)
    assert [(one.name, one.introduced_by, one.circle) for one in listed] == [
        ("Pak Yos", world.budi, "referred"), ("Tante Ida", world.budi, "referred"),
    ]  # fmt: skip
    assert Relation.objects.filter(source=world.budi, type__key="referrer").count() == 2


def test_no_names_and_later_are_answers_too(ask: ReferralAsk, world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.bob)
    assert browser.post(f"/referral-asks/{ask.pk}/later/").status_code == 200
    assert f"ask-{ask.pk}" not in {item.key for item in items_for(world.bob)}
    browser.post(f"/referral-asks/{ask.pk}/names/", {"answer": "no"})
    ask.refresh_from_db()
    assert ask.answer == "no"


@pytest.mark.parametrize("who", ["citra", "eko", "mira"])
@pytest.mark.parametrize("page", ["names", "later"])
def test_nobody_answers_for_the_customers_of_others(
    ask: ReferralAsk, world: World, sign_in: SignIn, who: str, page: str
) -> None:
    browser = sign_in(getattr(world, who))
    before = fingerprint()
    answer = browser.post(f"/referral-asks/{ask.pk}/{page}/", {"name-0": "Mallory", "answer": "names"})
    assert answer.status_code in {403, 404}
    assert fingerprint() == before


# card, API, file


def test_ones_card_is_made_with_one_press(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.bob)
    for _ in range(2):
        browser.post("/my-card/")
    card = Card.objects.get()
    assert (card.owner, card.name) == (world.bob, "Bob Hutapea")
    assert card.slug in browser.get("/my-card/").content.decode()


def post(browser: Client, body: dict[str, Any], **headers: str) -> Any:
    return browser.post("/api/v1/leads/capture/", json.dumps(body), "application/json", headers=headers)


def test_a_program_hands_in_a_name(world: World, sign_in: SignIn) -> None:
    body = {"name": "Rani Maharani", "phone": "0812 9999 0001", "need": "Mobil", "value": "2500000"}
    browser = sign_in(world.ada)
    key = {"Idempotency-Key": "abc"}
    made, again = post(browser, body, **key), post(browser, body, **key)
    assert made.status_code == 201 and made.json() == again.json() and made.json()["is_new"]
    assert Lead.objects.get().estimated_value == 2_500_000


def test_a_program_is_told_what_is_wrong_by_field(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.ada)
    assert "phone" in post(browser, {"name": "Rani", "phone": "12"}).json()["fields"]
    assert post(browser, {"name": "Rani"}).status_code == 422
    assert Lead.objects.count() == Party.objects.filter(name="Rani").count() == 0


def test_a_sellers_program_learns_nothing_of_others_customers(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.bob)
    before = fingerprint()
    answer = post(browser, {"name": "Joko Susilo", "phone": "0813 4444 5555"})
    assert answer.status_code == 422 and "Surabaya" not in answer.content.decode()
    assert fingerprint() == before


@pytest.mark.parametrize("who", ["eko", "mira"])
def test_who_may_not_add_leads_captures_none(world: World, sign_in: SignIn, who: str) -> None:
    assert post(sign_in(getattr(world, who)), {"name": "Rani", "phone": "081299990001"}).status_code == 403


def test_a_file_of_names_becomes_leads(world: World) -> None:
    from relasi.sales.resources.leads import leads

    rows = "Nama Lengkap,No HP,Kota,Need\nRani Maharani,0812 9999 0001,Kota Surabaya,Mobil\n"
    rows += "Budi Santoso,0812 1111 2222,,Pensiun\nSalah,12,,Apa\n"
    run = taken_back(leads, rows.encode(), by=world.ada)
    assert [row.outcome for row in run.rows.order_by("id")] == ["created", "created", "failed"]
    assert set(Lead.objects.values_list("party__name", "channel")) == {
        ("Rani Maharani", "import"), ("Budi Santoso", "import"),
    }  # fmt: skip
