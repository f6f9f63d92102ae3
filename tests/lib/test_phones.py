from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relasi.lib.phones import PhoneError, common_mobile, normalise, normalise_slowly, split

BUDI = "+6281234567890"


@pytest.mark.parametrize(
    "raw",
    [
        "081234567890", "0812-3456-7890", "6281234567890", "+62 0812 3456 7890", "81234567890",
        "+62 812 3456 7890",
        "0062 812 3456 7890", "+62 (0)812-3456-7890", "tel:+6281234567890", "'081234567890", "628123456789 0",
        "https://wa.me/6281234567890", "6281234567890.0", "0812.3456.7890", "WA: 0812 3456 7890",
    ],
)  # fmt: skip
def test_a_mobile_number_in_every_dress(raw):
    assert normalise(raw).e164 == BUDI


def test_a_mobile_is_told_from_a_fixed_line():
    assert (normalise(BUDI).kind, normalise("(021) 555-1234").kind) == ("mobile", "fixed")


@pytest.mark.parametrize(
    "raw", ["(021) 5551234 ext. 12", "021 5551234 pes. 12", "0215551234 #12", "+62215551234 x12"]
)
def test_an_extension_is_kept_apart(raw):
    phone = normalise(raw)
    assert (phone.e164, phone.extension) == ("+62215551234", "12")


def test_foreign_numbers_keep_their_country():
    assert (normalise("+65 6123 4567").e164, normalise("+65 6123 4567").region) == ("+6561234567", "SG")


def test_a_number_is_read_as_dialled_in_its_region():
    assert normalise("(212) 555-0123", region="US").e164 == "+12125550123"


def test_a_zero_eaten_by_the_spreadsheet_is_put_back():
    assert normalise("215551234").e164 == "+62215551234"


def test_numbers_are_shown_in_groups():
    assert (normalise(BUDI).pretty, normalise(BUDI).local) == ("+62 812-3456-7890", "0812-3456-7890")


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        ("abc", "no digits"), ("", "no digits"), ("123", "too short"), ("081234567890123456", "too long"),
        ("8.12346E+11", "spreadsheet"), ("0899", "too short"), ("+62 999 999 999", "not a telephone"),
    ],
)  # fmt: skip
def test_what_is_no_number_is_refused_in_plain_words(raw, word):
    with pytest.raises(PhoneError, match=word):
        normalise(raw)


def test_several_numbers_in_one_cell_are_taken_apart():
    assert split("081234567/081345678; 021-555123 atau 0899") == [
        "081234567",
        "081345678",
        "021-555123",
        "0899",
    ]


PREFIX = st.sampled_from(["", "0", "62", "+62", "620", "+620", "00", "+", "6262", "062"])
DIGITS = st.from_regex(r"[2-9][0-9]{5,13}", fullmatch=True)
MOBILE = st.from_regex(r"8[0-9]{6,13}", fullmatch=True)


@given(PREFIX, DIGITS | MOBILE, st.sampled_from(["", " ", "-", ".", "/", "(", ")"]), st.integers(0, 14))
def test_the_short_way_says_what_the_full_parse_says(prefix, digits, sign, place):
    raw = prefix + digits
    raw = raw[:place] + sign + raw[place:]
    quick = common_mobile(raw)
    assert quick is None or quick == normalise_slowly(raw)


@given(st.text(max_size=30) | st.from_regex(r"[+0-9 ().\-/x#]{0,25}", fullmatch=True))
def test_any_text_is_a_number_or_an_error(raw):
    try:
        phone = normalise(raw)
    except PhoneError:
        return
    assert normalise(phone.e164).e164 == phone.e164
