"""The forecast: figures by person, team and product, numbers people give, and what changed."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from relasi.catalog.models import Product
from relasi.kit.events.models import Event
from relasi.lib.periods import period_of
from relasi.sales.actions.take_snapshot import take_snapshot
from relasi.sales.forecast import forecast
from relasi.sales.models import Deal, DealLine, ForecastCall, PipelineSnapshot, Quota
from relasi.sales.models.quota import call_of
from relasi.sales.waterfall import slipped, waterfall
from tests.sales.deals import make_deal, meet_all, pipeline, reason, stage
from tests.world import World

MILLION = Decimal(1_000_000)


def today() -> date:
    return timezone.localdate()


def month():
    return period_of("month", today())


def test_commit_best_case_and_weighted_are_told_apart(world: World) -> None:
    won = make_deal(world, amount=10 * MILLION)
    meet_all(won, world.bob)
    won.win(by=world.bob)
    make_deal(world, amount=20 * MILLION, stage=stage(3), expected_close_on=today())
    make_deal(world, amount=40 * MILLION, own_category="commit", expected_close_on=today())
    make_deal(world, amount=80 * MILLION, expected_close_on=today() + timedelta(days=400))
    total = forecast(month(), reader=world.ada).total
    assert (total.won, total.commit, total.best_case) == (10 * MILLION, 50 * MILLION, 70 * MILLION)
    assert total.weighted == 10 * MILLION + 12 * MILLION + 4 * MILLION


def test_shared_credit_is_counted_for_each_by_share(world: World) -> None:
    deal = make_deal(world, amount=10 * MILLION)
    deal.split(shares={world.bob.pk: Decimal(70), world.citra.pk: Decimal(30)}, by=world.bob)
    meet_all(deal, world.bob)
    deal.refresh_from_db()
    deal.win(by=world.bob)
    sellers = {one.user: one.figures.won for one in forecast(month(), reader=world.ada).sellers}
    assert sellers == {world.bob: 7 * MILLION, world.citra: 3 * MILLION}


def test_attainment_of_sellers_and_of_the_teams_above(world: World) -> None:
    Quota.create(by=world.ada, user=world.bob, starts_on=today(), amount=20 * MILLION)
    deal = make_deal(world, amount=10 * MILLION)
    meet_all(deal, world.bob)
    deal.win(by=world.bob)
    seen = forecast(month(), reader=world.ada)
    assert [one.figures.attainment for one in seen.sellers] == [Decimal("0.5")]
    assert {team.label: team.figures.attainment for team in seen.teams} == {
        "Jakarta": Decimal("0.5"), "Jakarta Selatan": Decimal("0.5"),
    }  # fmt: skip


def test_a_longer_quota_counts_by_its_days(world: World) -> None:
    quota = Quota.create(by=world.ada, user=world.bob, unit="year", starts_on=date(2026, 5, 17), amount=365)
    assert (quota.starts_on, quota.ends_on) == (date(2026, 1, 1), date(2027, 1, 1))
    assert quota.within(period_of("month", date(2026, 2, 1))) == 28


def test_products_are_counted_by_their_lines(world: World) -> None:
    product = Product.create(by=world.ada, name="AC 1 PK", kind="goods", list_price=4 * MILLION)
    deal = make_deal(world, expected_close_on=today())
    DealLine.create(by=world.bob, deal=deal, product=product, quantity=2)
    Quota.create(by=world.ada, product=product, starts_on=today(), amount=16 * MILLION)
    found = forecast(month(), reader=world.ada).products
    assert [(one.label, one.figures.pipeline, one.figures.quota) for one in found] == [
        ("AC 1 PK", 8 * MILLION, 16 * MILLION)
    ]


def test_a_reader_sees_only_deals_and_quotas_within_reach(world: World) -> None:
    make_deal(world, expected_close_on=today())
    Quota.create(by=world.ada, user=world.bob, starts_on=today(), amount=MILLION)
    assert forecast(month(), reader=world.citra).sellers == ()
    assert [one.user for one in forecast(month(), reader=world.sari).sellers] == [world.bob]


# numbers people give


def test_the_manager_s_number_goes_before_the_seller_s(world: World) -> None:
    call = call_of(world.bob, month(), by=world.bob)
    call.say(amount=30 * MILLION, by=world.bob)
    make_deal(world, expected_close_on=today())
    assert forecast(month(), reader=world.sari).counted == 30 * MILLION
    call.override_with(number=25 * MILLION, by=world.sari, why="One will slip")
    assert forecast(month(), reader=world.sari).counted == 25 * MILLION
    assert Event.objects.of(call).first().verb == "overridden"


def test_numbers_are_given_on_the_page_by_who_may(world: World, sign_in) -> None:
    make_deal(world, expected_close_on=today())
    own = f"/forecast/say/{world.bob.pk}/?period=this month"
    over = f"/forecast/override/{world.bob.pk}/?period=this month"
    assert sign_in(world.bob).get(own).status_code == 200
    assert sign_in(world.bob).post(own, {"amount": "30000000"}).status_code == 204
    assert sign_in(world.bob).post(over, {"number": "1"}).status_code == 404
    assert sign_in(world.citra).post(own, {"amount": "1"}).status_code == 404
    assert sign_in(world.sari).post(over, {"number": "25000000", "why": "x"}).status_code == 204
    call = ForecastCall.objects.get()
    assert (call.amount, call.override, call.override_by) == (30 * MILLION, 25 * MILLION, world.sari)


def test_a_seller_cannot_set_the_manager_s_number_through_the_api(world: World, sign_in) -> None:
    call = call_of(world.bob, month(), by=world.bob)
    browser = sign_in(world.bob)
    url = f"/api/v1/forecast-calls/{call.pk}/"
    assert browser.patch(url, {"override": "1"}, content_type="application/json").status_code == 422
    done = browser.post(f"{url}override_with/", {"number": "1", "why": ""}, content_type="application/json")
    assert done.status_code == 403


# what changed


def test_a_night_without_changes_writes_nothing(world: World) -> None:
    make_deal(world)
    assert take_snapshot(on=date(2026, 11, 1)) == 1
    assert take_snapshot(on=date(2026, 11, 1)) == 0
    assert take_snapshot(on=date(2026, 11, 2)) == 0
    assert PipelineSnapshot.objects.as_of(date(2026, 11, 2)).count() == 1


def test_the_waterfall_adds_up_and_names_every_change(world: World) -> None:
    first, last = today(), today() + timedelta(days=7)
    names = ("stays", "grows", "shrinks", "won", "lost", "gone", "later")
    deals = {name: make_deal(world, name=name, amount=10 * MILLION) for name in names}
    take_snapshot(on=first)
    deals["grows"].change(by=world.bob, amount=15 * MILLION)
    deals["shrinks"].change(by=world.bob, amount=4 * MILLION)
    meet_all(deals["won"], world.bob)
    deals["won"].win(by=world.bob)
    deals["lost"].lose(by=world.bob, close_reason=reason())
    deals["gone"].archive(by=world.bob)
    deals["later"].push(by=world.bob, expected_close_on=today() + timedelta(days=300))
    make_deal(world, name="fresh", amount=3 * MILLION)
    take_snapshot(on=last)
    fall = waterfall(since=first, until=last, reader=world.ada)
    told = {step.name: step.amount for step in fall.steps if step.count}
    assert told == {
        "new": 3 * MILLION, "increased": 5 * MILLION, "decreased": -6 * MILLION, "won": -10 * MILLION,
        "lost": -10 * MILLION, "removed": -10 * MILLION,
    }  # fmt: skip
    assert fall.start + sum(told.values()) == fall.end == 42 * MILLION


def test_within_a_closing_period_what_moves_in_and_out_is_told(world: World) -> None:
    first, last = today(), today() + timedelta(days=7)
    out = make_deal(world, name="out", amount=10 * MILLION, expected_close_on=today())
    into = make_deal(world, name="into", amount=7 * MILLION, expected_close_on=today() + timedelta(days=300))
    take_snapshot(on=first)
    out.push(by=world.bob, expected_close_on=today() + timedelta(days=300))
    into.push(by=world.bob, expected_close_on=today())
    take_snapshot(on=last)
    fall = waterfall(since=first, until=last, reader=world.ada, closing=month())
    told = {step.name: step.amount for step in fall.steps if step.count}
    assert told == {"pulled_in": 7 * MILLION, "pushed_out": -10 * MILLION}
    assert (fall.start, fall.end) == (10 * MILLION, 7 * MILLION)


def test_slipped_deals_say_how_often(world: World) -> None:
    deal = make_deal(world, expected_close_on=date(2026, 11, 5))
    take_snapshot(on=date(2026, 11, 1))
    for night, closes in ((2, 12), (3, 20)):
        deal.push(by=world.bob, expected_close_on=date(2026, 11, closes))
        take_snapshot(on=date(2026, 11, night))
    (slip,) = slipped(since=date(2026, 11, 1), until=date(2026, 11, 3), reader=world.ada)
    assert (slip.deal, slip.days, slip.times) == (deal, 15, 2)
    assert slipped(since=date(2026, 11, 1), until=date(2026, 11, 3), reader=world.citra) == []


@pytest.mark.parametrize("period", ["this month", "this quarter", "last 90 days", "nonsense"])
def test_the_pages_open_in_a_fixed_number_of_queries(
    world: World, sign_in, period: str, django_assert_max_num_queries
) -> None:
    for n in range(12):
        make_deal(world, name=f"Deal {n}", expected_close_on=today())
    take_snapshot(on=today())
    browser = sign_in(world.sari)
    with django_assert_max_num_queries(28):
        assert browser.get(f"/forecast/?period={period}&pipeline={pipeline().pk}").status_code == 200
    changes = f"/forecast/changes/?period={period}&closing=1&since=x"
    assert browser.get(changes, headers={"HX-Request": "true"}).status_code == 200
    assert browser.get(changes).url.startswith("/forecast/?period=")
    assert Deal.objects.count() == 12


def test_the_api_tells_the_same_figures_as_the_page(world: World, sign_in: Any) -> None:
    make_deal(world, amount=40 * MILLION, own_category="commit", expected_close_on=today())
    told = sign_in(world.bob).get("/api/v1/deals/forecast/?period=this month").json()
    seen = forecast(month(), reader=world.bob)
    assert Decimal(told["total"]["commit"]) == seen.total.commit == 40 * MILLION
    assert [(one["name"], Decimal(one["commit"])) for one in told["sellers"]] == [
        ("Bob Hutapea", 40 * MILLION)
    ]
    assert told["since"] == month().start.isoformat()


def test_the_api_refuses_a_period_in_plain_words(world: World, sign_in: Any) -> None:
    answer = sign_in(world.bob).get("/api/v1/deals/forecast/?period=one day")
    assert answer.status_code == 422 and "is not a period" in answer.content.decode()


def test_the_api_tells_no_forecast_to_who_sees_no_deals(world: World, sign_in: Any) -> None:
    assert sign_in(world.eko).get("/api/v1/deals/forecast/").status_code == 403
