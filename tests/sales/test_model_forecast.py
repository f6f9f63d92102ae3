"""The forecast by model: yields of the pipeline on the same day of past periods, and its past error."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from relasi.lib.periods import period_of
from relasi.sales.model_forecast import model_forecast
from relasi.sales.models import Deal, PipelineSnapshot
from tests.sales.deals import make_deal, reason, stage
from tests.world import World

MILLION = Decimal(1_000_000)
AUGUST = period_of("month", date(2026, 8, 12))


@pytest.fixture(autouse=True)
def in_august() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 8, 12, 9, tzinfo=ZoneInfo("Asia/Jakarta")), tick=False):
        yield


def closed(world: World, status: str, on: date, *, millions: int, seen_since: date | None) -> Deal:
    """A deal of the past: since when the nightly pictures knew it, and how it ended."""
    deal = make_deal(world, amount=millions * MILLION, stage=stage(1))
    if seen_since:
        PipelineSnapshot.objects.create(
            deal=deal, from_on=seen_since, until_on=on, owner=deal.owner, pipeline=deal.pipeline,
            stage=deal.stage, category="pipeline", value=deal.value, weighted=deal.value / 10,
            expected_close_on=on,
        )  # fmt: skip
    why = {"close_reason": reason()} if status == "lost" else {}
    Deal._default_manager.filter(pk=deal.pk).update(status=status, closed_on=on, **why)
    return deal


@pytest.fixture
def past(world: World) -> World:
    """In April to July half of the open value was won after the 12th, and ten millions nobody knew of."""
    for month in (4, 5, 6, 7):
        begin = date(2026, month, 1)
        closed(world, "won", date(2026, month, 20), millions=40, seen_since=begin)
        closed(world, "lost", date(2026, month, 25), millions=40, seen_since=begin)
        closed(world, "won", date(2026, month, 27), millions=10, seen_since=None)
    return world


def test_this_month_is_given_what_past_months_yielded(past: World) -> None:
    make_deal(past, amount=60 * MILLION, stage=stage(1), expected_close_on=date(2026, 8, 30))
    closed(past, "won", date(2026, 8, 5), millions=7, seen_since=None)
    found = model_forecast(AUGUST, reader=past.ada)
    assert found
    assert (found.won, found.from_open, found.from_new) == (7 * MILLION, 30 * MILLION, 10 * MILLION)
    assert found.amount == 47 * MILLION


def test_its_past_error_is_shown_beside_that_of_the_weighted_pipeline(past: World) -> None:
    found = model_forecast(AUGUST, reader=past.ada)
    assert found and found.error == 0
    assert {(one.model, one.weighted, one.won) for one in found.tried} == {
        (50 * MILLION, 8 * MILLION, 50 * MILLION)
    }
    assert found.weighted_error == pytest.approx(0.84)


def test_a_month_is_told_by_the_others_and_never_by_itself(past: World) -> None:
    closed(past, "won", date(2026, 7, 28), millions=30, seen_since=None)
    found = model_forecast(AUGUST, reader=past.ada)
    assert found
    july, *others = found.tried
    assert (july.period.start, july.model, july.won) == (date(2026, 7, 1), 50 * MILLION, 80 * MILLION)
    assert {one.model for one in others} == {60 * MILLION}


def test_two_past_months_are_not_enough(world: World) -> None:
    for month in (6, 7):
        closed(world, "won", date(2026, month, 20), millions=40, seen_since=date(2026, month, 1))
    assert model_forecast(AUGUST, reader=world.ada) is None


def test_a_period_that_is_over_has_no_forecast(past: World) -> None:
    assert model_forecast(period_of("month", date(2026, 7, 1)), reader=past.ada) is None


def test_it_speaks_of_no_deal_the_reader_may_not_see(past: World) -> None:
    make_deal(past, amount=60 * MILLION, stage=stage(1), expected_close_on=date(2026, 8, 30))
    assert model_forecast(AUGUST, reader=past.bob)
    found = model_forecast(AUGUST, reader=past.citra)
    assert found and (found.amount, found.error) == (0, None)


def test_each_past_month_costs_two_queries(past: World) -> None:
    assert past.ada.rights
    with CaptureQueriesContext(connection) as asked:
        model_forecast(AUGUST, reader=past.ada)
    assert len(asked) <= 2 * 4 + 6


def test_the_page_shows_it_as_a_part(past: World, sign_in: Any) -> None:
    browser = sign_in(past.ada)
    part = browser.get("/forecast/model/", headers={"HX-Request": "true"}).content.decode()
    assert "Past error" in part and "What it would have said" in part
    assert browser.get("/forecast/model/").status_code == 302
    week = browser.get("/forecast/model/?period=last 90 days", headers={"HX-Request": "true"})
    assert "period is over" in week.content.decode() or "whole month" in week.content.decode()
