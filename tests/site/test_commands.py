"""The command line as a whole, and its smaller commands."""

from __future__ import annotations

import argparse
from importlib import import_module
from pathlib import Path

import pytest
from django.db import connection

from relasi.kit.search.models import Entry
from relasi.site.cli import COMMANDS, main
from tests.world import World

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = (ROOT / "docs" / "reference" / "command-line.md").read_text()
SETTINGS = (ROOT / "docs" / "reference" / "settings.md").read_text()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_in_the_reference(name: str):
    module = import_module(f"relasi.site.commands.{name}")
    word = name.rstrip("_").replace("_", "-")
    assert f"## relasi {word}" in REFERENCE
    part = REFERENCE.partition(f"## relasi {word}\n")[2].partition("\n## ")[0]
    parser = argparse.ArgumentParser()
    module.arguments(parser)
    for action in parser._actions:
        for option in action.option_strings:
            assert option in {"-h", "--help"} or f"`{option}" in part, f"{option} of {word}"


def test_every_variable_that_is_read_is_in_the_reference():
    read: set[str] = set()
    for path in (ROOT / "relasi").rglob("*.py"):
        for piece in path.read_text().split('"RELASI_')[1:]:
            read.add("RELASI_" + piece.partition('"')[0])
    read -= {"RELASI_COMPANY"}  # of the settings, not of the environment
    missing = {name for name in read if name.replace("_", "").isalnum() and f"`{name}`" not in SETTINGS}
    assert not missing


def test_explain_shows_statement_plan_and_whether_an_index_leads(
    world: World, capsys: pytest.CaptureFixture[str]
):
    assert main(["explain", "people", "--filter", "rung = client", "--sort", "name"]) == 0
    said = capsys.readouterr().out
    assert "FROM" in said
    assert "parties_party" in said
    assert "index" in said.splitlines()[-1]


def test_explain_of_a_strange_noun_names_those_there_are(world: World, capsys: pytest.CaptureFixture[str]):
    assert main(["explain", "unicorns"]) == 2
    assert "people" in capsys.readouterr().err


def test_search_reindex_puts_back_what_was_lost(world: World, capsys: pytest.CaptureFixture[str]):
    Entry.objects.filter(noun="party").delete()
    assert main(["search-reindex", "people"]) == 0
    assert Entry.objects.filter(record_id=world.budi.pk, noun="party").exists()
    assert "people: 4 records" in capsys.readouterr().out


def test_duplicates_says_how_many_wait(world: World, capsys: pytest.CaptureFixture[str]):
    if connection.in_atomic_block and connection.vendor == "sqlite":
        assert main(["duplicates"]) == 0
        assert "pairs wait for review" in capsys.readouterr().out
