from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relasi.lib import ids

NOW = 1_790_000_000_000


def test_tokens_sort_by_their_time():
    assert ids.token(at_ms=NOW) < ids.token(at_ms=NOW + 1)


def test_a_token_knows_when_it_was_made():
    assert ids.milliseconds(ids.token(at_ms=NOW)) == NOW


def test_two_tokens_of_one_moment_differ():
    assert ids.token(at_ms=NOW) != ids.token(at_ms=NOW)


@given(st.integers(0, 32**6 - 1))
def test_a_counted_code_gives_its_number_back(number):
    assert ids.read(ids.code_of(number)) == number


@given(st.integers(0, 32**6 - 1), st.integers(0, 5), st.integers(1, 31))
def test_one_mistyped_sign_is_noticed(number, place, shift):
    code = ids.code_of(number)
    other = ids.ALPHABET[(ids.VALUES[code[place]] + shift) % 32]
    wrong = code[:place] + other + code[place + 1 :]
    assert (
        not ids.is_valid(wrong)
        or abs(shift) == 31
        or ids.VALUES[other] - ids.VALUES[code[place]] in {31, -31}
    )


def test_misread_signs_are_forgiven():
    code = ids.code_of(33)
    assert ids.read(code.replace("0", "o").replace("1", "l").lower()[:3] + "-" + code[3:]) == 33


@pytest.mark.parametrize("code", ["", "A", "U", "abc!", "7" * 3])
def test_other_codes_are_refused(code):
    with pytest.raises(ids.IdError):
        ids.read(code)


def test_the_digest_binds_method_path_and_body():
    one = ids.body_digest("post", "/api/people", b"{}")
    assert one == ids.body_digest("POST", "/api/people", b"{}")
    assert one != ids.body_digest("POST", "/api/people", b"{} ")
