from __future__ import annotations

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relasi.lib.text import FORMULA_STARTS, fold, plain, safe_cell, shorten, slug, unsafe_cell


def test_folding_takes_case_accents_and_gaps():
    assert fold("  Éva  ŁUKASZ Straße ") == "eva lukasz strasse"


def test_a_slug_has_letters_digits_and_hyphens():
    assert slug("Nasabah Baru (2026)!") == "nasabah-baru-2026"


def test_html_becomes_what_a_person_reads():
    html = (
        "<style>p{}</style><p>Halo&nbsp;<b>Budi</b> &amp; Ani</p><ul><li>satu<li>dua</ul><script>x()</script>"
    )
    assert plain(html) == "Halo Budi & Ani\n\nsatu\ndua"


def test_text_is_cut_between_words():
    assert shorten("Sahabat selalu ada untuk Anda", 15) == "Sahabat selalu…"


@pytest.mark.parametrize("text", ["=1+1", "+62812", "-5", "@SUM(A1)", "\tx", "\rx", "'=1"])
def test_what_would_run_gets_an_apostrophe(text):
    assert safe_cell(text).startswith("'")


def test_ordinary_text_stays_as_it_is():
    assert safe_cell("O'Brien") == "O'Brien"
    assert safe_cell("'tis") == "'tis"


@given(st.text() | st.from_regex(r"['=+@\t\r-]{0,4}[a-z]{0,3}", fullmatch=True))
def test_a_cell_comes_back_exactly_and_never_runs(text):
    assert unsafe_cell(safe_cell(text)) == text
    assert not safe_cell(text).startswith(FORMULA_STARTS)


@given(st.text(), st.integers(1, 50))
def test_shortened_text_fits(text, longest):
    assert len(shorten(text, longest)) <= longest


@given(st.text())
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


def test_a_sign_inside_a_quoted_attribute_does_not_end_the_tag():
    assert plain('<a title="a > b">Budi</a> 3 < 5') == "Budi 3 < 5"


@pytest.mark.parametrize(
    "html", ["<a " * 99_000, "<" * 99_000, "<div>" * 99_000, "<!--" * 99_000, '<a ">' * 99_000]
)
def test_hostile_html_takes_no_time(html):
    begun = perf_counter()
    plain(html)
    assert perf_counter() - begun < 10


@given(st.text())
def test_any_html_can_be_read(html):
    assert isinstance(plain(html), str)
