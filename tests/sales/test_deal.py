"""A deal on its way: stages and their gates, winning and losing, the lock, currencies, credit, rivals."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from relasi.activities.models import Task
from relasi.catalog.models import ExchangeRate, Product
from relasi.kit.access.rights import may
from relasi.kit.events.models import Event
from relasi.kit.resources import batches
from relasi.kit.resources.doing import do
from relasi.kit.resources.registry import find, verbs_of
from relasi.parties.models import RungMove, RungRule
from relasi.sales.actions.follow_up_deals import follow_all_deals, follow_deals_of_stage
from relasi.sales.models import Competitor, Deal, DealLine, DealSplit, StageStay
from tests.sales.deals import make_deal, meet_all, pipeline, reason, stage
from tests.world import World


def test_a_deal_begins_in_the_first_stage_of_the_first_pipeline(world: World) -> None:
    deal = make_deal(world)
    assert (deal.pipeline, deal.stage, deal.status) == (pipeline(), stage(0), "open")


def test_its_weighted_value_is_value_times_the_probability_of_its_stage(world: World) -> None:
    deal = make_deal(world)
    assert deal.weighted == Decimal("10000000.00")


def test_a_probability_of_its_own_goes_before_the_stage_s(world: World) -> None:
    deal = make_deal(world, own_probability=55)
    assert (deal.probability, deal.weighted) == (55, Decimal("55000000.00"))


def test_a_step_is_one_event_by_its_own_word(world: World) -> None:
    deal = make_deal(world)
    deal.change(by=world.bob, stage=stage(1))
    event = Event.objects.of(deal).first()
    assert (event.verb, event.changes["stage_id"]) == ("moved", [stage(0).pk, stage(1).pk])


def test_another_pipeline_is_entered_by_its_first_stage(world: World) -> None:
    deal = make_deal(world)
    deal.change(by=world.bob, pipeline=pipeline(1))
    assert deal.stage == stage(0, pipeline(1))


def test_a_stage_asks_for_its_required_fields(world: World) -> None:
    deal = make_deal(world, amount=0)
    with pytest.raises(ValidationError) as refused:
        deal.move_to(stage(1), by=world.bob)
    assert "amount" in refused.value.message_dict
    deal.move_to(stage(1), by=world.bob, amount=5_000_000)
    assert deal.stage == stage(1)


def test_a_stage_asks_for_a_next_activity(world: World) -> None:
    deal = make_deal(world)
    meet_all(deal, world.bob)
    with pytest.raises(ValidationError, match="Next activity"):
        deal.move_to(stage(4), by=world.bob)
    deal.plan(by=world.bob, subject="Call", at=timezone.now() + timedelta(days=1))
    deal.refresh_from_db()
    deal.move_to(stage(4), by=world.bob)
    assert deal.stage == stage(4)


def test_exit_criteria_hold_a_deal_back_but_not_on_the_way_back(world: World) -> None:
    deal = make_deal(world, stage=stage(1))
    with pytest.raises(ValidationError, match="Not met yet"):
        deal.move_to(stage(2), by=world.bob)
    assert deal.move_to(stage(0), by=world.bob)


def test_a_refused_step_writes_nothing(world: World) -> None:
    deal = make_deal(world, amount=0)
    before = Event.objects.count(), StageStay.objects.count()
    with pytest.raises(ValidationError):
        deal.move_to(stage(1), by=world.bob)
    assert (Event.objects.count(), StageStay.objects.count()) == before


def test_time_in_each_stage_is_measured(world: World) -> None:
    deal = make_deal(world)
    deal.move_to(stage(1), by=world.bob)
    stays = list(StageStay.objects.filter(deal=deal))
    assert [(stay.stage, stay.left_at is None) for stay in stays] == [(stage(0), False), (stage(1), True)]


# winning and losing


def test_a_lost_deal_needs_a_reason(world: World) -> None:
    deal = make_deal(world)
    with pytest.raises(ValidationError) as refused:
        deal.lose(by=world.bob)
    assert "close_reason" in refused.value.message_dict
    deal.lose(by=world.bob, close_reason=reason())
    assert (deal.status, deal.weighted, deal.closed_on) == ("lost", 0, timezone.localdate())


def test_a_reason_for_won_deals_does_not_explain_a_lost_one(world: World) -> None:
    with pytest.raises(ValidationError):
        make_deal(world).lose(by=world.bob, close_reason=reason("won"))


def test_a_closed_deal_is_locked(world: World) -> None:
    deal = _won(world)
    with pytest.raises(ValidationError, match="locked"):
        deal.change(by=world.bob, amount=1)
    deal.change(by=world.sari, owner=world.citra)
    assert deal.owner == world.citra


def test_what_belongs_to_a_closed_deal_is_locked_too(world: World) -> None:
    deal = _won(world)
    with pytest.raises(ValidationError, match="locked"):
        deal.split(shares={world.bob.pk: Decimal(100)}, by=world.bob)


def test_nobody_closes_a_deal_by_writing_its_stage(world: World) -> None:
    deal = make_deal(world)
    with pytest.raises(ValidationError) as refused:
        deal.change(by=world.bob, stage=pipeline().stage_for("won"))
    assert "stage" in refused.value.message_dict


def test_opening_again_is_a_right_of_its_own_and_leads_back(world: World) -> None:
    deal = make_deal(world)
    deal.move_to(stage(1), by=world.bob)
    meet_all(deal, world.bob)
    deal.win(by=world.bob)
    assert not may(world.bob, "reopen", deal)
    assert may(world.sari, "reopen", deal)
    deal.reopen(by=world.sari)
    assert (deal.status, deal.stage, deal.closed_on) == ("open", stage(1), None)


def test_winning_twice_is_harmless(world: World) -> None:
    deal = _won(world)
    events = Event.objects.of(deal).count()
    assert deal.win(by=world.bob) is False
    assert Event.objects.of(deal).count() == events


def test_winning_can_be_taken_back(world: World) -> None:
    world.joko.change(by=world.ada, rung="prospect")
    deal = make_deal(world, party=world.joko)
    meet_all(deal, world.bob)
    win = next(verb for verb in verbs_of(find("deals")) if verb.name == "win")
    batches.undo(do(win, deal, {}, resource=find("deals"), by=world.ada), by=world.ada)
    deal.refresh_from_db()
    world.joko.refresh_from_db()
    assert (deal.status, deal.stage, world.joko.rung) == ("open", stage(0), "prospect")
    assert StageStay.objects.get(deal=deal).left_at is None


def test_who_buys_becomes_a_first_time_customer_with_day_and_reason(world: World) -> None:
    world.joko.move_to("suspect", by=world.citra, reason="By hand, yesterday")
    deal = make_deal(world, party=world.joko)
    meet_all(deal, world.bob)
    deal.win(by=world.bob)
    world.joko.refresh_from_db()
    move = RungMove.objects.filter(party=world.joko).first()
    assert (world.joko.rung, world.joko.rung_since) == ("first_time", timezone.localdate())
    assert "Dana pendidikan" in move.reason


def test_who_buys_again_becomes_a_repeat_customer(world: World) -> None:
    for _n in range(2):
        deal = make_deal(world, party=world.joko)
        meet_all(deal, world.bob)
        deal.win(by=world.bob)
    world.joko.refresh_from_db()
    assert world.joko.rung == "repeat"


def test_a_sale_never_leads_down_and_a_rule_out_of_use_moves_nobody(world: World) -> None:
    _won(world)
    world.budi.refresh_from_db()
    assert world.budi.rung == "client"
    RungRule.objects.filter(filter__contains="won_deals").update(is_active=False)
    deal = make_deal(world, party=world.joko)
    meet_all(deal, world.bob)
    deal.win(by=world.bob)
    world.joko.refresh_from_db()
    assert world.joko.rung == "prospect"


# rotting and plans


def _age(deal: Deal, days: int) -> None:
    Deal.objects.filter(pk=deal.pk).update(stage_since=timezone.now() - timedelta(days=days))
    follow_all_deals()
    deal.refresh_from_db()


def test_a_deal_left_alone_rots(world: World) -> None:
    deal = make_deal(world)
    assert deal.rotting == ""
    _age(deal, 10)
    assert deal.rotting == "is-rotting"
    _age(deal, 20)
    assert deal.rotting == "is-rotten"


def test_a_deal_with_a_plan_ahead_does_not_rot(world: World) -> None:
    deal = make_deal(world)
    _age(deal, 20)
    deal.plan(by=world.bob, subject="Visit", at=timezone.now() + timedelta(days=2))
    deal.refresh_from_db()
    assert deal.rotting == ""
    assert deal not in Deal.objects.rotting(timezone.now())


def test_a_plan_with_the_customer_counts_and_goes_when_it_is_done(world: World) -> None:
    deal = make_deal(world)
    task = Task.create(
        by=world.bob,
        subject="Call",
        owner=world.bob,
        party=world.budi,
        due_at=timezone.now() + timedelta(days=1),
    )
    deal.refresh_from_db()
    assert deal.next_activity_at == task.due_at
    task.finish(by=world.bob)
    deal.refresh_from_db()
    assert (deal.next_activity_at, deal.last_activity_at) == (None, task.done_at)


def test_a_plan_about_another_deal_does_not_count(world: World) -> None:
    first, second = make_deal(world), make_deal(world, name="Asuransi mobil")
    first.plan(by=world.bob, subject="Call", at=timezone.now() + timedelta(days=1))
    second.refresh_from_db()
    assert second.next_activity_at is None


def test_deals_follow_a_stage_that_is_changed(world: World) -> None:
    deal = make_deal(world)
    stage(0).change(by=world.ada, probability=30)
    follow_deals_of_stage(stage_id=stage(0).pk)
    deal.refresh_from_db()
    assert (deal.probability, deal.weighted) == (30, Decimal("30000000.00"))


# currencies


def test_value_is_reckoned_by_the_rate_of_the_day(world: World) -> None:
    ExchangeRate.create(by=None, currency="USD", on=date(2020, 1, 1), rate=Decimal(15000))
    deal = make_deal(world, amount=Decimal(1000), currency="USD")
    assert deal.value == Decimal("15000000.00")
    ExchangeRate.create(by=None, currency="USD", on=timezone.localdate(), rate=Decimal(16000))
    follow_all_deals()
    deal.refresh_from_db()
    assert deal.value == Decimal("16000000.00")


def test_a_currency_without_a_rate_is_refused_in_plain_words(world: World) -> None:
    with pytest.raises(ValidationError, match="no exchange rate"):
        make_deal(world, amount=Decimal(1000), currency="CHF")


# what belongs to it


def test_shares_of_the_credit_make_a_hundred(world: World) -> None:
    deal = make_deal(world)
    with pytest.raises(ValidationError, match="not 100"):
        deal.split(shares={world.bob.pk: Decimal(60)}, by=world.bob)
    deal.split(shares={world.bob.pk: Decimal(60), world.citra.pk: Decimal(40)}, by=world.bob)
    deal.refresh_from_db()
    assert deal.is_split
    assert DealSplit.objects.filter(deal=deal).count() == 2


def test_who_shares_the_credit_sees_the_deal(world: World) -> None:
    deal = make_deal(world)
    assert deal not in Deal.objects.visible_to(world.citra)
    deal.split(shares={world.bob.pk: Decimal(60), world.citra.pk: Decimal(40)}, by=world.bob)
    assert deal in Deal.objects.visible_to(world.citra)


def test_with_products_the_amount_is_their_sum(world: World) -> None:
    deal = make_deal(world)
    product = Product.create(by=world.ada, name="AC 1 PK", kind="goods", list_price=4_000_000)
    line = DealLine.create(by=world.bob, deal=deal, product=product, quantity=2, discount=10)
    deal.refresh_from_db()
    assert (line.amount, deal.amount) == (Decimal("7200000.00"), Decimal("7200000.00"))
    line.remove(by=world.bob)
    second = DealLine.create(by=world.bob, deal=deal, product=product, quantity=1, price=Decimal(3_500_000))
    deal.refresh_from_db()
    assert deal.amount == second.amount == Decimal("3500000.00")


def test_a_competitor_stands_on_a_deal_once(world: World) -> None:
    rival, deal = Competitor.create(by=world.ada, name="PT Pesaing"), make_deal(world)
    deal.add_competitor(competitor=rival, by=world.bob)
    with pytest.raises(ValidationError, match="already"):
        deal.add_competitor(competitor=rival, by=world.bob)


def test_a_seller_sees_only_own_deals_and_a_manager_those_of_the_team(world: World) -> None:
    deal = make_deal(world)
    seeing = [user.name for user in world.users if deal in Deal.objects.visible_to(user)]
    assert seeing == ["Ada Wijaya", "Sari Lestari", "Bob Hutapea", "Dewi Anggraini", "Mira Kusuma"]


def _won(world: World) -> Deal:
    deal = make_deal(world)
    meet_all(deal, world.bob)
    deal.win(by=world.bob)
    return deal
