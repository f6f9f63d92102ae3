from __future__ import annotations

import io
import zipfile
from datetime import date, datetime

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relasi.lib.tables import Limits, TableError, read

TEXT = st.from_regex(r"[a-zA-Z0-9.,'=+-]{1,10}", fullmatch=True)


def workbook(*rows: list, title: str = "Nasabah") -> bytes:
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def cells(*values: object) -> list[str]:
    names = [f"c{place}" for place in range(len(values))]
    (row,) = read(workbook([*names, "z"], [*values, "end"])).rows
    return list(row.cells.values())[:-1]


def test_a_number_keeps_all_its_digits_and_no_exponent():
    assert cells(81234567890.0, 3174010101900001, 0.1 + 0.2, 1e-7, 1250000.5) == [
        "81234567890", "3174010101900001", "0.3", "0.0000001", "1250000.5"
    ]  # fmt: skip


def test_dates_are_written_the_iso_way():
    assert cells(date(1945, 8, 17), datetime(2026, 1, 2, 3, 4, 5)) == ["1945-08-17", "2026-01-02 03:04:05"]


def test_truth_and_text_stay_what_they_are():
    assert cells(True, "0812", "=1+1")[:2] == ["TRUE", "0812"]


def test_the_header_is_found_below_a_title():
    table = read(workbook(["Daftar Nasabah"], [], ["Nama", "HP"], ["Budi", "0812"]))
    assert (table.columns, table.header_rows) == (["Nama", "HP"], 3)
    assert next(table.rows).number == 1


def test_blank_rows_are_counted_but_not_given():
    table = read(workbook(["Nama", "HP"], ["Budi", "1"], [None, None], ["Ani", "2"]))
    assert [row.number for row in table.rows] == [1, 3]


def test_a_sheet_can_be_chosen():
    book = openpyxl.Workbook()
    book.active.append(["x", "y"])
    book.create_sheet("Kedua").append(["Nama", "HP"])
    table = read(saved(book), sheet="Kedua")
    assert (table.columns, table.sheets) == (["Nama", "HP"], ("Sheet", "Kedua"))


def test_an_unknown_sheet_is_named_in_the_error():
    with pytest.raises(TableError, match="Tidak Ada"):
        read(workbook(["a", "b"]), sheet="Tidak Ada")


def test_reading_resumes_at_any_row():
    data = workbook(["a", "b"], *[[number, "x"] for number in range(1, 21)])
    assert list(read(data, start=11).rows) == list(read(data).rows)[10:]


def test_a_cell_beyond_the_header_is_reported_and_kept():
    (row,) = read(workbook(["a", "b"], ["1", "2", "3"])).rows
    assert row.error and row.cells["Column 3"] == "3"


def test_a_workbook_that_unpacks_too_large_is_refused():
    data = workbook(["a", "b"], ["x" * 30_000, "y"])
    with pytest.raises(TableError, match="large"):
        read(data, limits=Limits(unpacked=20_000))


def test_a_size_that_lies_does_not_help():
    data = bytearray(workbook(["a", "b"], *[["x" * 1000, str(number)] for number in range(2000)]))
    at = 0
    while (at := data.find(b"PK\x01\x02", at)) >= 0:
        data[at + 24 : at + 28] = (10).to_bytes(4, "little")
        at += 4
    with pytest.raises(TableError, match="large"):
        read(bytes(data), limits=Limits(unpacked=100_000))


def test_a_cell_in_the_farthest_corner_is_refused_before_it_takes_all_memory():
    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = "a", "z"
    with pytest.raises(TableError, match="wide"):
        read(saved(book))


def test_a_long_sheet_of_many_columns_is_refused():
    book = openpyxl.Workbook()
    book.active["A1"], book.active["ZZ1"], book.active["A1048576"] = "a", "b", "c"
    with pytest.raises(TableError, match="wide"):
        read(saved(book))


def test_a_damaged_file_is_said_to_be_damaged():
    with pytest.raises(TableError):
        read(workbook(["a", "b"])[:-200])


def test_another_zip_file_is_refused():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.txt", "x")
    with pytest.raises(TableError):
        read(file.getvalue())


@pytest.mark.parametrize("head", [b"%PDF-1.7 ...", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", b"\x89PNG\r\n"])
def test_other_kinds_of_file_are_refused(head):
    with pytest.raises(TableError):
        read(head)


@settings(max_examples=15)
@given(st.lists(st.lists(TEXT, min_size=3, max_size=3), max_size=5))
def test_texts_come_back_as_written(lines):
    book = openpyxl.Workbook()
    book.active.append(["a", "b", "c"])
    for row, line in enumerate(lines, start=2):
        for column, text in enumerate(line, start=1):
            cell = book.active.cell(row, column, text)
            cell.data_type = "s"
    read_back = [list(row.cells.values()) for row in read(saved(book)).rows]
    assert read_back == [line for line in lines if any(line)]
