"""How many parts a text travels in."""

from __future__ import annotations

import random

import pytest

from relasi.channels.sms.parts import BASIC, EXTENDED, JOINED, alphabet_of, decode, encode, size_of, split


@pytest.mark.parametrize(
    ("text", "alphabet", "units", "parts"),
    [
        ("", "GSM-7", 0, 0), ("a", "GSM-7", 1, 1), ("a" * 160, "GSM-7", 160, 1), ("a" * 161, "GSM-7", 161, 2),
        ("a" * 306, "GSM-7", 306, 2), ("a" * 307, "GSM-7", 307, 3), ("€" * 80, "GSM-7", 160, 1),
        ("€" * 81, "GSM-7", 162, 2), ("{" * 77 + "a", "GSM-7", 155, 1), ("Ñ@\n", "GSM-7", 3, 1),
        ("ñ" * 70, "GSM-7", 70, 1), ("ç", "UCS-2", 1, 1), ("漢" * 70, "UCS-2", 70, 1),
        ("漢" * 71, "UCS-2", 71, 2),
        ("😀" * 35, "UCS-2", 70, 1), ("😀" * 36, "UCS-2", 72, 2), ("\t", "UCS-2", 1, 1),
    ],
)  # fmt: skip
def test_the_size_of_a_text(text: str, alphabet: str, units: int, parts: int) -> None:
    size = size_of(text)
    assert (size.alphabet, size.units, size.parts) == (alphabet, units, parts)


def test_what_is_left_in_the_last_part() -> None:
    assert (size_of("a" * 100).left, size_of("a" * 161).left, size_of("").left) == (60, 145, 160)


def test_no_sign_is_torn_in_two() -> None:
    text = "a" * 152 + "€" * 10
    assert [piece[-1] for piece in split(text)] == ["a", "€"]
    assert all(len(encode(piece, "UCS-2")) <= 134 for piece in split("漢" * 66 + "😀" * 10))


def test_the_alphabet_has_every_place_once() -> None:
    assert (len(BASIC), len(set(BASIC))) == (128, 128)


@pytest.mark.parametrize("seed", range(20))
def test_parts_give_back_the_text(seed: int) -> None:
    rng = random.Random(seed)
    signs = BASIC.replace("\x1b", "") + "".join(EXTENDED) + ("漢😀ğ" if seed % 2 else "")
    text = "".join(rng.choices(signs, k=rng.randint(1, 800)))
    alphabet = alphabet_of(text)
    pieces = split(text)
    assert "".join(decode(encode(piece, alphabet), alphabet) for piece in pieces) == text
    if len(pieces) > 1:
        width = 1 if alphabet == "GSM-7" else 2
        assert all(len(encode(piece, alphabet)) <= JOINED[alphabet] * width for piece in pieces)


def test_octets_that_are_no_text_are_read_all_the_same() -> None:
    assert decode(b"\x1b\x65\xff\x1b", "GSM-7") == "€?"
    assert decode(b"\xd8", "UCS-2") == "\ufffd"
