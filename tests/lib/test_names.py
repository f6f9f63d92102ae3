from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relasi.lib.names import PersonName, initials, key, similarity, split


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Sukarno", PersonName("Sukarno")),
        ("Budi Santoso", PersonName("Budi", "", "Santoso")),
        ("Dr. Ir. Budi Santoso, S.H., M.Kn.", PersonName("Budi", "", "Santoso", "Dr. Ir.", "S.H., M.Kn.")),
        ("Santoso, Budi", PersonName("Budi", "", "Santoso")),
        ("H. Abdul Rahman bin Ismail", PersonName("Abdul", "Rahman", "bin Ismail", "H.")),
        ("Ibu Hj. Siti Aminah, S.Pd.", PersonName("Siti", "", "Aminah", "Ibu Hj.", "S.Pd.")),
        ("BUDI HARTONO SE", PersonName("BUDI", "", "HARTONO", "", "SE")),
        ("Ludwig van Beethoven", PersonName("Ludwig", "", "van Beethoven")),
        ("Bapak", PersonName("Bapak")),
        ("", PersonName("")),
    ],
)
def test_names_are_taken_apart(text, name):
    assert split(text) == name


def test_the_parts_make_the_name_again():
    assert split("Dr. Ir. Budi Santoso, S.H., M.Kn.").formal == "Dr. Ir. Budi Santoso, S.H., M.Kn."


@pytest.mark.parametrize(
    ("text", "letters"), [("Budi Santoso", "BS"), ("Sukarno", "S"), ("dr. Ani", "A"), ("", "?")]
)
def test_initials(text, letters):
    assert initials(text) == letters


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Soekarno", "Sukarno"), ("Djoko Soesilo", "Joko Susilo"), ("Tjahjadi", "Cahyadi"), ("Moh. Rizki",
        "Muhammad Rizki"),
        ("Achmad", "Ahmad"), ("Budi Santoso", "BUDI  SANTOSO, S.H."), ("Nurrahman", "Nurahman"), ("José",
        "Jose"),
    ],
)  # fmt: skip
def test_spellings_of_one_name_share_a_key(one, two):
    assert key(one) == key(two)


def test_words_in_another_order_are_the_same_name():
    assert similarity("Budi Santoso", "Santoso Budi") == 1


def test_a_misspelt_name_is_near():
    assert 0.9 < similarity("Budi Santoso", "Budi Santosa") < 1


def test_a_missing_word_is_nearer_than_a_lone_one():
    assert similarity("Budi Santoso", "Budi Agus Santoso") > similarity("Budi", "Budi Santoso")


def test_an_initial_stands_for_its_name():
    assert similarity("B. Santoso", "Budi Santoso") == 0.95


def test_strangers_are_far_apart():
    assert similarity("Budi Santoso", "Siti Aminah") < 0.7


@given(st.text(max_size=40))
def test_no_word_of_a_name_is_lost(text):
    wanted = sorted(word for word in text.replace(",", " ").split())
    assert sorted(split(text).formal.replace(",", " ").split()) == wanted


@given(st.text(max_size=25), st.text(max_size=25))
def test_similarity_is_mutual_and_between_0_and_1(one, two):
    assert similarity(one, two) == pytest.approx(similarity(two, one))
    assert 0 <= similarity(one, two) <= 1
