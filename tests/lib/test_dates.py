from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relasi.lib.dates import DateError, Day, infer_order, is_ambiguous, parse, parse_day

INDEPENDENCE = date(1945, 8, 17)


@pytest.mark.parametrize(
    "text",
    [
        "17/08/1945", "17-Agu-1945", "17 Agustus 1945", "1945-08-17", "08/17/1945", "17.8.1945",
        "19450817", "Aug 17, 1945",
        "17 August 1945", "1945-08-17T10:00:00Z", "17/08/1945 00:00", "Jumat, 17 Agustus 1945",
        "17th Aug 1945",
        "17-08-1945 07:30:00 AM", "1945/8/17", "17 Agt 1945",
    ],
)  # fmt: skip
def test_one_day_in_every_form(text):
    assert parse(text) == INDEPENDENCE


def test_the_order_decides_what_a_slash_date_means():
    assert parse("08/09/2026") == date(2026, 9, 8)
    assert parse("08/09/2026", order="mdy") == date(2026, 8, 9)


def test_the_order_is_found_in_the_column():
    assert infer_order(["01/02/2020", "02/28/2020", "03/04/2020"]) == "mdy"
    assert infer_order(["01/02/2020", "28/02/2020"]) == "dmy"


def test_a_column_that_does_not_tell_is_ambiguous():
    assert is_ambiguous(["01/02/2020"])
    assert not is_ambiguous(["13/02/2020"])


def test_two_digits_of_a_year_look_back():
    assert parse("17/08/45", today=date(2026, 1, 1)) == INDEPENDENCE
    assert parse("17/08/30", today=date(2026, 1, 1)).year == 2030


def test_a_count_of_days_is_a_date_only_where_it_may_be():
    assert parse("16666", serials=True) == INDEPENDENCE
    with pytest.raises(DateError):
        parse("16666")


@pytest.mark.parametrize("text", ["--0817", "--08-17", "17 Agustus", "Aug 17"])
def test_a_birthday_may_lack_its_year(text):
    assert parse_day(text) == Day(8, 17)
    with pytest.raises(DateError, match="no year"):
        parse(text)


@pytest.mark.parametrize("text", ["31/02/2020", "29 Feb 2023", "2020-13-01", "00/00/0000", "--0230"])
def test_days_that_never_were_are_refused(text):
    with pytest.raises(DateError):
        parse_day(text)


@pytest.mark.parametrize("text", ["", "kemarin", "12", "1/2", "0812345678"])
def test_what_is_no_date_is_refused(text):
    with pytest.raises(DateError):
        parse(text)


@given(
    st.dates(min_value=date(1900, 1, 1)),
    st.sampled_from(["%d/%m/%Y", "%Y-%m-%d", "%d %B %Y", "%d-%b-%Y", "%Y%m%d"]),
)
def test_dates_come_back_from_their_forms(day, form):
    assert parse(day.strftime(form)) == day


@given(st.text(max_size=20))
def test_any_text_is_a_day_or_an_error(text):
    with suppress(DateError):
        parse_day(text, serials=True)
