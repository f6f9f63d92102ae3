from __future__ import annotations

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relasi.lib.companies import is_company, key, similarity, split


@pytest.mark.parametrize(
    ("text", "full"),
    [
        ("pt. Maju Jaya, Tbk", "PT Maju Jaya Tbk"),
        ("MAJU JAYA (PT)", "PT MAJU JAYA"),
        ("Maju Jaya, PT", "PT Maju Jaya"),
        ("P.T. Bank Rakyat Indonesia (Persero) Tbk.", "PT Bank Rakyat Indonesia (Persero) Tbk"),
        ("UD. Makmur", "UD Makmur"),
        ("Acme Pte Ltd", "Acme Pte Ltd"),
        ("Budi Santoso", "Budi Santoso"),
        ("PT", "PT"),
    ],
)
def test_the_legal_form_is_put_in_order(text, full):
    assert split(text).full == full


def test_one_company_in_four_spellings_has_one_key():
    assert {
        key(text) for text in ("PT. Maju-Jaya, Tbk.", "MAJU JAYA PT", "maju  jaya", "P.T. Maju Jaya")
    } == {"maju jaya"}


def test_a_foundation_is_not_the_company_of_that_name():
    assert key("Yayasan Maju Jaya") != key("PT Maju Jaya")


def test_a_legal_form_shows_a_company():
    assert is_company("CV Sinar Abadi")
    assert not is_company("Putri Kusuma")


def test_similar_companies_are_near():
    assert similarity("PT Maju Jaya Abadi", "Maju Jaya") > 0.85 > similarity("PT Maju Jaya", "CV Sinar")


@given(st.text(max_size=40))
def test_any_text_has_a_name(text):
    assert (
        bool(split(text).full) == bool(text.strip(" ,\t\n\r\f\v\x1c\x1d\x1e\x1f\x85\xa0")) or not text.split()
    )


def test_a_hostile_name_takes_no_time():
    begun = perf_counter()
    key("(" * 50_000)
    assert perf_counter() - begun < 10
