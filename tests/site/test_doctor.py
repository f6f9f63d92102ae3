"""What the doctor finds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.db import connection

from relasi.catalog.models import Product, StockLevel, StockMovement, StockPlace
from relasi.kit.events.models import ChainHead
from relasi.kit.events.sealing import seal_events
from relasi.kit.search.models import Entry
from relasi.site.doctor import database, records
from relasi.site.doctor.findings import Level
from tests.site.installation import Installation
from tests.world import World


def test_a_fresh_installation_has_nothing_bad_but_what_is_not_built(tmp_path: Path):
    fresh = Installation(tmp_path)
    assert fresh.relasi("migrate").returncode == 0
    found = {finding["name"]: finding for finding in json.loads(fresh.relasi("doctor", "--json").stdout)}
    bad = {name for name, finding in found.items() if finding["level"] == "bad"}
    assert bad <= {"front end"}
    assert found["worker"]["level"] == "fair"
    assert found["worker"]["way_out"]


def test_a_database_that_was_never_migrated_is_told_with_the_way_out(tmp_path: Path):
    done = Installation(tmp_path).relasi("doctor")
    assert done.returncode == 1
    assert "Run `relasi migrate`." in done.stdout


def test_a_database_that_cannot_be_reached_is_one_finding(tmp_path: Path):
    done = Installation(tmp_path, "postgresql://nobody@127.0.0.1:9/nothing").relasi("doctor")
    assert done.returncode == 1
    assert "cannot be reached" in done.stdout
    assert "Traceback" not in done.stderr


def test_nothing_starts_on_weaker_settings(tmp_path: Path):
    (tmp_path / "sitecustomize.py").write_text("")
    code = (
        "from django.conf import settings\nfrom django.db import connection\n"
        "connection.settings_dict['OPTIONS']['init_command'] = 'PRAGMA synchronous=OFF'\n"
        "from relasi.site.doctor import refuse_weak_database\n"
        "from relasi.site.failures import CommandFailed\n"
        "try:\n    refuse_weak_database()\nexcept CommandFailed as error:\n    print(error)\n"
    )
    said, _none = Installation(tmp_path).python(code).communicate(timeout=120)
    assert "synchronous FULL" in said
    assert "may lose what it has acknowledged" in said


@pytest.mark.django_db
def test_settings_of_the_database_of_the_tests_are_as_required():
    if connection.vendor == "postgresql":
        assert all(finding.level == Level.GOOD for finding in database.settings())


def test_a_search_entry_that_differs_is_noticed(world: World):
    assert [finding.level for finding in records.search_index()] == [Level.GOOD]
    Entry.objects.filter(noun="party", record_id=world.budi.pk).update(body="somebody else")
    (finding,) = records.search_index()
    assert finding.level == Level.FAIR
    assert "people" in finding.text


def test_a_head_of_the_audit_trail_that_was_touched_is_bad(world: World):
    seal_events()
    assert [finding.level for finding in records.audit_head()] == [Level.GOOD]
    ChainHead.objects.update(sealed_events=3)
    assert [finding.level for finding in records.audit_head()] == [Level.BAD]


def test_stock_that_does_not_agree_with_its_ledger_is_bad(world: World):
    place = StockPlace.create(by=world.ada, name="Gudang")
    product = Product.create(by=world.ada, name="Saringan", kind="goods", is_stocked=True)
    StockMovement.create(by=world.ada, kind="receipt", product=product, place=place, quantity=5)
    assert [finding.level for finding in records.stock()] == [Level.GOOD]
    StockLevel.objects.update(on_hand=6, available=6)
    assert [finding.level for finding in records.stock()] == [Level.BAD]
