"""The pages of deals: board and drops, panels, Today, the flow of a pipeline."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from relasi.activities.models import Task
from relasi.activities.today import items_for
from relasi.kit.resources import lanes
from relasi.kit.resources.listing import listing
from relasi.kit.resources.registry import find, panels_of
from relasi.sales.actions.follow_up_deals import follow_all_deals
from relasi.sales.models import Competitor, CriterionMet, Deal, ExitCriterion
from tests.sales.deals import make_deal, meet_all, pipeline, reason, stage
from tests.world import World

HTMX = {"HX-Request": "true"}


def _drop(browser, deal: Deal, target, **more: object):
    form = {"id": deal.pk, "lane": target.pk, "version": deal.version, **more}
    return browser.post("/deals/board/move/", form, headers=HTMX)


def test_the_board_has_the_stages_of_one_pipeline_with_number_and_sums(world: World) -> None:
    make_deal(world)
    make_deal(world, name="Second", amount=50_000_000)
    found = list(lanes.lanes_of(listing(find("deals"), world.ada)))
    assert [lane.value for lane in found] == [str(one.pk) for one in pipeline().stages.order_by("order")]
    assert (found[0].count, found[0].total, found[0].weighted) == (2, 150_000_000, 15_000_000)


def test_who_sees_some_deals_has_them_counted_summed_and_in_order(world: World) -> None:
    bobs = make_deal(world, name="Bob's")
    make_deal(world, name="Citra's", party=world.maju, owner=world.citra)
    shared = make_deal(world, name="Shared", party=world.maju, owner=world.citra, amount=50_000_000)
    shared.split(by=world.citra, shares={world.citra.pk: 60, world.bob.pk: 40})
    sooner = timezone.localdate() + timedelta(days=1)
    first = make_deal(world, name="Sooner", amount=1_000_000, expected_close_on=sooner)
    lane = lanes.lanes_of(listing(find("deals"), world.bob, sort=("expected_close_on",)))[0]
    assert [card.record for card in lane.cards] == [first, bobs, shared]
    assert (lane.count, lane.total, lane.weighted, lane.next) == (3, 151_000_000, 15_100_000, None)


def test_cards_far_behind_those_of_others_are_found(world: World, monkeypatch) -> None:
    monkeypatch.setattr(lanes, "CARDS", 2)
    monkeypatch.setattr(lanes, "TRIED", 1)
    for n in range(4):
        make_deal(world, name=f"Citra's {n}", party=world.maju, owner=world.citra)
    mine = [make_deal(world, name=f"Bob's {n}") for n in range(3)]
    lane = lanes.lanes_of(listing(find("deals"), world.bob, sort=("id",)))[0]
    assert [card.record for card in lane.cards] == mine[:2]
    rest = lanes.more_of(listing(find("deals"), world.bob, sort=("id",)), lane.value, lane.next)
    assert [card.record for card in rest.cards] == mine[2:]


def test_another_pipeline_is_one_click_away(world: World, sign_in) -> None:
    make_deal(world, name="Perpanjangan polis", pipeline=pipeline(1))
    browser = sign_in(world.bob)
    first = browser.get("/deals/board/", headers=HTMX).content.decode()
    assert "Perpanjangan polis" not in first
    assert f"pipeline+%3D+{pipeline(1).pk}" in first
    second = browser.get(f"/deals/board/?filter=pipeline = {pipeline(1).pk}", headers=HTMX)
    assert "Perpanjangan polis" in second.content.decode()


def test_a_board_costs_a_fixed_number_of_queries(
    world: World, sign_in, django_assert_max_num_queries
) -> None:
    for n in range(30):
        make_deal(world, name=f"Deal {n}", stage=stage(n % 5))
    browser = sign_in(world.sari)
    with django_assert_max_num_queries(28):
        assert browser.get("/deals/board/", headers=HTMX).status_code == 200


def test_a_drop_asks_for_what_the_stage_requires_and_keeps_it(world: World, sign_in) -> None:
    deal = make_deal(world, amount=0)
    browser = sign_in(world.bob)
    asked = _drop(browser, deal, stage(1))
    assert asked.status_code == 422
    assert 'name="amount"' in asked.content.decode()
    assert _drop(browser, deal, stage(1), amount="7.500.000", from_dialog="1").status_code == 204
    deal.refresh_from_db()
    assert (deal.stage, deal.amount) == (stage(1), 7_500_000)


def test_a_drop_asks_for_the_exit_criteria_and_the_next_activity(world: World, sign_in) -> None:
    deal = make_deal(world, stage=stage(1))
    browser = sign_in(world.bob)
    criteria = ExitCriterion.objects.filter(stage__pipeline=pipeline())
    asked = _drop(browser, deal, stage(4)).content.decode()
    assert all(f'name="criterion.{criterion.pk}"' in asked for criterion in criteria)
    assert 'name="next.subject"' in asked
    ticks = {f"criterion.{criterion.pk}": "on" for criterion in criteria}
    ticks |= {f"criterion.{criterion.pk}:shown": "1" for criterion in criteria}
    at = (timezone.localtime() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    plan = {"next.subject": "Talk about the price", "next.at": at}
    assert _drop(browser, deal, stage(4), from_dialog="1", **ticks, **plan).status_code == 204
    deal.refresh_from_db()
    assert deal.stage == stage(4)
    assert Task.objects.get(about_noun="deal", about_id=deal.pk).subject == "Talk about the price"


def test_a_criterion_left_unticked_holds_the_card(world: World, sign_in) -> None:
    deal = make_deal(world, stage=stage(1))
    criterion = ExitCriterion.objects.filter(stage=stage(1)).first()
    shown = {f"criterion.{criterion.pk}:shown": "1", "from_dialog": "1"}
    assert _drop(sign_in(world.bob), deal, stage(2), **shown).status_code == 422
    deal.refresh_from_db()
    assert deal.stage == stage(1)


def test_a_stage_is_offered_with_its_pipeline(world: World, sign_in, django_assert_max_num_queries) -> None:
    browser = sign_in(world.bob)
    with django_assert_max_num_queries(14):
        offered = browser.get("/deals/options/?field=stage&q=", headers=HTMX).content.decode()
    assert pipeline(0).name in offered and pipeline(1).name in offered


def test_a_drop_on_lost_asks_why(world: World, sign_in) -> None:
    deal = make_deal(world)
    browser, lost = sign_in(world.bob), pipeline().stage_for("lost")
    asked = _drop(browser, deal, lost)
    assert asked.status_code == 422 and 'name="close_reason"' in asked.content.decode()
    given = {"close_reason": reason().pk, "close_note": "Too dear", "from_dialog": "1"}
    assert _drop(browser, deal, lost, **given).status_code == 204
    deal.refresh_from_db()
    assert (deal.status, deal.close_reason, deal.close_note) == ("lost", reason(), "Too dear")


def test_a_closed_card_is_carried_back_only_by_who_may_open_it_again(world: World, sign_in) -> None:
    deal = make_deal(world)
    deal.lose(by=world.bob, close_reason=reason())
    assert _drop(sign_in(world.bob), deal, stage(0)).status_code == 403
    assert _drop(sign_in(world.sari), deal, stage(0)).status_code == 200
    deal.refresh_from_db()
    assert deal.is_open


def test_every_panel_opens(world: World, sign_in) -> None:
    deal = make_deal(world)
    deal.add_competitor(competitor=Competitor.create(by=world.ada, name="PT Pesaing"), by=world.bob)
    browser = sign_in(world.bob)
    for panel in panels_of(find("deals")):
        assert browser.get(f"/deals/{deal.pk}/panel/{panel.name}/", headers=HTMX).status_code == 200


def test_every_dialog_opens(world: World, sign_in) -> None:
    deal = make_deal(world)
    browser = sign_in(world.ada)
    for verb in ("win", "lose", "plan", "move_to", "push", "split", "add_competitor", "meet"):
        assert browser.get(f"/deals/{deal.pk}/do/{verb}/", headers=HTMX).status_code == 200


def test_a_criterion_is_ticked_and_the_tick_taken_away(world: World, sign_in) -> None:
    deal, browser = make_deal(world, stage=stage(1)), sign_in(world.bob)
    criterion = ExitCriterion.objects.filter(stage=stage(1)).first()
    url = f"/deals/{deal.pk}/criteria/{criterion.pk}/"
    assert browser.post(url).status_code == 204
    assert CriterionMet.objects.get().said_by == world.bob
    assert browser.post(url).status_code == 204
    assert not CriterionMet.objects.exists()


def test_what_is_written_on_a_deal_s_page_is_about_the_deal(world: World, sign_in) -> None:
    deal = make_deal(world)
    page = sign_in(world.bob).get(f"/timeline/{world.budi.pk}/?about=deal-{deal.pk}").content.decode()
    assert f"compose/note/?about=deal-{deal.pk}" in page
    form = {"subject": "Send the brochure", "due_at": "2030-01-01T09:00", "priority": "normal"}
    sign_in(world.bob).post(f"/timeline/{world.budi.pk}/compose/task/?about=deal-{deal.pk}", form)
    assert Task.objects.get().about_id == deal.pk


def test_today_tells_of_deals_that_want_care_once_each(world: World) -> None:
    late = make_deal(world, name="Late", expected_close_on=timezone.localdate() - timedelta(days=2))
    old = make_deal(world, name="Old")
    Deal.objects.filter(pk=old.pk).update(stage_since=timezone.now() - timedelta(days=9))
    follow_all_deals()
    make_deal(world, name="Unplanned")
    told = {item.title: item for item in items_for(world.bob) if item.key.startswith("deal-")}
    assert told.keys() == {"Late", "Old", "Unplanned"}
    assert "passed" in told["Late"].reason and late.pk
    assert "9 days" in told["Old"].reason
    assert not [item for item in items_for(world.citra) if item.key.startswith("deal-")]


def test_the_flow_tells_how_deals_go_on(world: World, sign_in) -> None:
    for n in range(3):
        deal = make_deal(world, name=f"Deal {n}")
        deal.move_to(stage(1), by=world.bob)
    meet_all(deal, world.bob)
    deal.lose(by=world.bob, close_reason=reason())
    page = sign_in(world.bob).get("/pipelines/flow/?period=this month")
    assert page.status_code == 200
    rows = page.context["flow"] if page.context else None
    assert rows is None or (rows[0].came, rows[0].on, rows[1].lost) == (3, 3, 1)


def test_a_customer_is_found_by_deals(world: World) -> None:
    deal = make_deal(world)
    asked = listing(find("people"), world.bob, filter="has_open_deal = yes")
    assert [row.pk for row in asked.rows()] == [world.budi.pk]
    meet_all(deal, world.bob)
    deal.win(by=world.bob)
    assert [row.pk for row in listing(find("people"), world.bob, filter="won_deals >= 1").rows()] == [
        world.budi.pk
    ]


def test_a_verb_is_called_through_the_api(world: World, sign_in) -> None:
    deal = make_deal(world)
    browser = sign_in(world.ada)
    refused = browser.post(f"/api/v1/deals/{deal.pk}/lose/", {}, content_type="application/json")
    assert refused.status_code == 422
    body = {"close_reason": reason().pk, "close_note": "Too dear"}
    done = browser.post(f"/api/v1/deals/{deal.pk}/lose/", body, content_type="application/json")
    assert (done.status_code, done.json()["status"]) == (200, "lost")
    assert (
        browser.patch(
            f"/api/v1/deals/{deal.pk}/", {"amount": "1"}, content_type="application/json"
        ).status_code
        == 422
    )
