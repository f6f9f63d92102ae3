from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relasi.lib.tables import TableError, read


def cards(text: str | bytes) -> list:
    return list(read(text.encode() if isinstance(text, str) else text).rows)


def one(body: str, version: str = "3.0") -> dict[str, str]:
    (row,) = cards(f"BEGIN:VCARD\nVERSION:{version}\n{body}\nEND:VCARD\n")
    assert row.error is None
    return {column: value for column, value in row.cells.items() if value}


def test_a_plain_card_of_version_3():
    body = (
        "N:Santoso;Budi;;Bapak;S.H.\nFN:Budi Santoso\nTEL;TYPE=CELL:0812-345\nORG:PT Maju;Sales\nTITLE:Agen"
    )
    assert one(body) == {
        "Name": "Budi Santoso", "Name Prefix": "Bapak", "First Name": "Budi", "Last Name": "Santoso",
        "Name Suffix": "S.H.", "Organization Name": "PT Maju", "Organization Department": "Sales",
        "Organization Title": "Agen", "Phone 1 - Label": "Mobile", "Phone 1 - Value": "0812-345",
    }  # fmt: skip


def test_quoted_printable_of_version_2_with_soft_breaks():
    cells = one(
        "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:;Jos=C3=A9 =\nMar=C3=ADa;;;\nTEL;HOME;VOICE:021555", "2.1"
    )
    assert (cells["First Name"], cells["Phone 1 - Label"]) == ("José María", "Home")


def test_quoted_printable_in_latin_1():
    assert one("FN;CHARSET=ISO-8859-1;QUOTED-PRINTABLE:Jos=E9", "2.1")["Name"] == "José"


def test_a_quoted_line_break_stays_in_the_note():
    assert one("FN:A\nNOTE;ENCODING=QUOTED-PRINTABLE:satu=0D=0Adua", "2.1")["Notes"] == "satu\ndua"


def test_folded_lines_are_joined():
    assert one("FN:Budi San\n toso\nNOTE:a\n  b")["Name"] == "Budi Santoso"


def test_version_4_with_uris_and_quoted_types():
    cells = one('FN:Ani\nTEL;VALUE=uri;TYPE="cell,voice":tel:+62-812-345\nEMAIL:mailto:ani@x.id', "4.0")
    assert (cells["Phone 1 - Value"], cells["Phone 1 - Label"]) == ("+62-812-345", "Mobile")
    assert cells["E-mail 1 - Value"] == "ani@x.id"


def test_a_label_of_apple_wins_over_the_type():
    cells = one("FN:A\nitem1.TEL;type=HOME:0812\nitem1.X-ABLabel:_$!<Mobile>!$_")
    assert cells["Phone 1 - Label"] == "Mobile"


def test_several_numbers_become_numbered_columns():
    cells = one("FN:A\nTEL;CELL:1\nTEL;WORK:2\nTEL:3", "2.1")
    assert [cells[f"Phone {number} - Value"] for number in (1, 2, 3)] == ["1", "2", "3"]


def test_an_address_in_its_parts():
    cells = one("FN:A\nADR;TYPE=HOME:;;Jl. Merdeka\\, No. 1;Bandung;Jawa Barat;40111;Indonesia")
    assert cells["Address 1 - Street"] == "Jl. Merdeka, No. 1"
    assert (cells["Address 1 - City"], cells["Address 1 - Postal Code"]) == ("Bandung", "40111")


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("BDAY:19850817", "1985-08-17"),
        ("BDAY:1985-08-17T00:00:00Z", "1985-08-17"),
        ("BDAY:--0817", "--08-17"),
        ("BDAY:--08-17", "--08-17"),
        ("BDAY;X-APPLE-OMIT-YEAR=1604:1604-08-17", "--08-17"),
        ("BDAY;VALUE=text:circa 1800", "circa 1800"),
    ],
)
def test_birthdays_with_and_without_a_year(line, day):
    assert one(f"FN:A\n{line}", "4.0")["Birthday"] == day


def test_anniversary_categories_and_nicknames():
    cells = one("FN:A\nANNIVERSARY:20100101\nCATEGORIES:VIP,Keluarga\nNICKNAME:Ani,Nia", "4.0")
    assert cells["Anniversary"] == "2010-01-01"
    assert (cells["Labels"], cells["Nickname"]) == ("VIP ::: Keluarga", "Ani, Nia")


def test_the_family_in_three_dialects():
    cells = one(
        "FN:A\nRELATED;TYPE=spouse;VALUE=text:Ani\nX-SPOUSE:Ina\n"
        "item1.X-ABRELATEDNAMES:Cici\nitem1.X-ABLabel:_$!<Child>!$_",
        "4.0",
    )
    assert [cells[f"Relation {number} - Value"] for number in (1, 2, 3)] == ["Ani", "Ina", "Cici"]
    assert [cells[f"Relation {number} - Label"] for number in (1, 2, 3)] == ["Spouse", "Spouse", "Child"]


