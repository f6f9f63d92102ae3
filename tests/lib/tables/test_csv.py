from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relasi.lib.tables import Limits, TableError, read

CELL = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)


def rows_of(text: str | bytes, **options: object) -> list:
    data = text.encode() if isinstance(text, str) else text
    return list(read(data, **options).rows)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
def test_names_with_accents_come_through_in_every_encoding(encoding):
    table = read("Nama,Kota\nJosé Müller,Málaga\nBudi,Bandung\n".encode(encoding))
    assert next(table.rows).cells == {"Nama": "José Müller", "Kota": "Málaga"}


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found(separator):
    lines = [["Nama", "No HP", "Catatan"], ["Budi", "0812", "a, b; c"], ["Ani", "0813", "x"]]
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(lines)
    table = read(text.getvalue().encode())
    assert table.separator == separator
    assert [list(row.cells.values()) for row in table.rows] == lines[1:]


def test_a_line_that_declares_the_separator_is_not_the_header():
    table = read(b"sep=;\nNama;HP\nBudi;0812\n")
    assert (table.columns, table.header_rows) == (["Nama", "HP"], 2)


def test_a_semicolon_file_may_hold_decimal_commas():
    table = read(b"Nama;Premi\nBudi;1,5\nAni;2,5\n")
    assert [row.cells["Premi"] for row in table.rows] == ["1,5", "2,5"]


def test_a_line_break_inside_quotes_stays_in_its_cell():
    (row,) = rows_of('Nama,Alamat\nBudi,"Jl. A\nRT 1"\n')
    assert row.cells["Alamat"] == "Jl. A\nRT 1"


def test_a_row_with_too_many_cells_is_reported_and_kept():
    (row,) = rows_of("a,b\n1,2,3\n")
    assert row.error and row.cells == {"a": "1", "b": "2", "Column 3": "3"}


def test_a_lone_piece_of_text_is_an_error():
    row = rows_of("a,b,c\n1,2,3\nsisa teks\n")[1]
    assert row.error and row.raw == "sisa teks"


def test_a_short_row_is_filled_and_noted():
    (row,) = rows_of("a,b,c\n1,2\n")
    assert row.error is None and row.notice and row.cells == {"a": "1", "b": "2", "c": ""}


def test_a_quote_never_closed_loses_no_other_row():
    text = "a,b\n" + "1,2\n" * 5 + '3,"broken\n' + "4,5\n" * 300
    rows = rows_of(text)
    assert len(rows) == 306
    assert [row.number for row in rows if row.error] == [6]


def test_a_quote_left_open_on_the_last_lines_loses_no_other_row():
    rows = rows_of('a,b\n1,"x\n2,3\n')
    assert [row.cells for row in rows if not row.error] == [{"a": "2", "b": "3"}]
    assert rows[0].error


def test_zero_bytes_are_taken_out():
    (row,) = rows_of(b"a,b\nBu\0di,2\n")
    assert row.cells["a"] == "Budi"


def test_a_broken_sign_in_a_utf8_file_is_the_error_of_its_row_only():
    rows = rows_of("a,b\nJosé,1\n".encode() + b"X\xff\xfe,2\n" + "Zoë,3\nÉva,4\nŁukasz,5\n".encode() * 10)
    assert [row.number for row in rows if row.error] == [2]
    assert rows[0].cells["a"] == "José"


def test_blank_lines_are_counted_but_not_given():
    assert [row.number for row in rows_of("a,b\n1,2\n\n,\n3,4\n")] == [1, 4]


def test_equal_and_empty_headings_get_names_of_their_own():
    assert read(b"Nama,Nama,,HP\n1,2,3,4\n").columns == ["Nama", "Nama (2)", "Column 3", "HP"]


def test_reading_resumes_at_any_row():
    text = "a,b\n" + "".join(f"{number},x\n" for number in range(1, 51))
    assert rows_of(text, start=31) == rows_of(text)[30:]


def test_a_header_alone_is_a_table_without_rows():
    assert rows_of("Nama,HP\n") == []


@pytest.mark.parametrize("data", [b"", b" \n \n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_said_to_be_empty(data):
    with pytest.raises(TableError):
        read(data)


def test_a_file_over_the_limit_is_refused():
    with pytest.raises(TableError):
        read(b"a,b\n1,2\n", limits=Limits(file_size=4))


def test_a_file_on_disk_reads_as_its_bytes(tmp_path):
    path = tmp_path / "orang.csv"
    path.write_bytes(b"a,b\n1,2\n")
    assert list(read(path).rows) == rows_of("a,b\n1,2\n")


@given(st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=8))
def test_what_was_written_is_read_back(lines):
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([["a", "b", "c"], *lines])
    table = read(text.getvalue().encode(), encoding="utf-8", separator=",")
    wanted = [line for line in lines if any(cell.strip() for cell in line)]
    assert [list(row.cells.values()) for row in table.rows] == wanted


@given(st.binary(min_size=1, max_size=300))
def test_no_bytes_make_the_reader_fall(data):
    try:
        for row in read(b"a,b,c\n" + data).rows:
            assert isinstance(row.raw.encode(), bytes)
    except TableError:
        pass
