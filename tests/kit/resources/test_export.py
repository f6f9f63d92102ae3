"""Files of exactly what the list shows, with the reader's rights, and nothing a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from relasi.kit.events.models import Event
from relasi.kit.jobs.worker import Worker
from relasi.kit.records.models import CustomField
from relasi.kit.resources import exporting
from relasi.kit.resources.exported import ExportFile
from relasi.kit.resources.writing import set_tags
from tests.world import World


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def table(answer: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body(answer).decode("utf-8-sig"))))


def test_a_file_holds_the_rows_and_columns_shown_in_their_order(world: World, sign_in: Any) -> None:
    url = "/people/export/?format=csv&filter=city+~+Jakarta&columns=name,city,birth_on&sort=-name"
    assert table(sign_in(world.ada).get(url)) == [
        ["Name", "City", "Birth date"],
        ["Siti Rahmawati", "Jakarta Selatan", ""],
        ["Budi Santoso", "Jakarta Selatan", "1980-08-17"],
    ]


def test_a_seller_takes_only_own_rows(world: World, sign_in: Any) -> None:
    names = [row[0] for row in table(sign_in(world.bob).get("/people/export/?format=csv&columns=name"))]
    assert names == ["Name", "Budi Santoso", "Rizky Santoso", "Siti Rahmawati"]


@pytest.mark.parametrize("who", ["dewi", "eko"])
def test_without_the_right_nothing_is_exported(world: World, sign_in: Any, who: str) -> None:
    assert sign_in(getattr(world, who)).get("/people/export/?format=csv").status_code == 403


def test_masked_stays_masked_and_hidden_is_left_out(world: World, sign_in: Any) -> None:
    world.budi.change(by=world.ada, nik="3174051708800002", religion="islam")
    text = body(sign_in(world.mira).get("/people/export/?format=csv&columns=name,nik,religion")).decode()
    assert "3174051708800002" not in text and "slam" not in text and world.budi.nik not in text


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_no_cell_starts_a_formula(world: World, sign_in: Any, kind: str) -> None:
    world.budi.change(by=world.ada, name="=1+1", city="@SUM(A1)", nickname="-2")
    answer = sign_in(world.ada).get(
        f"/people/export/?format={kind}&columns=name,city,nickname&filter=name+~+1"
    )
    if kind == "csv":
        assert table(answer)[1] == ["'=1+1", "'@SUM(A1)", "'-2"]
    else:
        rows = CalamineWorkbook.from_filelike(io.BytesIO(body(answer))).get_sheet_by_index(0).to_python()
        assert rows[1] == ["=1+1", "@SUM(A1)", "-2"]


def test_a_spreadsheet_has_typed_cells(world: World, sign_in: Any) -> None:
    CustomField.create(by=world.ada, noun="party", key="budget", label="Budget", kind="money")
    world.budi.change(by=world.ada, custom={"budget": 1250000.5})
    answer = sign_in(world.ada).get(
        "/people/export/?format=xlsx&columns=name,birth_on,own.budget,owner&filter=name+~+Budi"
    )
    rows = CalamineWorkbook.from_filelike(io.BytesIO(body(answer))).get_sheet_by_index(0).to_python()
    assert (
        rows[1][0] == "Budi Santoso"
        and str(rows[1][1]) == "1980-08-17"
        and rows[1][2] == 1250000.5
        and rows[1][3] == "Bob Hutapea"
    )


def test_json_has_plain_values_by_name(world: World, sign_in: Any) -> None:
    set_tags(world.budi, ["VIP"], by=world.ada)
    data = json.loads(
        body(
            sign_in(world.ada).get(
                "/people/export/?format=json&columns=name,tags,company,birth_on&filter=name+~+Budi"
            )
        )
    )
    assert data == [
        {
            "id": world.budi.pk,
            "name": "Budi Santoso",
            "tags": ["VIP"],
            "company": None,
            "birth_on": "1980-08-17",
        }
    ]


def test_the_audit_knows_who_took_what(world: World, sign_in: Any) -> None:
    body(sign_in(world.ada).get("/people/export/?format=csv&columns=name"))
    event = Event.objects.filter(verb="exported").latest("pk")
    assert event.actor_id == world.ada.pk and "people" in event.note and "4 rows" in event.note


def test_a_long_list_is_written_by_a_job_and_fetched_by_its_owner_only(
    world: World, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "AT_ONCE", 2)
    browser = sign_in(world.ada)
    assert browser.get("/people/export/?format=csv&columns=name").status_code == 302
    Worker().run_until_empty()
    made = ExportFile.objects.latest("pk")
    assert [row[0] for row in table(browser.get(f"/people/export/{made.pk}/file/"))][0] == "Name"
    assert sign_in(world.sari).get(f"/people/export/{made.pk}/file/").status_code == 404


def test_a_file_past_its_time_is_gone(world: World, sign_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "AT_ONCE", 2)
    browser = sign_in(world.ada)
    browser.get("/people/export/?format=json")
    Worker().run_until_empty()
    made = ExportFile.objects.latest("pk")
    ExportFile.objects.filter(pk=made.pk).update(expires_at=made.created_at)
    assert browser.get(f"/people/export/{made.pk}/file/").status_code == 404
    assert exporting.drop_expired() == 1


def test_a_filter_that_cannot_be_read_exports_nothing(world: World, sign_in: Any) -> None:
    assert sign_in(world.ada).get("/people/export/?format=csv&filter=rung+%3D").status_code == 422
