"""Charts of any noun; every figure opens its rows."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

from relasi.kit.records.models import CustomField
from relasi.kit.resources.charting import chart_of, groupable
from relasi.kit.resources.listing import listing
from relasi.kit.resources.registry import find
from relasi.parties.models import Company, Party
from tests.world import World

JSON = {"Accept": "application/json"}


def _chart(browser, query: str = "") -> dict:
    return browser.get(f"/people/chart/?{query}", headers=JSON).json()["option"]


def test_people_are_counted_by_rung(world: World, sign_in) -> None:
    series = _chart(sign_in(world.ada), "by=rung")["series"][0]["data"]
    assert {item["name"]: item["value"] for item in series} == {"Suspect": 2, "Prospect": 1, "Client": 1}


def test_every_bar_opens_exactly_the_rows_behind_it(world: World, sign_in) -> None:
    CustomField.create(by=world.ada, noun="party", key="shoe", label="Shoe", kind="text")
    Party._default_manager.filter(pk=world.budi.pk).update(
        custom={"shoe": "Blue"}, created_at=datetime(2026, 2, 28, 20, tzinfo=UTC)
    )
    asked = listing(find("people"), world.ada)
    for field in groupable(asked):
        for bar in chart_of(asked, by=field.name).bars:
            rows = listing(find("people"), world.ada, filter=bar.filter).rows()
            assert rows.count() == bar.count, (field.name, bar)


def test_the_filter_of_the_list_holds(world: World, sign_in) -> None:
    series = _chart(sign_in(world.ada), "by=city&filter=rung %3D suspect")["series"][0]["data"]
    assert sum(item["value"] for item in series) == 2
    opened = parse_qs(urlsplit(series[0]["url"]).query)["filter"][0]
    assert "rung = suspect" in opened


def test_a_measure_is_summed(world: World, sign_in) -> None:
    for n in (10, 20):
        Company.create(by=world.ada, kind="company", name=f"PT {n}", employees=n, city="Medan")
    option = (
        sign_in(world.ada).get("/companies/chart/?by=city&measure=employees", headers=JSON).json()["option"]
    )
    assert {item["name"]: item["value"] for item in option["series"][0]["data"]}["Medan"] == 30


def test_pies_and_lines_are_drawn_too(world: World, sign_in) -> None:
    browser = sign_in(world.ada)
    assert _chart(browser, "by=rung&kind=donut")["series"][0]["type"] == "pie"
    assert _chart(browser, "by=created_at&kind=line")["series"][0]["type"] == "line"


def test_nobody_counts_by_a_field_that_is_closed_to_them(world: World, sign_in) -> None:
    assert sign_in(world.dewi).get("/people/chart/?by=religion", headers=JSON).status_code == 400
    assert sign_in(world.ada).get("/people/chart/?by=religion", headers=JSON).status_code == 200


def test_a_seller_counts_own_customers_only(world: World, sign_in) -> None:
    series = _chart(sign_in(world.citra), "by=rung")["series"][0]["data"]
    assert [(item["name"], item["value"]) for item in series] == [("Prospect", 1)]


def test_the_figures_stand_in_a_table_as_well(world: World, sign_in) -> None:
    page = sign_in(world.ada).get("/people/chart/?by=rung", headers={"HX-Request": "true"}).content.decode()
    assert "<table" in page
    assert "Prospect" in page
