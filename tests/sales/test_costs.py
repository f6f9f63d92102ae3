"""Expected value and cost to serve: what is kept on leads, deals and customers, and what a sale costs."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from relasi.activities.models import Call
from relasi.kit.access.models import Role
from relasi.kit.resources.listing import listing
from relasi.kit.resources.registry import find
from relasi.lib.periods import resolve
from relasi.sales.cost_jobs import reckon_all
from relasi.sales.cost_per_sale import by_channel, by_seller, total
from relasi.sales.expected import reckon
from relasi.sales.models import CostEntry, CostRate, Deal, DealLine, Lead, PartyWorth
from tests.catalog.conftest import Shop, shop
from tests.sales.deals import make_deal, meet_all
from tests.world import World

__all__ = ["shop"]
HTMX = {"HX-Request": "true"}


def spend(world: World, **fields: object) -> CostEntry:
    values = {"name": "Kunjungan", "party": world.budi, "owner": world.bob, "seller": world.bob, **fields}
    made: CostEntry = CostEntry.create(by=world.bob, **values)
    return made


def rate(world: World, hourly: int = 60_000, **fields: object) -> CostRate:
    made: CostRate = CostRate.create(by=world.ada, name="Tarif", hourly=hourly, **fields)
    return made


def test_a_deal_is_worth_its_margin_times_its_probability(world: World, shop: Shop) -> None:
    shop.plan.change(by=world.ada, cost=Decimal(210_000))
    deal = make_deal(world, amount=0)
    DealLine.create(by=world.bob, deal=deal, product=shop.plan, quantity=10, price=350_000)
    reckon([world.budi.pk])
    deal.refresh_from_db()
    assert deal.expected_value == Decimal("140000.00")  # 40 % of 3,500,000, at 10 %
    assert [part["code"] for part in deal.worth_parts] == ["margin_known", "chance_stage"]
    assert deal.value_per_hour == deal.expected_value


def test_minutes_and_money_are_counted_by_the_hourly_rate(world: World) -> None:
    rate(world)
    rate(world, 120_000, role=Role.objects.get(name="Seller"))
    deal = make_deal(world)
    entry = spend(world, deal=deal, minutes=30, amount=25_000)
    assert entry.cost == Decimal(85_000)
    Call.create(
        by=world.bob, party=world.budi, owner=world.bob, subject="Telepon", minutes=90,
        done_at=timezone.now(), starts_at=timezone.now(), about_noun="deal", about_id=deal.pk,
    )  # fmt: skip
    reckon([world.budi.pk])
    deal.refresh_from_db()
    assert (deal.cost_to_serve, deal.minutes_spent) == (Decimal(265_000), 120)
    assert deal.value_per_hour == (deal.expected_value / 2).quantize(Decimal("0.01"))
    worth = PartyWorth.objects.get(party=world.budi.pk)
    assert (worth.cost_to_serve, worth.expected_value) == (Decimal(265_000), deal.expected_value)


def test_a_colleague_s_own_rate_goes_before_that_of_the_role(world: World) -> None:
    rate(world, 120_000, role=Role.objects.get(name="Seller"))
    rate(world, 30_000, user=world.bob)
    assert spend(world, minutes=60).cost == 30_000
    assert spend(world, minutes=60, seller=world.citra).cost == 120_000


def test_a_lead_has_the_chance_of_its_channel(world: World) -> None:
    for n in range(20):
        lead = Lead.create(
            by=world.bob,
            party=world.siti,
            channel="referral",
            owner=world.bob,
            need=f"{n}",
            estimated_value=1000,
        )
        if n < 5:
            lead.convert(by=world.bob)
            meet_all(lead.deal, world.bob)
            Deal.objects.get(pk=lead.deal_id).win(by=world.ada)
        else:
            lead.disqualify(by=world.bob, disqualify_reason="no_need")
    lead = Lead.create(
        by=world.bob, party=world.budi, channel="referral", owner=world.bob, need="Baru",
        estimated_value=1_000_000,
    )  # fmt: skip
    reckon([world.budi.pk])
    lead.refresh_from_db()
    assert lead.expected_value == 250_000
    assert lead.worth_parts[1]["values"]["chance"] == "0.250"


def test_an_entry_needs_minutes_or_money_and_one_customer(world: World) -> None:
    with pytest.raises(ValidationError):
        spend(world)
    with pytest.raises(ValidationError):
        spend(world, party=world.siti, deal=make_deal(world), minutes=5)
    assert spend(world, party=None, deal=make_deal(world), minutes=5).party_id == world.budi.pk


def test_lists_sort_by_value_per_hour(world: World) -> None:
    make_deal(world, amount=1_000_000)
    make_deal(world, party=world.siti, amount=9_000_000)
    reckon_all()
    people = listing(find("people"), world.bob, sort=["-value_per_hour"])
    assert [row.pk for row in people.page().rows][:2] == [world.siti.pk, world.budi.pk]
    deals = listing(find("deals"), world.bob, sort=["-value_per_hour"])
    assert [row.party_id for row in deals.page().rows] == [world.siti.pk, world.budi.pk]


def test_reckoning_costs_the_same_queries_for_few_and_many(world: World) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            reckon([world.budi.pk, world.siti.pk])
        return len(seen)

    make_deal(world)
    few = asked()
    for n in range(8):
        make_deal(world, party=world.siti, name=f"Deal {n}")
        spend(world, minutes=n + 1)
    assert asked() <= few


def test_the_box_says_the_parts_in_words_to_who_may_read_them(world: World, sign_in) -> None:
    deal = make_deal(world)
    reckon_all()
    url = f"/deals/{deal.pk}/panel/worth/"
    page = sign_in(world.bob).get(url, headers=HTMX).content.decode()
    assert "Probability of the stage" in page
    assert "Probability of the stage" not in sign_in(world.dewi).get(url, headers=HTMX).content.decode()
    party = sign_in(world.bob).get(f"/people/{world.budi.pk}/panel/worth/", headers=HTMX).content.decode()
    assert "Expected of open leads and deals" in party


def test_cost_per_sale_by_channel_and_seller(world: World, sign_in) -> None:
    rate(world)
    lead = Lead.create(
        by=world.bob,
        party=world.budi,
        channel="referral",
        owner=world.bob,
        need="Polis",
        estimated_value=1000,
    )
    lead.convert(by=world.bob)
    deal = Deal.objects.get(pk=lead.deal_id)
    meet_all(deal, world.bob)
    deal.win(by=world.bob)
    spend(world, lead=lead, minutes=60)
    spend(world, party=None, channel="event", seller=None, amount=500_000, on=timezone.localdate())
    page = sign_in(world.bob).get("/cost-per-sale/?period=this month")
    told = page.content.decode()
    assert page.status_code == 200 and "Referral" in told and "Event" in told and "Bob Hutapea" in told
    assert sign_in(world.eko).get("/cost-per-sale/").status_code == 403
    before = timezone.localdate() - timedelta(days=400)
    assert not CostEntry.objects.between(before, before + timedelta(days=1)).exists()


def test_both_tables_of_cost_per_sale_tell_of_all_that_was_spent_and_sold(world: World) -> None:
    rate(world)
    deal = make_deal(world)
    meet_all(deal, world.bob)
    deal.win(by=world.bob)
    spend(world, deal=deal, minutes=60)
    spend(world, party=None, channel="event", seller=None, amount=500_000, on=timezone.localdate())
    month = resolve("this month", timezone.localdate())
    by_both = [total(found(month, world.ada)) for found in (by_channel, by_seller)]
    assert by_both[0] == by_both[1]
    assert (by_both[0].sales, by_both[0].value) == (1, deal.value)
    assert by_channel(month, world.ada)[-1].label == "By no channel"
