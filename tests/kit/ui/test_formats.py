"""How values are written for readers."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone, translation

from relasi.kit.ui import formats
from relasi.lib.money import Money

NOON_UTC = dt.datetime(2026, 8, 17, 5, 5, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def in_jakarta() -> object:
    with timezone.override("Asia/Jakarta"):
        yield


def test_rupiah_have_dots_and_no_decimals_in_both_languages() -> None:
    for language in ("id", "en"):
        with translation.override(language):
            assert formats.money(Decimal("1250000.00")) == "Rp1.250.000"


def test_a_debt_has_its_sign_in_front() -> None:
    assert formats.money(-1500) == "-Rp1.500"


def test_dollars_follow_the_reader() -> None:
    with translation.override("en"):
        assert formats.money(Money(Decimal("1250.5"), "USD")) == "US$1,250.50"
    with translation.override("id"):
        assert formats.money(Decimal("1250.5"), "USD") == "US$1.250,50"


def test_no_amount_is_no_text() -> None:
    assert formats.money(None) == ""


def test_a_million_is_short_on_boards() -> None:
    assert formats.money_short(680_000_000) == "Rp680 m"


def test_a_date_is_written_out_in_indonesian() -> None:
    with translation.override("id"):
        assert formats.date(dt.date(2026, 8, 17), "full") == "Senin, 17 Agustus 2026"


def test_a_date_is_written_out_in_english() -> None:
    assert formats.date(dt.date(2026, 8, 17), "full") == "Monday, 17 August 2026"


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        ("Asia/Jakarta", "17 Aug 2026 12:05 WIB"),
        ("Asia/Makassar", "17 Aug 2026 13:05 WITA"),
        ("Asia/Jayapura", "17 Aug 2026 14:05 WIT"),
    ],
)
def test_an_instant_is_shown_in_the_readers_zone(zone: str, text: str) -> None:
    with timezone.override(zone):
        assert formats.datetime(NOON_UTC) == text


def test_the_indonesian_clock_has_a_dot() -> None:
    with translation.override("id"):
        assert formats.time(NOON_UTC, zone=True) == "12.05 WIB"


@pytest.mark.parametrize(
    ("before", "text"),
    [
        (dt.timedelta(seconds=20), "just now"),
        (dt.timedelta(minutes=5), "5 min ago"),
        (dt.timedelta(hours=3), "3 h ago"),
        (dt.timedelta(days=1), "yesterday"),
        (dt.timedelta(days=3), "3 days ago"),
        (dt.timedelta(days=-1), "tomorrow"),
        (dt.timedelta(days=-3), "in 3 days"),
        (dt.timedelta(minutes=-5), "in 5 min"),
        (dt.timedelta(days=30), "18 Jul"),
    ],
)
def test_distances_are_said_as_people_say_them(before: dt.timedelta, text: str) -> None:
    assert formats.ago(NOON_UTC - before, now=NOON_UTC) == text


def test_a_distance_carries_the_exact_instant() -> None:
    assert 'datetime="2026-08-17T05:05:00+00:00"' in formats.when(NOON_UTC)


def test_numbers_are_grouped_as_the_reader_groups_them() -> None:
    assert formats.number(1250000) == "1,250,000"
    with translation.override("id"):
        assert formats.number(1250000) == "1.250.000"


def test_a_local_phone_number_is_shown_with_its_country() -> None:
    assert formats.phone("081234567890") == "+62 812-3456-7890"


def test_what_is_no_phone_number_stays_as_typed() -> None:
    assert formats.phone("extension 12") == "extension 12"


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Dewi Lestari", "DL"),
        ("Suharto", "S"),
        ("PT Nusantara Digital", "ND"),
        ("CV", "C"),
        ("", "?"),
        ("Ibu 88", "I"),
    ],
)
def test_initials(name: str, letters: str) -> None:
    assert formats.initials(name) == letters


def test_one_name_keeps_its_colour() -> None:
    assert formats.hue("Dewi Lestari") == formats.hue("DEWI LESTARI")


def test_found_words_are_marked_and_all_else_is_escaped() -> None:
    assert formats.highlight("Dewi <b> Lestari", "les") == "Dewi &lt;b&gt; <mark>Les</mark>tari"


def test_bytes_are_written_in_the_unit_that_fits() -> None:
    assert [formats.filesize(size) for size in (12, 3400, 1_234_567)] == ["12 B", "3.4 kB", "1.2 MB"]
