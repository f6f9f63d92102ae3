from __future__ import annotations

from relasi.lib.wording import InputError


def test_an_error_keeps_its_sentence_apart_from_what_fills_it():
    error = InputError("“%(text)s” is wrong.", text="100 %")
    assert (error.text, error.values, str(error)) == (
        "“%(text)s” is wrong.",
        {"text": "100 %"},
        "“100 %” is wrong.",
    )


def test_a_sentence_without_places_may_hold_a_percent_sign():
    assert str(InputError("100 % wrong")) == "100 % wrong"


def test_an_error_does_not_repeat_a_whole_novel():
    assert len(str(InputError("“%(text)s”", text="x" * 10_000))) < 100
