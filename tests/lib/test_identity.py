from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relasi.lib.identity import (
    IdentityError,
    mask,
    npwp_key,
    read_nik,
    show_npwp,
    validate_nik,
    validate_npwp,
)

TODAY = date(2026, 11, 22)


def test_a_nik_tells_province_birth_and_sex():
    nik = read_nik("3171 0117 0845 0001", today=TODAY)
    assert (nik.province.name, nik.born_on, nik.sex) == ("DKI Jakarta", date(1945, 8, 17), "male")


def test_forty_is_added_to_the_day_of_a_woman():
    nik = read_nik("3273015708900002", today=TODAY)
    assert (nik.born_on, nik.sex) == (date(1990, 8, 17), "female")


def test_nobody_is_born_after_today():
    assert read_nik("3171011212270001", today=TODAY).born_on.year == 1927


@pytest.mark.parametrize("code", ["93", "94", "95", "96"])
def test_the_new_provinces_of_papua_are_known(code):
    assert validate_nik(f"{code}01011708900001", today=TODAY)


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        ("", "empty"), ("31710117084500", "16 digits"), ("3171011708450A01", "digits only"),
        ("9971011708450001", "province"), ("3100011708450001", "regency"), ("3171001708450001", "district"),
        ("3171013202900001", "date of birth"), ("3171018102900001", "date of birth"), ("3171012902010001",
        "birth"),
        ("3171011708450000", "0000"), ("3.17101E+15", "spreadsheet"),
    ],
)  # fmt: skip
def test_a_wrong_nik_is_refused_in_plain_words(raw, word):
    with pytest.raises(IdentityError, match=word):
        validate_nik(raw, today=TODAY)


def test_an_npwp_of_15_digits_has_a_check_digit():
    assert validate_npwp("01.312.166.0-091.000", today=TODAY) == "013121660091000"
    with pytest.raises(IdentityError, match="check digit"):
        validate_npwp("01.312.166.1-091.000", today=TODAY)


def test_an_npwp_of_16_digits_is_the_old_one_or_a_nik():
    assert validate_npwp("0013121660091000", today=TODAY)
    assert validate_npwp("3171011708450001", today=TODAY)


def test_old_and_new_npwp_are_found_by_one_key():
    assert npwp_key("013121660091000") == npwp_key("0013121660091000")


def test_an_npwp_is_shown_with_its_dots():
    assert show_npwp("013121660091000") == "01.312.166.0-091.000"


def test_the_mask_leaves_two_and_four():
    assert mask("3171011708450001") == "31••••••••••0001"


@given(st.text(max_size=20))
def test_a_mask_never_shows_more_than_six(number):
    assert len(mask(number)) == len(number)
    assert sum(sign != "•" for sign in mask(number)) <= 6


@given(st.text(max_size=20) | st.from_regex(r"[0-9]{16}", fullmatch=True))
def test_any_text_is_a_nik_or_an_error(raw):
    try:
        nik = read_nik(raw, today=TODAY)
    except IdentityError:
        return
    assert len(nik.number) == 16 and nik.born_on <= TODAY