def test_photographs_are_left_out():
    (row,) = cards(
        "BEGIN:VCARD\nFN:A\nPHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQ\n SkZJRgAB\n AQAA==\n\nTEL:1\nEND:VCARD\n"
    )
    assert "SkZJ" not in row.raw and row.cells["Phone 1 - Value"] == "1"


def test_a_photograph_whose_folds_lost_their_blanks_is_left_out():
    (row,) = cards("BEGIN:VCARD\nFN:A\nPHOTO;BASE64:/9j/4AAQ\nSkZJRgAB\nAQAA==\n\nTEL:1\nEND:VCARD\n")
    assert row.cells["Phone 1 - Value"] == "1" and row.cells["Name"] == "A"


def test_a_note_broken_without_folding_is_mended():
    assert one("FN:A\nNOTE:baris satu\nbaris dua\nTEL:1")["Notes"] == "baris satu\nbaris dua"


def test_a_card_without_end_does_not_take_the_next_with_it():
    rows = cards("BEGIN:VCARD\nFN:A\nBEGIN:VCARD\nFN:B\nEND:VCARD\n")
    assert [row.cells["Name"] for row in rows] == ["A", "B"]
    assert rows[0].notice and not rows[1].notice


def test_a_card_cut_off_at_the_end_of_the_file_is_an_error_with_its_text():
    row = cards("BEGIN:VCARD\nFN:A\nEND:VCARD\nBEGIN:VCARD\nFN:B\nTEL:08")[1]
    assert row.error and "FN:B" in row.raw


def test_text_between_cards_is_reported():
    rows = cards("BEGIN:VCARD\nFN:A\nEND:VCARD\napa ini\nBEGIN:VCARD\nFN:B\nEND:VCARD\n")
    assert [bool(row.error) for row in rows] == [False, True, False]


def test_an_empty_card_is_an_error():
    (row,) = cards("BEGIN:VCARD\nVERSION:3.0\nEND:VCARD\n")
    assert row.error


def test_the_card_of_an_agent_is_not_mixed_in():
    (row,) = cards("BEGIN:VCARD\nFN:A\nAGENT:\nBEGIN:VCARD\nFN:B\nTEL:9\nEND:VCARD\nTEL:1\nEND:VCARD\n")
    assert (row.cells["Name"], row.cells["Phone 1 - Value"]) == ("A", "1")


def test_an_old_encoding_is_recognised():
    (row,) = cards("BEGIN:VCARD\nFN:José Müller\nEND:VCARD\n".encode("cp1252"))
    assert row.cells["Name"] == "José Müller"


def test_a_reference_to_another_card_is_no_name_of_a_relation():
    assert "Relation 1 - Value" not in one("FN:A\nRELATED;TYPE=spouse:urn:uuid:b8767877", "4.0")


def test_colons_and_quotes_may_be_escaped():
    assert one('FN:A\nURL:http\\://x.id\nNOTE:kata \\"ini\\"')["Notes"] == 'kata "ini"'


def test_a_photograph_folded_with_two_blanks_is_left_out():
    (row,) = cards("BEGIN:VCARD\nFN:A\nPHOTO;BASE64:\n  /9j/4AAQ\n  AqAC:AQ\n\nTEL:1\nEND:VCARD\n")
    assert row.cells["Phone 1 - Value"] == "1" and "AqAC" not in row.raw


def test_bytes_that_cannot_be_read_are_the_error_of_their_card_only():
    good = "BEGIN:VCARD\nFN:José Müller Łukasz Éva\nEND:VCARD\n".encode()
    rows = cards(good * 5 + b"BEGIN:VCARD\nFN:X\xff\nEND:VCARD\n" + good * 5)
    assert [row.number for row in rows if row.error] == [6]


def test_what_is_unknown_keeps_its_own_column():
    assert one("FN:A\nX-SKYPE:budi")["X-SKYPE"] == "budi"


def test_columns_are_those_of_all_cards_in_a_good_order():
    table = read(b"BEGIN:VCARD\nTEL:1\nFN:A\nEND:VCARD\nBEGIN:VCARD\nFN:B\nTEL:1\nTEL:2\nEND:VCARD\n")
    assert table.columns == ["Name", *(f"Phone {n} - {part}" for n in (1, 2) for part in ("Label", "Value"))]


def test_reading_resumes_at_any_card():
    text = "".join(f"BEGIN:VCARD\nFN:A{number}\nEND:VCARD\n" for number in range(9)).encode()
    assert list(read(text, start=5).rows) == list(read(text).rows)[4:]


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_no_bytes_make_the_reader_fall(inside, between):
    data = (
        b"BEGIN:VCARD\nFN:A\n" + inside + b"\nEND:VCARD\n" + between + b"\nBEGIN:VCARD\nFN:Last\nEND:VCARD\n"
    )
    try:
        rows = cards(data)
    except TableError:
        return
    assert all(isinstance(row.raw.encode(), bytes) for row in rows)
